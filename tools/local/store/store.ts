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

/** Operations by method and target. */
const OPERATIONS: Readonly<Record<string, (request: StoreRequest) => unknown>> = {
  'HEAD bucket': ({ response }) => response.end(),
  'GET bucket': listObjects,
  'POST bucket': postObject,
  'HEAD object': getObject,
  'GET object': getObject,
  'PUT object': putObject,
  'DELETE object': deleteObject,
}
/** Query parameters of these operations. Any other parameter selects another operation, as the header of a copy does. */
const PARAMETER =
  /^(x-amz-.*|x-id|response-.*|list-type|prefix|delimiter|start-after|continuation-token|max-keys|fetch-owner|encoding-type)$/i

/**
 * Starts private S3 buckets on 127.0.0.1: PUT, GET, HEAD, DELETE, presigned POST, and the list of objects. Like S3, it refuses missing,
 * wrong and expired signatures and violated policies. Other operations respond with NotImplemented.
 * @param directory absolute path for objects, credentials and port. @param names initial buckets.
 */
export async function startStore(directory: string, names: readonly string[] = []) {
  // Remembered, so presigned URLs stay valid after a restart.
  const { port, ...credentials } = await remembered(directory, newCredentials())
  /** CORS rules by bucket; without known rules, any page may use it. Changes take effect at once. */
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
      // A form carries its signature in its fields.
      if (operation !== postObject) verifyRequest({ method, path, query, headers }, credentials)
      if (!operation) throw notImplemented()
      await operation({ request, response, files: objectFiles(join(directory, bucket)), credentials, ...address })
    } catch (cause) {
      if (response.headersSent) return void response.destroy()
      const error = cause instanceof S3Error ? cause : new S3Error('InternalError', (cause as Error).message)
      answerXml(response, error.status, 'Error', { Code: error.code, Message: error.message, RequestId: requestId })
    }
  }, port)
  // The endpoint is an IP address, so the SDK uses path-style URLs.
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
