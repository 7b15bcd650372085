import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { remembered } from '../../process/port.ts'
import { listen } from '../listen.ts'
import { newCredentials } from '../sigv4.ts'
import { answerCors, type CorsRule } from './cors.ts'
import { objectFiles } from './objects.ts'
import {
  deleteObject,
  getObject,
  listObjects,
  notImplemented,
  postObject,
  putObject,
  type StoreRequest,
} from './operations.ts'
import { verifyRequest } from './request-signature.ts'
import { answerXml, S3Error } from './s3-error.ts'

export type Store = Awaited<ReturnType<typeof startStore>>

/** By method, on a bucket or on an object. */
const OPERATIONS: Readonly<Record<string, (request: StoreRequest) => unknown>> = {
  'HEAD bucket': ({ response }) => response.end(),
  'GET bucket': listObjects,
  'POST bucket': postObject,
  'HEAD object': getObject,
  'GET object': getObject,
  'PUT object': putObject,
  'DELETE object': deleteObject,
}
/** Query parameters of these; any other selects another operation, as the header of a copy does. */
const PARAMETER =
  /^(x-amz-.*|x-id|response-.*|list-type|prefix|delimiter|start-after|continuation-token|max-keys|fetch-owner|encoding-type)$/i

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
  const { url: endpoint, stop } = await listen(async (request, response) => {
    const requestId = randomUUID()
    response.setHeader('x-amz-request-id', requestId)
    try {
      const { method = '', url = '/', headers } = request
      const address = parseAddress(url)
      const { path, bucket, key, query } = address
      if (!buckets.has(bucket)) throw new S3Error('NoSuchBucket', `The specified bucket ${bucket} does not exist`)
      if (answerCors(request, response, buckets.get(bucket))) return
      const isOther = [...query.keys()].some((name) => !PARAMETER.test(name)) || 'x-amz-copy-source' in headers
      const operation = isOther ? undefined : OPERATIONS[`${method} ${key === '' ? 'bucket' : 'object'}`]
      // A form has its signature in its fields.
      if (operation !== postObject) verifyRequest({ method, path, query, headers }, credentials)
      if (!operation) throw notImplemented()
      await operation({ request, response, files: objectFiles(join(directory, bucket)), credentials, ...address })
    } catch (cause) {
      if (response.headersSent) return void response.destroy()
      const error = cause instanceof S3Error ? cause : new S3Error('InternalError', (cause as Error).message)
      answerXml(response, error.status, 'Error', { Code: error.code, Message: error.message, RequestId: requestId })
    }
  }, port)
  // An IP address, so the SDK uses path-style addresses by itself.
  return { endpoint, ...credentials, buckets, stop }
}

function parseAddress(url: string) {
  const [, path = '', bucket = '', key = '', query = ''] = /^(\/?([^/?]*)\/?([^?]*))\??(.*)$/s.exec(url) ?? []
  try {
    return { path, bucket: decodeURIComponent(bucket), key: decodeURIComponent(key), query: new URLSearchParams(query) }
  } catch {
    throw new S3Error('InvalidURI', "Couldn't parse the specified URI.")
  }
}
