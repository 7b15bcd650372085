/** Local AWS stand-in for deployments: a registry with ECR's password, and a few operations of STS, ECR and Lambda. */
import { text } from 'node:stream/consumers'
import { forward, listen } from './server.ts'

/** Plain `registry:2`, backend of the registry with a password and of the ECR API. */
const PLAIN = { host: '127.0.0.1', port: 5000 }
const PLAIN_URL = `http://${PLAIN.host}:${PLAIN.port}`

export const plainRegistryAnswers = async () => (await fetch(`${PLAIN_URL}/v2/`).catch(() => ({ ok: false }))).ok

/** Starts a registry that requires authentication like ECR, except to read manifests, as Terraform's stand-in does. */
export async function startRegistry() {
  const registry = {
    password: `token-${Math.random()}`,
    /** Number of accepted uploads of blobs and manifests. */
    uploads: 0,
    /** Whether it refuses every manifest. */
    refuses: false,
  }
  const server = await listen((request, response) => {
    const { method = '', url = '', headers } = request
    const isManifest = url.includes('/manifests/')
    if (registry.refuses && method === 'PUT' && isManifest)
      return response
        .writeHead(403, { 'content-type': 'application/json' })
        .end('{"errors":[{"code":"DENIED","message":"refused for the test"}]}')
    if (headers.authorization !== `Basic ${btoa(`AWS:${registry.password}`)}` && !(method === 'GET' && isManifest))
      return response.writeHead(401, { 'www-authenticate': 'Basic realm="test"' }).end()
    if (method === 'PUT' || method === 'POST') registry.uploads += 1
    forward(request, response, PLAIN)
  })
  return Object.assign(registry, server)
}

type Answer = Readonly<{ status?: number; body: string; headers?: Record<string, string> }>

/**
 * Serves the operations that a deployment calls, on a free port; `calls` has their names in order.
 * @param image resolves to the image URI of a function, `undefined` for an unknown function.
 * @param invoke resolves to the answer of a function.
 */
export async function startFakeAws(
  registry: Awaited<ReturnType<typeof startRegistry>>,
  image: (functionName: string) => Promise<string | undefined>,
  invoke: (functionName: string) => Promise<{ readonly functionError?: string; readonly payload: string }>,
) {
  const calls: string[] = []
  const operations = ecrOver(registry.host, registry.password)
  const answer = async (operation: string, name: string, body: string): Promise<Answer> => {
    if (operation === 'GetCallerIdentity') return { body: callerIdentity }
    if (operation === 'GetFunction') {
      const ImageUri = await image(name)
      if (ImageUri !== undefined) return { body: JSON.stringify({ Code: { ImageUri } }) }
      return { status: 404, body: '{}', headers: { 'x-amzn-errortype': 'ResourceNotFoundException' } }
    }
    if (operation === 'invocations') {
      const { functionError, payload } = await invoke(name)
      return { body: payload, headers: functionError === undefined ? {} : { 'x-amz-function-error': functionError } }
    }
    const result = await operations[operation]?.(JSON.parse(body))
    // Access denied, as for a deployer without that permission.
    if (result === undefined) return { status: 403, body: '' }
    return { status: '__type' in result ? 400 : 200, body: JSON.stringify(result) }
  }
  const server = await listen(async (request, response) => {
    const body = await text(request)
    const target = request.headers['x-amz-target']
    const [, , functions, name = '', path = 'GetFunction'] = (request.url ?? '').split(/[/?]/)
    const action = new URLSearchParams(body).get('Action') ?? 'unknown'
    const operation = target ? (String(target).split('.')[1] ?? '') : functions === 'functions' ? path : action
    calls.push(operation)
    // Without an answer a deployment would hang until its test times out.
    const failed = (error: Error): Answer => ({ status: 500, body: error.message })
    const { status = 200, headers, body: result } = await answer(operation, name, body).catch(failed)
    response.writeHead(status, headers).end(result)
  })
  return { ...server, calls }
}

type ImageId = Readonly<Partial<Record<'imageTag' | 'imageDigest', string>>>
// biome-ignore lint/suspicious/noExplicitAny: the SDK's requests follow ECR's API
type Input = any

const MANIFESTS = 'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json'

/** Implements Amazon ECR's API with the registry's own protocol. @param host public host of the registry. */
function ecrOver(host: string, password: string): Readonly<Record<string, (input: Input) => Promise<object>>> {
  const call = (path: string, init?: RequestInit) => fetch(`${PLAIN_URL}/v2/${path}`, init)
  const find = async (name: string, { imageTag, imageDigest }: ImageId) => {
    const response = await call(`${name}/manifests/${imageDigest ?? imageTag}`, { headers: { accept: MANIFESTS } })
    if (!response.ok) return []
    const imageId = { imageTag, imageDigest: response.headers.get('docker-content-digest') }
    const imageManifestMediaType = response.headers.get('content-type')
    return [{ imageId, imageManifest: await response.text(), imageManifestMediaType }]
  }
  const findAll = async (name: string, ids: readonly ImageId[]) =>
    (await Promise.all(ids.map((id) => find(name, id)))).flat()
  return {
    GetAuthorizationToken: async () => ({ authorizationData: [{ authorizationToken: btoa(`AWS:${password}`) }] }),
    // Every repository exists, as after another deployment.
    DescribeRepositories: async ({ repositoryNames: [name] }) => ({
      repositories: [{ repositoryUri: `${host}/${name}` }],
    }),
    ListImages: async ({ repositoryName }) => {
      const { tags } = (await (await call(`${repositoryName}/tags/list`)).json()) as { tags?: string[] | null }
      const ids = (tags ?? []).map((imageTag) => ({ imageTag }))
      return { imageIds: (await findAll(repositoryName, ids)).map(({ imageId }) => imageId) }
    },
    BatchGetImage: async ({ repositoryName, imageIds }) => ({ images: await findAll(repositoryName, imageIds) }),
    GetDownloadUrlForLayer: async ({ repositoryName, layerDigest }) => ({
      downloadUrl: `${PLAIN_URL}/v2/${repositoryName}/blobs/${layerDigest}`,
    }),
    PutImage: async ({ repositoryName, imageTag, imageManifest: body, imageManifestMediaType }) => {
      const [current] = await find(repositoryName, { imageTag })
      if (current?.imageManifest === body) return { __type: 'ImageAlreadyExistsException' }
      const headers = { 'content-type': imageManifestMediaType }
      const { ok, status } = await call(`${repositoryName}/manifests/${imageTag}`, { method: 'PUT', headers, body })
      if (!ok) throw new Error(`the registry answered ${status}`)
      return {}
    },
  }
}

const callerIdentity = `<GetCallerIdentityResponse><GetCallerIdentityResult>
  <Account>123456789012</Account><Arn>arn:aws:sts::123456789012:assumed-role/deployer/test</Arn>
</GetCallerIdentityResult></GetCallerIdentityResponse>`
