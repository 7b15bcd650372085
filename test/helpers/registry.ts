import type { IncomingMessage } from 'node:http'
import { forward, listen } from './server.ts'

/** A registry without a password, as `registry:2` is. */
export const PLAIN = { host: '127.0.0.1', port: 5000 }

export const plainRegistryAnswers = (): Promise<boolean> =>
  fetch(`http://${PLAIN.host}:${PLAIN.port}/v2/`).then(
    ({ ok }) => ok,
    () => false,
  )

/** A registry that wants to know who asks, as Amazon ECR does; but anybody may read manifests, since Terraform's stand-in does. */
export async function startRegistry() {
  const password = `token-${Math.random()}`
  const expected = `Basic ${btoa(`AWS:${password}`)}`
  const registry = {
    password,
    /** Uploads of blobs and manifests that have been let through. */
    uploads: [] as string[],
    /** Answers instead of the registry, where it gives a status. */
    refuse: (_request: IncomingMessage): number | undefined => undefined,
  }
  const server = await listen((request, response) => {
    const { method = '', url = '', headers } = request
    const status = registry.refuse(request)
    if (status !== undefined) {
      const errors = [{ code: 'DENIED', message: 'refused for the test' }]
      return response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ errors }))
    }
    const isPublic = method === 'GET' && /\/manifests\//.test(url)
    if (headers.authorization !== expected && !isPublic) {
      return response.writeHead(401, { 'www-authenticate': 'Basic realm="test"' }).end()
    }
    if (method === 'PUT' || method === 'POST') registry.uploads.push(`${method} ${url.replace(/\?.*/, '')}`)
    forward(request, response, PLAIN)
  })
  return Object.assign(registry, server)
}
