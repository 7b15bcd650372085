import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Crc32, Crc32c, Crc64Nvme } from '@aws-sdk/checksums/crc'
import { Xxh3_64, Xxh3_128, Xxh64 } from '@aws-sdk/checksums/xxh'
import { S3Error } from './s3-error.ts'

const EMPTY = Buffer.alloc(0)

interface Digest {
  update(chunk: Buffer): unknown
  digest(): Uint8Array | Promise<Uint8Array>
}

/** Of each `x-amz-checksum-…`. */
const CHECKSUMS: ReadonlyMap<string, () => Digest> = new Map<string, () => Digest>([
  ['x-amz-checksum-crc32', () => new Crc32()],
  ['x-amz-checksum-crc32c', () => new Crc32c()],
  ['x-amz-checksum-crc64nvme', () => new Crc64Nvme()],
  ['x-amz-checksum-sha1', () => createHash('sha1')],
  ['x-amz-checksum-sha256', () => createHash('sha256')],
  ['x-amz-checksum-sha512', () => createHash('sha512')],
  ['x-amz-checksum-md5', () => createHash('md5')],
  ['x-amz-checksum-xxhash3', () => new Xxh3_64()],
  ['x-amz-checksum-xxhash64', () => new Xxh64()],
  ['x-amz-checksum-xxhash128', () => new Xxh3_128()],
])

/**
 * The object's bytes in the body of a PUT: unwrapped from aws-chunked, and checked against the digests that the client sent.
 * @throws S3Error while it is read, where the body does not match its digests or its length.
 */
export async function* objectBody(
  request: AsyncIterable<Buffer> & Pick<IncomingMessage, 'headers'>,
): AsyncGenerator<Buffer> {
  const headers = new Map(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
  const chunked = headers.get('x-amz-content-sha256')?.startsWith('STREAMING-')
  const length = headers.get(chunked ? 'x-amz-decoded-content-length' : 'content-length')
  if (length === undefined) {
    throw new S3Error('MissingContentLength', 'You must provide the Content-Length HTTP header.')
  }
  const trailers = new Map<string, string>()
  let size = 0
  for await (const chunk of verified(chunked ? unwrapChunks(request, trailers) : request, headers, trailers)) {
    size += chunk.length
    yield chunk
  }
  if (size !== Number(length)) {
    const message = 'You did not provide the number of bytes specified by the Content-Length HTTP header'
    throw new S3Error('IncompleteBody', message)
  }
}

/**
 * Checks content against the digests that came with it, in headers, in the fields of a form, or behind it. Names are in lower case.
 * @throws S3Error at its end, where a digest is none or another one.
 */
export async function* verified(
  content: AsyncIterable<Buffer>,
  fields: ReadonlyMap<string, string>,
  trailers: ReadonlyMap<string, string> = new Map(),
): AsyncGenerator<Buffer> {
  const expected = expectedDigests(fields, trailers)
  for await (const chunk of content) {
    for (const { digest } of expected) digest.update(chunk)
    yield chunk
  }
  for (const { value, digest, malformed, wrong } of expected) {
    const computed = await digest.digest()
    if (value().length !== computed.length) throw malformed
    if (!value().equals(computed)) throw wrong
  }
}

/** Those that the client sent, whose values are known at the content's end: none is computed for nothing. */
function expectedDigests(fields: ReadonlyMap<string, string>, trailers: ReadonlyMap<string, string>) {
  const checksums = [...CHECKSUMS].filter(([name]) => fields.has(name) || fields.get('x-amz-trailer') === name)
  if (checksums.length > 1) {
    const message = 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.'
    throw new S3Error('InvalidRequest', message)
  }
  const expected = checksums.map(([name, create]) => ({
    value: () => Buffer.from(fields.get(name) ?? trailers.get(name) ?? '', 'base64'),
    digest: create(),
    malformed: new S3Error('InvalidRequest', `Value for ${name} header is invalid.`),
    wrong: new S3Error(
      'BadDigest',
      `The ${name.replace('x-amz-checksum-', '').toUpperCase()} you specified did not match the calculated checksum.`,
    ),
  }))
  const hash = fields.get('x-amz-content-sha256') ?? ''
  if (/^[0-9a-f]{64}$/i.test(hash)) {
    const message = "The provided 'x-amz-content-sha256' header does not match what was computed."
    const wrong = new S3Error('XAmzContentSHA256Mismatch', message)
    expected.push({ value: () => Buffer.from(hash, 'hex'), digest: createHash('sha256'), malformed: wrong, wrong })
  }
  const md5 = fields.get('content-md5')
  if (md5 !== undefined) {
    expected.push({
      value: () => Buffer.from(md5, 'base64'),
      digest: createHash('md5'),
      malformed: new S3Error('InvalidDigest', 'The Content-MD5 you specified was invalid.'),
      wrong: new S3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.'),
    })
  }
  return expected
}

/**
 * aws-chunked: `<size in hex>[;chunk-signature=…]\r\n<bytes>\r\n`, a chunk of size 0, then trailers such as a checksum.
 * Chunk signatures are read and not verified: the connection is local.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
async function* unwrapChunks(body: AsyncIterable<Buffer>, trailers: Map<string, string>): AsyncGenerator<Buffer> {
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
  for (const [, name = '', value = ''] of buffer.toString('latin1').matchAll(/^([^:\s]+):[ \t]*(.*)$/gm))
    trailers.set(name.toLowerCase(), value)
}
