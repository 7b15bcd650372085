import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { crc32 } from 'node:zlib'
import { S3Error } from './store-errors.ts'

const EMPTY = Buffer.alloc(0)

/**
 * The object's bytes in the body of a PUT: unwrapped from aws-chunked, and checked against the digests that the client sent.
 * @throws S3Error while it is read, where the body does not match its digests or its length.
 */
export async function* objectBody(request: IncomingMessage): AsyncGenerator<Buffer> {
  const { headers } = request
  const hash = String(headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD')
  const chunked = hash.startsWith('STREAMING-')
  const length = headers[chunked ? 'x-amz-decoded-content-length' : 'content-length']
  if (length === undefined) {
    throw new S3Error('MissingContentLength', 'You must provide the Content-Length HTTP header.')
  }
  const declared = declaredDigests(hash, headers)
  let size = 0
  for await (const chunk of chunked ? unwrapChunks(request) : (request as AsyncIterable<Buffer>)) {
    size += chunk.length
    for (const { computed } of declared) computed.update(chunk)
    yield chunk
  }
  if (size !== Number(length)) {
    const message = 'You did not provide the number of bytes specified by the Content-Length HTTP header'
    throw new S3Error('IncompleteBody', message)
  }
  for (const { computed, value, error } of declared) if (computed.digest() !== value) throw error
}

interface DeclaredDigest {
  readonly value: string
  readonly computed: { update(chunk: Buffer): unknown; digest(): string }
  readonly error: S3Error
}

/** Those that the client sent: none is computed for nothing. */
function declaredDigests(hash: string, headers: IncomingMessage['headers']): DeclaredDigest[] {
  const { 'content-md5': md5, 'x-amz-checksum-crc32': crc } = headers
  const declared: DeclaredDigest[] = []
  if (/^[0-9a-f]{64}$/.test(hash)) {
    const message = "The provided 'x-amz-content-sha256' header does not match what was computed."
    declared.push({
      value: hash,
      computed: hashOf('sha256', 'hex'),
      error: new S3Error('XAmzContentSHA256Mismatch', message),
    })
  }
  if (md5 !== undefined) {
    const message = 'The Content-MD5 you specified did not match what we received.'
    declared.push({ value: String(md5), computed: hashOf('md5', 'base64'), error: new S3Error('BadDigest', message) })
  }
  if (crc !== undefined) {
    const message = 'The CRC32 you specified did not match the calculated checksum.'
    declared.push({ value: String(crc), computed: crcOf(), error: new S3Error('BadDigest', message) })
  }
  return declared
}

function hashOf(algorithm: string, encoding: 'hex' | 'base64') {
  const hash = createHash(algorithm)
  return { update: (chunk: Buffer) => hash.update(chunk), digest: () => hash.digest(encoding) }
}

function crcOf() {
  const bytes = Buffer.alloc(4)
  return {
    update: (chunk: Buffer) => bytes.writeUInt32BE(crc32(chunk, bytes.readUInt32BE())),
    digest: () => bytes.toString('base64'),
  }
}

/**
 * aws-chunked: `<size in hex>[;chunk-signature=…]\r\n<bytes>\r\n`, a chunk of size 0, then trailers such as a checksum.
 * Chunk signatures and trailers are read and not verified: the connection is local.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
async function* unwrapChunks(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let buffer: Buffer = EMPTY
  /** Of the current chunk, its line break included. */
  let left = 0
  let last = false
  for await (const data of body) {
    buffer = buffer.length > 0 ? Buffer.concat([buffer, data]) : data
    while (!last && buffer.length > 0) {
      if (left > 0) {
        const bytes = buffer.subarray(0, left)
        buffer = buffer.subarray(bytes.length)
        // The two last bytes of a chunk are its line break.
        const content = bytes.subarray(0, Math.max(0, Math.min(bytes.length, left - 2)))
        left -= bytes.length
        if (content.length > 0) yield content
        continue
      }
      const end = buffer.indexOf('\r\n')
      if (end < 0) break
      const header = /^([0-9a-f]+)(;|$)/i.exec(buffer.toString('latin1', 0, end))
      if (!header) throw new S3Error('IncompleteBody', 'The request body terminated unexpectedly')
      const size = Number.parseInt(header[1] ?? '', 16)
      buffer = buffer.subarray(end + 2)
      last = size === 0
      left = size + 2
    }
  }
  if (!last) throw new S3Error('IncompleteBody', 'The request body terminated unexpectedly')
}
