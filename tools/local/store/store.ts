import { randomUUID } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { remembered } from '../../process/port.ts'
import { listen } from '../listen.ts'
import { newCredentials } from '../sigv4.ts'
import { answerCors, type CorsRule } from './cors.ts'
import { listObjects } from './list-objects.ts'
import { ObjectFiles } from './objects.ts'
import { getObject, postObject, putObject, type StoreRequest } from './operations.ts'
import { verifyRequest } from './request-signature.ts'
import { S3Error, xml } from './s3-error.ts'

export type Store = Awaited<ReturnType<typeof startStore>>

/** Query parameters of operations on an object; any other selects another operation. */
const PARAMETER = /^(x-amz-.*|x-id|response-.*)$/i

/**
 * Private S3 buckets on 127.0.0.1: objects by PUT, GET, HEAD, DELETE, POST by a form whose policy is enforced, and their list. It refuses what
 * S3 refuses: no signature, a wrong one, an expired one, a policy that is not met. Other operations answer NotImplemented.
 * @param directory of the objects, the credentials and the port; absolute. @param names of the first buckets
 */
export async function startStore(directory: string, names: readonly string[] = []) {
  // A link that was given out before a restart still works after it.
  const { port, ...credentials } = await remembered(directory, newCredentials())
  /** By name, each with its CORS rules; where these are unknown, any page may use it. Changes take effect at once. */
  const buckets = new Map<string, readonly CorsRule[] | undefined>(names.map((name) => [name, undefined]))
  const answer: RequestListener = async (request, response) => {
    const requestId = randomUUID()
    response.setHeader('x-amz-request-id', requestId)
    try {
      const address = parseAddress(request.url ?? '/')
      const { bucket } = address
      if (!buckets.has(bucket)) throw new S3Error('NoSuchBucket', `The specified bucket ${bucket} does not exist`)
      if (answerCors(request, response, buckets.get(bucket))) return
      await operate({ request, response, files: new ObjectFiles(join(directory, bucket)), credentials, ...address })
    } catch (cause) {
      if (response.headersSent) return void response.destroy()
      const error = cause instanceof S3Error ? cause : new S3Error('InternalError', (cause as Error).message)
      const document = xml('Error', { Code: error.code, Message: error.message, RequestId: requestId })
      response.writeHead(error.status, { 'content-type': 'application/xml' })
      response.end(request.method === 'HEAD' ? '' : document)
    }
  }
  const { url, stop } = await listen(answer, port)
  // An IP address, so the SDK uses path-style addresses by itself.
  return { endpoint: url, ...credentials, buckets, stop }
}

async function operate(context: StoreRequest): Promise<void> {
  const { request, response, files, credentials, key, query } = context
  const { method = '', url = '', headers } = request
  if (method === 'POST' && key === '' && query.size === 0) return postObject(context)
  verifyRequest({ method, path: url.split('?', 1)[0] ?? '', query, headers }, credentials)
  const other = [...query.keys()].some((name) => !PARAMETER.test(name)) || 'x-amz-copy-source' in headers
  if (!other && key === '' && method === 'HEAD') return void response.end()
  if (key === '' && method === 'GET' && query.get('list-type') === '2') return listObjects(context)
  if (other || key === '')
    throw new S3Error(
      'NotImplemented',
      'The local store has PutObject, GetObject, HeadObject, DeleteObject, ListObjectsV2 and presigned POST only',
    )
  if (method === 'GET' || method === 'HEAD') return getObject(context)
  if (method === 'PUT') return putObject(context)
  if (method !== 'DELETE')
    throw new S3Error('MethodNotAllowed', 'The specified method is not allowed against this resource.')
  await files.remove(key)
  response.writeHead(204).end()
}

function parseAddress(url: string): Pick<StoreRequest, 'bucket' | 'key' | 'query'> {
  const [, bucket = '', key = '', query = ''] = /^\/?([^/?]*)\/?([^?]*)\??(.*)$/s.exec(url) ?? []
  try {
    return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key), query: new URLSearchParams(query) }
  } catch {
    throw new S3Error('InvalidURI', "Couldn't parse the specified URI.")
  }
}
