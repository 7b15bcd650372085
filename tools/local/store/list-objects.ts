import type { StoreRequest } from './operations.ts'
import { S3Error, xml } from './s3-error.ts'

/** Keys on a page at most, and by default. */
const MAX_KEYS = 1000

/** ListObjectsV2: keys that begin with a prefix, by their bytes, page by page. */
export async function listObjects({ response, files, bucket, query }: StoreRequest): Promise<void> {
  const prefix = query.get('prefix') ?? ''
  const after = query.get('continuation-token') ?? query.get('start-after') ?? ''
  const limit = Math.min(Number(query.get('max-keys') ?? MAX_KEYS), MAX_KEYS)
  if (!Number.isInteger(limit) || limit < 0) throw new S3Error('InvalidArgument', 'max-keys must be an integer')
  if (query.get('delimiter')) throw new S3Error('NotImplemented', 'The local store lists keys without a delimiter')

  const rest = (await files.all())
    .filter(({ key }) => key.startsWith(prefix) && byBytes(key, after) > 0)
    .sort((a, b) => byBytes(a.key, b.key))
  const page = rest.slice(0, limit)
  const isTruncated = rest.length > page.length
  const document = xml('ListBucketResult', {
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
  response.writeHead(200, { 'content-type': 'application/xml' }).end(document)
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))
