/** A registry's own protocol behind the operations of Amazon ECR's API that a deployment calls. */

interface ImageId {
  readonly imageTag?: string
  readonly imageDigest?: string
}

interface Input {
  readonly repositoryName: string
  readonly repositoryNames: readonly string[]
  readonly imageIds: readonly ImageId[]
  readonly acceptedMediaTypes: readonly string[]
  readonly layerDigest: string
  readonly imageManifest: string
  readonly imageManifestMediaType: string
  readonly imageTag: string
}

const MEDIA_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]

/** @param host of the registry. @param blobs where anybody may read its blobs. @param exists whether the repository was created */
export function ecrOver(host: string, password: string, blobs: string, exists: () => boolean) {
  const authorization = `Basic ${btoa(`AWS:${password}`)}`
  const call = (path: string, init: RequestInit = {}) =>
    fetch(`http://${host}/v2/${path}`, { ...init, headers: { ...init.headers, authorization } })
  const find = async (name: string, { imageTag, imageDigest }: ImageId, accept = MEDIA_TYPES) => {
    const response = await call(`${name}/manifests/${imageDigest ?? imageTag}`, { headers: { accept: `${accept}` } })
    if (!response.ok) return undefined
    return {
      imageId: { imageTag, imageDigest: response.headers.get('docker-content-digest') },
      imageManifest: await response.text(),
      imageManifestMediaType: response.headers.get('content-type'),
    }
  }
  const operations: Readonly<Record<string, (input: Input) => Promise<object>>> = {
    GetAuthorizationToken: async () => ({ authorizationData: [{ authorizationToken: btoa(`AWS:${password}`) }] }),
    DescribeRepositories: async ({ repositoryNames: [name] }) =>
      exists()
        ? { repositories: [{ repositoryUri: `${host}/${name}` }] }
        : { __type: 'RepositoryNotFoundException', message: `${name} does not exist` },
    ListImages: async ({ repositoryName }) => {
      const { tags } = (await (await call(`${repositoryName}/tags/list`)).json()) as { tags?: string[] | null }
      const found = await Promise.all((tags ?? []).map((imageTag) => find(repositoryName, { imageTag })))
      return { imageIds: found.flatMap((each) => each?.imageId ?? []) }
    },
    BatchGetImage: async ({ repositoryName, imageIds, acceptedMediaTypes }) => {
      const found = await Promise.all(imageIds.map((id) => find(repositoryName, id, [...acceptedMediaTypes])))
      return { images: found.filter((each) => each !== undefined) }
    },
    GetDownloadUrlForLayer: async ({ repositoryName, layerDigest }) => ({
      downloadUrl: `${blobs}/v2/${repositoryName}/blobs/${layerDigest}`,
    }),
    PutImage: async ({ repositoryName, imageTag, imageManifest, imageManifestMediaType }) => {
      const current = await find(repositoryName, { imageTag })
      if (current?.imageManifest === imageManifest) return { __type: 'ImageAlreadyExistsException' }
      const headers = { 'content-type': imageManifestMediaType }
      const put = { method: 'PUT', headers, body: imageManifest }
      const { ok, status } = await call(`${repositoryName}/manifests/${imageTag}`, put)
      if (!ok) throw new Error(`the registry answered ${status}`)
      return {}
    },
  }
  return operations
}
