import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { createPresignedPost } from '@aws-sdk/s3-presigned-post'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { HttpRequest } from '@smithy/core/protocols'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { UnavailableError } from '../http/caller-errors.ts'

/** Milliseconds for a call, retries included: well below every timeout. */
const REQUEST_BUDGET = 3500

/** The use cases' view of S3: one bucket. Methods that call S3 throw UnavailableError if it is unreachable or overloaded. */
export type ObjectStore = ReturnType<typeof createObjectStore>

/** Creates a client that connects within a second, and adds no checksums, which presigned requests would have to carry. */
export function createS3Client(): S3Client {
  const client = new S3Client({
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // With `Expect: 100-continue` the SDK opens a new TCP and TLS connection for every larger upload, of 4.5 MB at most.
    expectContinueHeader: false,
    requestHandler: lazyRequestHandler(),
  })
  // The SDK's socket listener retains the request that opened the socket. Without the request's body, that saves 5 MB.
  const forgetBody: Parameters<typeof client.middlewareStack.add>[0] = (next) => async (args) => {
    const result = await next(args)
    Object.assign((args as { request: HttpRequest }).request, { body: undefined })
    return result
  }
  client.middlewareStack.add(forgetBody, { step: 'deserialize', priority: 'high' })
  return client
}

/** Loads Node.js's HTTP and TLS modules with the first request; presigning needs neither. */
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

  /** Whether the object exists. */
  async has(key: string): Promise<boolean> {
    try {
      await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }), deadline())
      return true
    } catch (error) {
      // Without s3:ListBucket, which the role lacks, S3 answers 403 for a missing key.
      if (statusOf(error) === 404 || statusOf(error) === 403) return false
      return rethrow(error)
    }
  },

  /** Presigns a download for `expiresIn` seconds, without a call to S3. */
  presignGet: (key: string, contentDisposition: string, expiresIn: number) =>
    getSignedUrl(
      client,
      new GetObjectCommand({ Bucket: bucket, Key: key, ResponseContentDisposition: contentDisposition }),
      { expiresIn },
    ),

  /** Presigns a form for `expiresIn` seconds, without a call to S3. It uploads exactly `size` bytes as `key`, with this content type. */
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
 * Signs everything but the body, whose SHA-256 costs as much as parsing its form. TLS protects the body in transit, as S3's documentation
 * of UNSIGNED-PAYLOAD says, and S3 verifies it against the signed checksum.
 */
function withUnsignedBody<T extends { readonly request: unknown }>(args: T): T {
  const { protocol, hostname, headers } = args.request as HttpRequest
  // Without TLS, only on loopback.
  if (protocol === 'https:' || hostname === '127.0.0.1') headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD'
  return args
}

const deadline = () => ({ abortSignal: AbortSignal.timeout(REQUEST_BUDGET) })

const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode

/** Maps a system error (it has a `code`), a timeout, 429 or 5xx to UnavailableError. Any other error is a fault of ours. */
function rethrow(cause: unknown): never {
  const { name, code } = cause as Error & { code?: unknown }
  const status = statusOf(cause) ?? 0
  const passing =
    status >= 500 || status === 429 || typeof code === 'string' || name === 'TimeoutError' || name === 'AbortError'
  throw passing ? new UnavailableError('Could not connect to S3', { cause }) : cause
}
