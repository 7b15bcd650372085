import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { Credentials } from '../sigv4.ts'
import { objectBody, verified } from './object-body.ts'
import type { ObjectFiles, StoredObject } from './objects.ts'
import { missingField, verifyPostPolicy } from './post-policy.ts'
import { S3Error, xml } from './s3-error.ts'
import { readUploadForm } from './upload-form.ts'

/** One request, understood as far as its address goes. */
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

/** Stored with an object and given back with it. */
const KEPT =
  /^(content-type|content-disposition|content-encoding|content-language|cache-control|expires|x-amz-meta-.+)$/
/** Bytes of UTF-8. */
const MAX_KEY_BYTES = 1024

export async function putObject({ request, response, files, key }: StoreRequest): Promise<void> {
  checkKey(key)
  const object = await files.put(key, objectBody(request), kept(Object.entries(request.headers)))
  response.writeHead(200, { etag: `"${object.etag}"`, 'content-length': 0 }).end()
}

/** GET and HEAD, with conditions, a range, and the overrides of a presigned URL (`response-content-type` …). */
export async function getObject({ request, response, files, key, query }: StoreRequest): Promise<void> {
  const object = await files.head(key)
  if (!object) throw new S3Error('NoSuchKey', 'The specified key does not exist.', { Key: key })
  const { headers } = request
  const etag = `"${object.etag}"`
  if (headers['if-match'] !== undefined && !matches(headers['if-match'], etag)) {
    throw new S3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold')
  }
  response.setHeaders(new Map(Object.entries({ ...object.headers, etag, 'last-modified': object.lastModified })))
  const since = Date.parse(headers['if-modified-since'] ?? '')
  const fresh =
    headers['if-none-match'] !== undefined
      ? matches(headers['if-none-match'], etag)
      : Date.parse(object.lastModified) <= since
  if (fresh) return void response.writeHead(304).end()

  for (const [name, value] of query) {
    if (name.startsWith('response-')) response.setHeader(name.slice('response-'.length), value)
  }
  const range = parseRange(headers.range, object)
  if (range) response.setHeader('content-range', `bytes ${range.start}-${range.end}/${object.size}`)
  const { start, end } = range ?? { start: 0, end: object.size - 1 }
  response.writeHead(range ? 206 : 200, { 'accept-ranges': 'bytes', 'content-length': end - start + 1 })
  if (request.method === 'HEAD') return void response.end()
  await pipeline(files.read(object, { start, end }), response)
}

/** A browser's upload by a presigned form. Nothing is stored unless the whole of it meets the policy. */
export async function postObject(context: StoreRequest): Promise<void> {
  const { request } = context
  const body: AsyncIterator<Buffer> & AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false })
  try {
    await storeForm(context, body)
  } finally {
    // Whatever was not read is read now and thrown away: else the next request on the connection would wait behind it.
    await body.return?.()
    request.resume()
  }
}

async function storeForm(context: StoreRequest, body: AsyncIterable<Buffer>): Promise<void> {
  const { request, response, files, credentials, bucket } = context
  if (request.headers['content-length'] === undefined) {
    throw new S3Error('MissingContentLength', 'You must provide the Content-Length HTTP header.')
  }
  const form = await readUploadForm(body, request.headers['content-type'] ?? '')
  const fields = new Map(form.fields)
  const key = fields.get('key')?.replace(/\$\{filename\}/g, (placeholder) => form.filename ?? placeholder)
  if (!key) throw missingField('key')
  const limits = verifyPostPolicy(fields.set('key', key).set('bucket', bucket), credentials)
  checkKey(key)
  const object = await files.put(key, verified(form.content, fields), kept(fields), limits)
  const etag = `"${object.etag}"`
  const location = `http://${request.headers.host}/${bucket}/${encodeURIComponent(key)}`

  const redirect = fields.get('success_action_redirect')
  if (redirect && URL.canParse(redirect)) {
    const target = new URL(redirect)
    for (const [name, value] of Object.entries({ bucket, key, etag })) target.searchParams.set(name, value)
    return void response.writeHead(303, { location: target.href, etag }).end()
  }
  const status = Number(fields.get('success_action_status'))
  response.setHeaders(new Map(Object.entries({ etag, location })))
  if (status !== 201) return void response.writeHead(status === 200 ? 200 : 204).end()
  const document = xml('PostResponse', { Location: location, Bucket: bucket, Key: key, ETag: etag })
  response.writeHead(201, { 'content-type': 'application/xml' }).end(document)
}

function checkKey(key: string): void {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw new S3Error('KeyTooLongError', 'Your key is too long')
}

function kept(headers: Iterable<[string, string | string[] | undefined]>): StoredObject['headers'] {
  const entries = [...headers].flatMap(([name, value]) =>
    // As S3 does to what no header may hold, which a field of a form may.
    KEPT.test(name) && typeof value === 'string'
      ? [[name, value.replace(/[^\x20-\x7e\x80-\xff]/gu, encodeURIComponent)]]
      : [],
  )
  return { 'content-type': 'binary/octet-stream', ...Object.fromEntries(entries) }
}

function matches(condition: string, etag: string): boolean {
  return condition.split(',').some((each) => ['*', etag, etag.slice(1, -1)].includes(each.trim()))
}

/** One range of bytes; any other form is ignored, as HTTP allows. */
function parseRange(header: string | undefined, { size }: StoredObject): { start: number; end: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  if (!match || match[0] === 'bytes=-') return undefined
  const [, first = '', last = ''] = match
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (first !== '' && last !== '' && Number(last) < start) return undefined
  if (start >= size) {
    const details = { RangeRequested: header ?? '', ActualObjectSize: String(size) }
    throw new S3Error('InvalidRange', 'The requested range is not satisfiable', details)
  }
  return { start, end }
}
