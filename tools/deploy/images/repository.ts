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

/** Media types of single images, and of indexes, which Lambda and `image` refuse. */
const MANIFESTS = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]

/** Manifest digest, architecture in Docker's terms (`amd64`, `arm64`), and labels. */
export type PushedImage = NonNullable<Awaited<ReturnType<Repository['image']>>>

type ImageConfig = { architecture: string; config?: { Labels?: Record<string, string> | null } }

/** A repository of Amazon ECR. */
export class Repository {
  /** Docker's name for it, without a scheme: `123456789012.dkr.ecr.….amazonaws.com/my_lambda`. */
  readonly url: string
  readonly #name: string
  readonly #ecr = new ECRClient(clientOptions())

  constructor(url: string) {
    this.url = url
    this.#name = url.slice(url.indexOf('/') + 1)
  }

  /** Finds a repository by name; `undefined` before the first deployment. */
  static async find(name: string): Promise<Repository | undefined> {
    const command = new DescribeRepositoriesCommand({ repositoryNames: [name] })
    const found = await new ECRClient(clientOptions()).send(command).catch((error: Error) => {
      if (error instanceof RepositoryNotFoundException) return undefined
      throw error
    })
    return found && new Repository(found.repositories?.[0]?.repositoryUri ?? '')
  }

  /** Like `find`. @throws Error if there is no such repository. */
  static async open(name: string): Promise<Repository> {
    const found = await Repository.find(name)
    if (found) return found
    throw notDeployed(`repository ${name}`)
  }

  /** Signs Docker in. Tokens expire after 12 hours, so each run requests one. */
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

  /** Finds an image by tag or digest; `undefined` if it does not exist. */
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
      // This image already has the tag.
      if (!(error instanceof ImageAlreadyExistsException)) throw error
    })
  }

  async #find(reference: string) {
    const id = reference.startsWith('sha256:') ? { imageDigest: reference } : { imageTag: reference }
    const input = { repositoryName: this.#name, imageIds: [id], acceptedMediaTypes: MANIFESTS }
    return (await this.#ecr.send(new BatchGetImageCommand(input))).images?.[0]
  }
}
