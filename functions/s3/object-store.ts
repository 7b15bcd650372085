import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { createPresignedPost } from '@aws-sdk/s3-presigned-post'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { HttpRequest } from '@smithy/core/protocols'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { UnavailableError } from '../http/caller-errors.ts'

/** Milliseconds that a call may take with its retries, so that its answer comes long before any timeout. */
const REQUEST_BUDGET = 3500

/** The use cases' view of S3: one bucket. Methods that call it throw UnavailableError where it cannot be reached or is overloaded. */
export type ObjectStore = ReturnType<typeof createObjectStore>

/** A client that connects within a second, and adds no checksum that a presigned request would have to carry. */
export function createS3Client(): S3Client {
  const client = new S3Client({
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // Waiting for S3's leave to send makes the SDK open a connection for every larger upload: TCP and TLS anew, for 4.5 MB at most.
    expectContinueHeader: false,
    requestHandler: lazyRequestHandler(),
  })
  // The SDK's listener on a socket keeps the request that opened it for as long as the socket lives: 5 MB less without the upload.
  const forgetBody: Parameters<typeof client.middlewareStack.add>[0] = (next) => async (args) => {
    const result = await next(args)
    Object.assign((args as { request: HttpRequest }).request, { body: undefined })
    return result
  }
  client.middlewareStack.add(forgetBody, { step: 'deserialize', priority: 'high' })
  return client
}

/** Loads Node's HTTP and TLS when something is sent: links and forms are made without. */
function lazyRequestHandler(): Pick<NodeHttpHandler, 'handle'> {
  let handler: NodeHttpHandler | undefined
  return {
    handle: (...request) => {
      handler ??= new NodeHttpHandler({ connectionTimeout: 1000, requestTimeout: 4000, throwOnRequestTimeout: true })
      return handler.handle(...request)
    },
  }
}

export const createObjectStore = (client: S3Client, bucket: string) => ({
  /** Stores an object, unchanged. @returns its entity tag, without quotes. */
  async put(key: string, content: Buffer, contentType: string): Promise<string> {
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: content,
      ContentType: contentType,
      ChecksumAlgorithm: 'CRC32',
    })
    command.middlewareStack.add((next) => (args) => next(withUnsignedBody(args)), { step: 'build' })
    const { ETag = '' } = await client.send(command, deadline()).catch(rethrow)
    return ETag.replaceAll('"', '')
  },

  /** Whether there is such an object. */
  async has(key: string): Promise<boolean> {
    try {
      await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }), deadline())
      return true
    } catch (error) {
      // Without s3:ListBucket, which the role does not have, S3 says 403 for a key that does not exist.
      if (statusOf(error) === 404 || statusOf(error) === 403) return false
      return rethrow(error)
    }
  },

  /** A URL that downloads the object for `expiresIn` seconds, made without a call to S3. */
  presignGet: (key: string, contentDisposition: string, expiresIn: number) =>
    getSignedUrl(
      client,
      new GetObjectCommand({ Bucket: bucket, Key: key, ResponseContentDisposition: contentDisposition }),
      { expiresIn },
    ),

  /** A form that uploads exactly `size` bytes as `key` with this content type within `expiresIn` seconds, made without a call to S3. */
  presignPost: (key: string, size: number, contentType: string, expiresIn: number) =>
    createPresignedPost(client, {
      Bucket: bucket,
      Key: key,
      Fields: { 'Content-Type': contentType },
      Conditions: [['content-length-range', size, size]],
      Expires: expiresIn,
    }),
})

/**
 * Signs everything but the body, whose SHA-256 costs as much as reading the form that it came in: TLS keeps it from being changed
 * on its way, as in S3's documentation of UNSIGNED-PAYLOAD, and the checksum, which is signed, has S3 refuse what was damaged.
 */
function withUnsignedBody<T extends { readonly request: unknown }>(args: T): T {
  const { protocol, hostname, headers } = args.request as HttpRequest
  // Without TLS on no network but this machine's own.
  if (protocol === 'https:' || hostname === '127.0.0.1') headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD'
  return args
}

const deadline = () => ({ abortSignal: AbortSignal.timeout(REQUEST_BUDGET) })

const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode

/** No answer (a system error has a `code`), none in time, or one of S3's own troubles. The rest is a fault of ours. */
function rethrow(cause: unknown): never {
  const { name, code } = cause as Error & { code?: unknown }
  const status = statusOf(cause) ?? 0
  const passing =
    status >= 500 || status === 429 || typeof code === 'string' || name === 'TimeoutError' || name === 'AbortError'
  throw passing ? new UnavailableError('Could not connect to S3', { cause }) : cause
}
