import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Crc32, Crc32c, Crc64Nvme } from '@aws-sdk/checksums/crc'
import { Xxh3_64, Xxh3_128, Xxh64 } from '@aws-sdk/checksums/xxh'
import { S3Error } from './s3-error.ts'

interface Digest {
  update(chunk: Buffer): unknown
  digest(): Uint8Array | Promise<Uint8Array>
}

/** Digests by their header, field or trailer. `x-amz-content-sha256` is in hexadecimal, all others in base64. */
const DIGESTS: Readonly<Record<string, () => Digest>> = {
  'content-md5': () => createHash('md5'),
  'x-amz-content-sha256': () => createHash('sha256'),
  'x-amz-checksum-crc32': () => new Crc32(),
  'x-amz-checksum-crc32c': () => new Crc32c(),
  'x-amz-checksum-crc64nvme': () => new Crc64Nvme(),
  'x-amz-checksum-sha1': () => createHash('sha1'),
  'x-amz-checksum-sha256': () => createHash('sha256'),
  'x-amz-checksum-sha512': () => createHash('sha512'),
  'x-amz-checksum-md5': () => createHash('md5'),
  'x-amz-checksum-xxhash3': () => new Xxh3_64(),
  'x-amz-checksum-xxhash64': () => new Xxh64(),
  'x-amz-checksum-xxhash128': () => new Xxh3_128(),
}

/**
 * Reads the object from the body of a PUT: decodes aws-chunked, and verifies the client's digests.
 * @throws S3Error while reading, if the body does not match its digests or its length.
 */
export async function* objectBody(
  request: AsyncIterable<Buffer> & Pick<IncomingMessage, 'headers'>,
): AsyncGenerator<Buffer> {
  const headers = new Map(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
  const isChunked = headers.get('x-amz-content-sha256')?.startsWith('STREAMING-')
  const length = headers.get(isChunked ? 'x-amz-decoded-content-length' : 'content-length')
  if (length === undefined)
    throw new S3Error('MissingContentLength', 'You must provide the Content-Length HTTP header.')
  yield* verified(isChunked ? unwrapChunks(request, Number(length), headers) : request, headers)
}

/**
 * Passes content on and verifies the digests that came with it.
 * @param fields headers or form fields by lower-case name; a trailer is added after the content.
 * @throws S3Error at the end, if a digest is malformed or does not match.
 */
export async function* verified(
  content: AsyncIterable<Buffer>,
  fields: ReadonlyMap<string, string>,
): AsyncGenerator<Buffer> {
  const isGiven = (name: string) => fields.has(name) || fields.get('x-amz-trailer') === name
  const digests = Object.entries(DIGESTS).flatMap(([name, create]) => (isGiven(name) ? { name, digest: create() } : []))
  for await (const chunk of content) {
    for (const { digest } of digests) digest.update(chunk)
    yield chunk
  }
  for (const { name, digest } of digests) {
    const isPayloadHash = name === 'x-amz-content-sha256'
    const text = fields.get(name) ?? ''
    if (isPayloadHash && /^(UNSIGNED|STREAMING)-/.test(text)) continue
    const given = Buffer.from(text, isPayloadHash ? 'hex' : 'base64')
    const computed = await digest.digest()
    if (given.length !== computed.length)
      throw new S3Error(name === 'content-md5' ? 'InvalidDigest' : 'InvalidRequest', `Value for ${name} is invalid.`)
    const code = isPayloadHash ? 'XAmzContentSHA256Mismatch' : 'BadDigest'
    if (!given.equals(computed)) throw new S3Error(code, `The ${name} you specified did not match what was computed.`)
  }
}

/**
 * Decodes aws-chunked: `<size in hex>[;chunk-signature=…]\r\n<bytes>\r\n`, a chunk of size 0, then trailers such as a checksum.
 * Ignores chunk signatures: the connection is local.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
async function* unwrapChunks(body: AsyncIterable<Buffer>, length: number, trailers: Map<string, string>) {
  const chunks = body[Symbol.asyncIterator]()
  let buffer: Buffer = Buffer.alloc(0)
  let size = 0
  const readMore = async () => {
    const { done, value } = await chunks.next()
    if (done) throw incomplete()
    buffer = Buffer.concat([buffer, value])
  }
  const readLine = async () => {
    while (!buffer.includes('\r\n')) await readMore()
    const line = buffer.toString('latin1', 0, buffer.indexOf('\r\n'))
    buffer = buffer.subarray(line.length + 2)
    return line
  }
  for (;;) {
    let left = Number.parseInt(await readLine(), 16)
    if (left === 0) break
    size += left
    if (!(size <= length)) throw incomplete()
    while (left > 0) {
      if (buffer.length === 0) await readMore()
      const content = buffer.subarray(0, left)
      buffer = buffer.subarray(content.length)
      left -= content.length
      yield content
    }
    await readLine()
  }
  if (size !== length) throw incomplete()
  for (let line = await readLine(); line !== ''; line = await readLine()) {
    const [name = '', value = ''] = line.split(':')
    trailers.set(name.toLowerCase(), value.trim())
  }
}

const incomplete = () =>
  new S3Error('IncompleteBody', 'You did not provide the number of bytes specified by the Content-Length HTTP header')
