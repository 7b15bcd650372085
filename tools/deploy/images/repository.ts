import {
  BatchGetImageCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  GetDownloadUrlForLayerCommand,
  ImageAlreadyExistsException,
  PutImageCommand,
  paginateListImages,
  RepositoryNotFoundException,
} from '@aws-sdk/client-ecr'
import { run } from '../../process/command.ts'
import { clientOptions, notDeployed } from '../aws.ts'

/** Manifests of one image, and of indexes: Lambda refuses those, and so does `image`. */
const MANIFESTS = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]

/** Digest of the manifest, architecture as Docker calls it (`amd64`, `arm64`), labels. */
export type PushedImage = NonNullable<Awaited<ReturnType<Repository['image']>>>

type ImageConfig = { architecture: string; config?: { Labels?: Record<string, string> | null } }

/** A repository of Amazon ECR. */
export class Repository {
  /** Docker's name of it, without a scheme: `123456789012.dkr.ecr.….amazonaws.com/my_lambda`. */
  readonly url: string
  readonly #name: string
  readonly #ecr = new ECRClient(clientOptions())

  constructor(url: string) {
    this.url = url
    this.#name = url.slice(url.indexOf('/') + 1)
  }

  /** The repository of that name; `undefined` before the first deployment. */
  static async find(name: string): Promise<Repository | undefined> {
    const command = new DescribeRepositoriesCommand({ repositoryNames: [name] })
    const found = await new ECRClient(clientOptions()).send(command).catch((error: Error) => {
      if (error instanceof RepositoryNotFoundException) return undefined
      throw error
    })
    return found && new Repository(found.repositories?.[0]?.repositoryUri ?? '')
  }

  /** @throws Error where there is none. */
  static async open(name: string): Promise<Repository> {
    const found = await Repository.find(name)
    if (found) return found
    throw notDeployed(`repository ${name}`)
  }

  /** Signs Docker in. A token is valid for 12 hours: each run asks for its own. */
  async signIn(): Promise<void> {
    const { authorizationData = [] } = await this.#ecr.send(new GetAuthorizationTokenCommand())
    const [username = '', input = ''] = atob(authorizationData[0]?.authorizationToken ?? '').split(':')
    const host = this.url.slice(0, this.url.indexOf('/'))
    await run('docker', ['login', '--username', username, '--password-stdin', host], { input })
  }

  /** Digests by tag. */
  async tags(): Promise<ReadonlyMap<string, string>> {
    const tags = new Map<string, string>()
    const input = { repositoryName: this.#name, filter: { tagStatus: 'TAGGED' } } as const
    for await (const { imageIds = [] } of paginateListImages({ client: this.#ecr }, input))
      for (const { imageTag = '', imageDigest = '' } of imageIds) tags.set(imageTag, imageDigest)
    return tags
  }

  /** The image of a tag or a digest; `undefined` where it does not exist. */
  async image(reference: string) {
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
    const { architecture, config: made } = (await response.json()) as ImageConfig
    return { digest: found.imageId?.imageDigest ?? '', architecture, labels: made?.Labels ?? {} }
  }

  /** Tags an image of the repository. */
  async tag(reference: string, tag: string): Promise<void> {
    const found = await this.#find(reference)
    if (!found) throw new Error(`There is no image ${reference} in ${this.url}`)
    const { imageManifest, imageManifestMediaType } = found
    const put = { repositoryName: this.#name, imageTag: tag, imageManifest, imageManifestMediaType }
    await this.#ecr.send(new PutImageCommand(put)).catch((error: Error) => {
      // The tag is on this image already.
      if (!(error instanceof ImageAlreadyExistsException)) throw error
    })
  }

  async #find(reference: string) {
    const id = reference.startsWith('sha256:') ? { imageDigest: reference } : { imageTag: reference }
    const input = { repositoryName: this.#name, imageIds: [id], acceptedMediaTypes: MANIFESTS }
    return (await this.#ecr.send(new BatchGetImageCommand(input))).images?.[0]
  }
}
