import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { Credentials } from '../sigv4.ts'
import { objectBody, verified } from './object-body.ts'
import type { ObjectFiles, StoredObject } from './objects.ts'
import { missingField, verifyPostPolicy } from './post-policy.ts'
import { answerXml, S3Error } from './s3-error.ts'
import { readUploadForm } from './upload-form.ts'

/** A request with its parsed address. */
export interface StoreRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly files: ObjectFiles
  readonly credentials: Credentials
  readonly bucket: string
  /** Empty for the bucket itself. */
  readonly key: string
  readonly query: URLSearchParams
}

/** Headers stored with an object and returned with it. */
const KEPT =
  /^(content-type|content-disposition|content-encoding|content-language|cache-control|expires|x-amz-meta-.+)$/
/** Limit of a key, in bytes of UTF-8. */
const MAX_KEY_BYTES = 1024
/** Keys per page: the maximum, and the default. */
const MAX_KEYS = 1000

export async function putObject({ request, response, files, key }: StoreRequest): Promise<void> {
  checkKey(key)
  const object = await files.put(key, objectBody(request), kept(Object.entries(request.headers)))
  response.writeHead(200, { etag: `"${object.etag}"`, 'content-length': 0 }).end()
}

export async function deleteObject({ response, files, key }: StoreRequest): Promise<void> {
  await files.remove(key)
  response.writeHead(204).end()
}

/** Handles GET and HEAD, with `If-Match`, `If-None-Match`, a range, and a presigned URL's overrides (`response-content-type` …). */
export async function getObject({ request, response, files, key, query }: StoreRequest): Promise<void> {
  const object = await files.head(key)
  if (!object) throw new S3Error('NoSuchKey', `The specified key ${key} does not exist.`)
  const { 'if-match': wanted, 'if-none-match': known, range: header } = request.headers
  const etag = `"${object.etag}"`
  const matches = (condition = '') => condition.split(/,\s*/).some((each) => each === '*' || each === etag)
  if (wanted !== undefined && !matches(wanted))
    throw new S3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold')
  response.setHeaders(new Map(Object.entries({ ...object.headers, etag, 'last-modified': object.lastModified })))
  if (matches(known)) return void response.writeHead(304).end()

  for (const [name, value] of query)
    if (name.startsWith('response-')) response.setHeader(name.slice('response-'.length), value)
  const range = parseRange(header, object)
  if (range) response.setHeader('content-range', `bytes ${range.start}-${range.end}/${object.size}`)
  const { start, end } = range ?? { start: 0, end: object.size - 1 }
  response.writeHead(range ? 206 : 200, { 'accept-ranges': 'bytes', 'content-length': end - start + 1 })
  if (request.method === 'HEAD') return void response.end()
  await pipeline(files.read(object, { start, end }), response)
}

/** Handles a browser's upload by a presigned form. Stores it only if all of it meets the policy. */
export async function postObject({ request, response, files, credentials, bucket }: StoreRequest): Promise<void> {
  try {
    if (request.headers['content-length'] === undefined)
      throw new S3Error('MissingContentLength', 'You must provide the Content-Length HTTP header.')
    const { fields, filename, content } = await readUploadForm(request)
    const key = fields.get('key')?.replaceAll(`\${filename}`, (placeholder) => filename ?? placeholder)
    if (!key) throw missingField('key')
    const limits = verifyPostPolicy(fields.set('key', key).set('bucket', bucket), credentials)
    checkKey(key)
    const object = await files.put(key, verified(content, fields), kept(fields), limits)
    const etag = `"${object.etag}"`
    const location = `http://${request.headers.host}/${bucket}/${encodeURIComponent(key)}`
    response.setHeaders(new Map(Object.entries({ etag, location })))
    const status = Number(fields.get('success_action_status'))
    if (status !== 201) return void response.writeHead(status === 200 ? 200 : 204).end()
    answerXml(response, 201, 'PostResponse', { Location: location, Bucket: bucket, Key: key, ETag: etag })
  } finally {
    // Discards the rest of the body, which would block the connection's next request.
    request.unpipe().resume()
  }
}

/** Handles ListObjectsV2: pages of keys with a prefix, sorted by bytes. */
export async function listObjects({ response, files, bucket, query }: StoreRequest): Promise<void> {
  if (query.get('list-type') !== '2' || query.get('delimiter')) throw notImplemented()
  const prefix = query.get('prefix') ?? ''
  const after = query.get('continuation-token') ?? query.get('start-after') ?? ''
  const limit = Math.min(Number(query.get('max-keys') ?? MAX_KEYS), MAX_KEYS)
  if (!Number.isInteger(limit) || limit < 0) throw new S3Error('InvalidArgument', 'max-keys must be an integer')
  const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))
  const rest = (await files.all())
    .filter(({ key }) => key.startsWith(prefix) && byBytes(key, after) > 0)
    .sort((a, b) => byBytes(a.key, b.key))
  const page = rest.slice(0, limit)
  const isTruncated = rest.length > page.length
  answerXml(response, 200, 'ListBucketResult', {
    Name: bucket,
    Prefix: prefix,
    KeyCount: String(page.length),
    MaxKeys: String(limit),
    IsTruncated: String(isTruncated),
    ...(isTruncated && { NextContinuationToken: page.at(-1)?.key ?? after }),
    Contents: page.map(({ key, size, etag, lastModified }) => {
      const time = new Date(lastModified).toISOString()
      return { Key: key, LastModified: time, ETag: `"${etag}"`, Size: String(size), StorageClass: 'STANDARD' }
    }),
  })
}

export const notImplemented = () =>
  new S3Error(
    'NotImplemented',
    'The local store supports only PutObject, GetObject, HeadObject, DeleteObject, ListObjectsV2 without a delimiter, and presigned POST',
  )

function checkKey(key: string): void {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw new S3Error('KeyTooLongError', 'Your key is too long')
}

function kept(headers: Iterable<[string, string | string[] | undefined]>): StoredObject['headers'] {
  const entries = [...headers].flatMap(([name, value]) =>
    // Form fields may contain characters that headers cannot; like S3, encodes them.
    KEPT.test(name) ? [[name, String(value).replace(/[^\x20-\x7e\x80-\xff]/gu, encodeURIComponent)]] : [],
  )
  return { 'content-type': 'binary/octet-stream', ...Object.fromEntries(entries) }
}

/** Parses a single byte range; ignores any other form, as HTTP allows. */
function parseRange(header = '', { size }: StoredObject): { start: number; end: number } | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? []
  if (first === '' && last === '') return undefined
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== '' && Number(first || last) > Number(last)) return undefined
  if (start >= size) throw new S3Error('InvalidRange', `The requested range ${header} is not within ${size} bytes`)
  return { start, end }
}
