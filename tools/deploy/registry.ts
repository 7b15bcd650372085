import {
  BatchGetImageCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetDownloadUrlForLayerCommand,
  type Image,
  ImageAlreadyExistsException,
  PutImageCommand,
  paginateListImages,
  RepositoryNotFoundException,
} from '@aws-sdk/client-ecr'
import { clientOptions } from './shell.ts'

/** Manifests of one image; and of an index, which Lambda refuses, to say so. */
const MANIFESTS = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]

export interface PushedImage {
  /** `sha256:…` of the manifest. */
  readonly digest: string
  readonly labels: Readonly<Record<string, string>>
  /** As Docker calls it: `amd64`, `arm64`. */
  readonly architecture: string
}

interface ImageConfig {
  readonly architecture: string
  readonly config?: { readonly Labels?: Readonly<Record<string, string>> | null }
}

/** A repository of Amazon ECR. */
export class Repository {
  readonly url: string
  readonly host: string
  readonly #name: string
  readonly #ecr = new ECRClient(clientOptions())

  /** @param url as Docker has it, without a scheme: `123456789012.dkr.ecr.….amazonaws.com/my_lambda` */
  constructor(url: string) {
    this.url = url
    this.host = url.slice(0, url.indexOf('/'))
    this.#name = url.slice(url.indexOf('/') + 1)
  }

  async exists(): Promise<boolean> {
    const command = new DescribeRepositoriesCommand({ repositoryNames: [this.#name] })
    return (await this.#ecr.send(command).catch(noRepository)) !== undefined
  }

  /** Digest by tag; none where the repository does not exist. */
  async tags(): Promise<ReadonlyMap<string, string>> {
    const tags = new Map<string, string>()
    const input = { repositoryName: this.#name, filter: { tagStatus: 'TAGGED' } } as const
    try {
      for await (const { imageIds = [] } of paginateListImages({ client: this.#ecr }, input))
        for (const { imageTag = '', imageDigest = '' } of imageIds) tags.set(imageTag, imageDigest)
    } catch (error) {
      noRepository(error)
    }
    return tags
  }

  /** The image of a tag or a digest; `undefined` where it does not exist. */
  async image(reference: string): Promise<PushedImage | undefined> {
    const found = await this.#find(reference)
    if (!found) return undefined
    const { config, manifests } = JSON.parse(found.imageManifest ?? '{}')
    if (manifests || !config)
      throw new Error(
        `${this.url}:${reference} is an index of several images, which Lambda refuses: push one architecture, without attestations`,
      )
    const layer = { repositoryName: this.#name, layerDigest: config.digest }
    const { downloadUrl = '' } = await this.#ecr.send(new GetDownloadUrlForLayerCommand(layer))
    const response = await fetch(downloadUrl)
    if (!response.ok) throw new Error(`Amazon ECR answered ${response.status} to ${new URL(downloadUrl).host}`)
    const { architecture, config: { Labels: labels } = {} } = (await response.json()) as ImageConfig
    return { digest: found.imageId?.imageDigest ?? '', architecture, labels: labels ?? {} }
  }

  /** Puts a tag on an image that is there. */
  async tag(reference: string, tag: string): Promise<void> {
    const found = await this.#find(reference)
    if (!found) throw new Error(`There is no image ${reference} in ${this.url}`)
    const { imageManifest, imageManifestMediaType } = found
    const put = { repositoryName: this.#name, imageTag: tag, imageManifest, imageManifestMediaType }
    await this.#ecr.send(new PutImageCommand(put)).catch((error) => {
      // The tag is on this image already.
      if (!(error instanceof ImageAlreadyExistsException)) throw error
    })
  }

  async #find(reference: string): Promise<Image | undefined> {
    const id = reference.startsWith('sha256:') ? { imageDigest: reference } : { imageTag: reference }
    const input = { repositoryName: this.#name, imageIds: [id], acceptedMediaTypes: MANIFESTS }
    return (await this.#ecr.send(new BatchGetImageCommand(input)).catch(noRepository))?.images?.[0]
  }
}

function noRepository(error: unknown): undefined {
  if (!(error instanceof RepositoryNotFoundException)) throw error
}
