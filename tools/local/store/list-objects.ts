import type { StoreRequest } from './operations.ts'
import { S3Error, xml } from './s3-error.ts'

/** Keys on a page at most, and by default. */
const MAX_KEYS = 1000

/** ListObjectsV2: keys by their bytes, page by page; with a delimiter, what is below one of its first occurrences is one entry. */
export async function listObjects({ response, files, bucket, query }: StoreRequest): Promise<void> {
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const token = query.get('continuation-token')
  const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString()
  const limit = Math.min(Number(query.get('max-keys') ?? MAX_KEYS), MAX_KEYS)
  if (!Number.isInteger(limit) || limit < 0) throw new S3Error('InvalidArgument', 'max-keys must be an integer')

  const folderOf = (key: string) => {
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
    return end < 0 ? undefined : key.slice(0, end + delimiter.length)
  }
  const objects = (await files.all()).filter(({ key }) => key.startsWith(prefix))
  const entries = new Map(objects.map((object) => [folderOf(object.key) ?? object.key, object]))
  const rest = [...entries].filter(([name]) => byBytes(name, after) > 0).sort(([a], [b]) => byBytes(a, b))
  const page = rest.slice(0, limit)
  const last = page.at(-1)?.[0] ?? after

  const document = xml('ListBucketResult', {
    Name: bucket,
    Prefix: prefix,
    KeyCount: String(page.length),
    MaxKeys: String(limit),
    IsTruncated: String(rest.length > page.length),
    ...(rest.length > page.length && { NextContinuationToken: Buffer.from(last).toString('base64url') }),
    Contents: page.flatMap(([name, { key, size, etag, lastModified }]) => {
      const time = new Date(lastModified).toISOString()
      const content = { Key: key, LastModified: time, ETag: `"${etag}"`, Size: String(size), StorageClass: 'STANDARD' }
      return name === key ? [content] : []
    }),
    CommonPrefixes: page.flatMap(([name, { key }]) => (name === key ? [] : [{ Prefix: name }])),
  })
  response.writeHead(200, { 'content-type': 'application/xml' }).end(document)
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))
