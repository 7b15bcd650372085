import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { breakOff, clientOf, startTestStore } from '../../../test/helpers/store.ts'
import { objectBody } from './object-body.ts'

const service = await startTestStore()
const { store, client, directory, put, link } = service

const bytes = async (response: Response) => Buffer.from(await response.arrayBuffer())
const headersOf = ({ headers }: Response, ...names: string[]) => names.map((name) => headers.get(name))

test('stores every valid key apart, and serves it byte for byte by presigned URL', async () => {
  const keys = [
    ...['a', 'A', 'a/', 'a/b', 'a//b', '//', 'with space', 'plus+sign', 'x%2Fy', 'x/y', '100%', 'hash#1', 'what?'],
    ...['&=;,:@$', "it's()*!", 'back\\slash', '"quoted"', '<xml>', '~', '.hidden', 'a..b', 'CON', 'index', 'content'],
    ...['\u00e9', 'e\u0301', '한글.txt', '😀', '\ufeffbom', 'x'.repeat(1024), '한'.repeat(341)],
    `${'y'.repeat(511)}/${'z'.repeat(512)}`,
  ]
  for (const key of keys) await put(key, `content of ${key}`, { ContentType: `text/x; k=${keys.indexOf(key)}` })
  for (const key of keys) {
    const { ContentLength } = await client.send(new HeadObjectCommand({ Bucket: store.bucket, Key: key }))
    assert.equal(ContentLength, Buffer.byteLength(`content of ${key}`))
    const response = await fetch(await link(key))
    assert.deepEqual([response.status, await response.text()], [200, `content of ${key}`])
    assert.equal(response.headers.get('content-type'), `text/x; k=${keys.indexOf(key)}`)
  }
  await assert.rejects(put('x'.repeat(1025), ''), { name: 'KeyTooLongError' })
})

test('lists objects in byte order of their keys, in pages', async () => {
  // JavaScript's UTF-16 order would swap the last two.
  const keys = ['B', 'a', 'a/1', 'a/2', 'a/b/1', '한글 & <b>', '\uffee', '😀'].map((key) => `list/${key}`)
  for (const key of keys.toReversed()) await put(key, 'x')
  const list = { Bucket: store.bucket, Prefix: 'list/' }
  const pages: (string | undefined)[][] = []
  for await (const { Contents = [] } of paginateListObjectsV2({ client, pageSize: 3 }, { ...list }))
    pages.push(Contents.map(({ Key }) => Key))
  assert.deepEqual(pages, [keys.slice(0, 3), keys.slice(3, 6), keys.slice(6)])
  const after = new ListObjectsV2Command({ ...list, Prefix: 'list/a/', StartAfter: 'list/a/1' })
  const { Contents: [first, second, ...others] = [], KeyCount, IsTruncated } = await client.send(after)
  assert.deepEqual([first?.Key, second?.Key, others, KeyCount, IsTruncated], ['list/a/2', 'list/a/b/1', [], 2, false])
  assert.deepEqual([first?.Size, first?.ETag], [1, '"9dd4e461268c8034f5c8564e155c67a6"'])
  assert.ok(Math.abs(Date.now() - Number(first?.LastModified)) < 60_000)
  await assert.rejects(client.send(new ListObjectsV2Command({ ...list, Delimiter: '/' })), { name: 'NotImplemented' })
})

test('has an MD5 entity tag for any bytes, and a default content type', async () => {
  for (const content of [randomBytes(4_500_000), Buffer.of()]) {
    const etag = `"${createHash('md5').update(content).digest('hex')}"`
    assert.equal((await put('big', content)).ETag, etag)
    const response = await fetch(await link('big'))
    assert.ok(content.equals(await bytes(response)))
    const headers = headersOf(response, 'etag', 'content-length', 'content-type')
    assert.deepEqual(headers, [etag, String(content.length), 'application/octet-stream'])
  }
})

test('keeps headers and metadata, which a presigned URL can override', async () => {
  const ResponseContentDisposition = `attachment; filename="a (1).txt"; filename*=UTF-8''%ED%95%9C(1)!*'.txt`
  await put('meta', 'x', { ContentDisposition: 'inline', CacheControl: 'no-store', Metadata: { colour: 'blue' } })
  const names = ['content-disposition', 'cache-control', 'x-amz-meta-colour', 'content-type']
  const get = async (more?: object) => headersOf(await fetch(await link('meta', more)), ...names)
  assert.deepEqual(await get(), ['inline', 'no-store', 'blue', 'application/octet-stream'])
  const overridden = await get({ ResponseContentDisposition, ResponseContentType: 'text/css' })
  assert.deepEqual(overridden, [ResponseContentDisposition, 'no-store', 'blue', 'text/css'])
})

test('serves ranges and conditional requests', async () => {
  const { ETag = '' } = await put('digits', '0123456789')
  for (const [name, value, status, part, range] of [
    ['range', 'bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['range', 'bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['range', 'bytes=-2', 206, '89', 'bytes 8-9/10'],
    ['range', 'bytes=8-99', 206, '89', 'bytes 8-9/10'],
    ['range', 'bytes=4-2', 200, '0123456789'],
    ['range', 'bytes=10-', 416],
    ['if-none-match', ETag, 304, ''],
    ['if-match', '"other"', 412],
  ] as const) {
    const answer = await fetch(await link('digits'), { headers: { [name]: value } })
    const text = await answer.text()
    assert.deepEqual([answer.status, answer.headers.get('content-range')], [status, range ?? null], value)
    if (part !== undefined) assert.equal(text, part)
  }
})

test('replaces an object atomically: a broken upload leaves nothing', async () => {
  await put('kept', 'first')
  const url = await getSignedUrl(client, new PutObjectCommand({ Bucket: store.bucket, Key: 'kept' }))
  const before = (await readdir(join(directory, store.bucket, 'content'))).length
  await breakOff(url, 'PUT', Buffer.alloc(1_000_000))
  assert.equal(await (await fetch(await link('kept'))).text(), 'first')
  await put('kept', 'second')
  assert.equal(await (await fetch(await link('kept'))).text(), 'second')
  assert.equal((await readdir(join(directory, store.bucket, 'content'))).length, before)
})

test('keeps objects and their links across a restart', async () => {
  await put('stays', 'here')
  const url = await link('stays')
  await service.restart()
  assert.equal(await (await fetch(url)).text(), 'here')
})

test('accepts chunks with a trailing checksum, as the SDK sends streams', async () => {
  const streaming = clientOf(store, { requestChecksumCalculation: 'WHEN_SUPPORTED' })
  const content = randomBytes(300_000)
  const Body = Readable.from([content.subarray(0, 7), content.subarray(7)])
  const input = { Bucket: store.bucket, Key: 'chunked', Body, ContentLength: content.length }
  await streaming.send(new PutObjectCommand(input))
  assert.ok(content.equals(await bytes(await fetch(await link('chunked')))))
  streaming.destroy()
})

test('refuses an object that does not match its digests', async () => {
  await assert.rejects(put('digest', 'abc', { ChecksumCRC32: 'AAAAAA==' }), { name: 'BadDigest' })
  assert.equal((await fetch(await link('digest'))).status, 404)

  const read = (headers: Record<string, string>, ...chunks: string[]) =>
    text(objectBody(Object.assign(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), { headers })))
  const digests = {
    'content-md5': '5tkibCqGtyMpM2Y8E0Z1Jw==',
    'x-amz-checksum-crc32': 'cZWHwQ==',
    'x-amz-checksum-crc32c': 'Pf4upw==',
    'x-amz-checksum-crc64nvme': 'qUVrWYOrIAM=',
    'x-amz-checksum-sha1': 'B++3uSfJMSHWToQMQ1g6lIJY5Eo=',
    'x-amz-checksum-sha256': '2l26x0trnT0r2AvakoFk2MB7eKVKzYESLMxSAKAzoik=',
    'x-amz-content-sha256': createHash('sha256').update('test data..').digest('hex'),
  }
  const sent = { 'content-length': '11' }
  for (const [name, digest] of Object.entries(digests)) {
    const code = name === 'x-amz-content-sha256' ? 'XAmzContentSHA256Mismatch' : 'BadDigest'
    assert.equal(await read({ ...sent, [name]: digest }, 'test data..'), 'test data..')
    await assert.rejects(read({ ...sent, [name]: digest }, 'other data.'), { code })
  }
  await assert.rejects(read({ ...sent, 'content-md5': 'MTIz' }, 'test data..'), { code: 'InvalidDigest' })
  await assert.rejects(read({ ...sent, 'x-amz-checksum-sha1': 'MTIz' }, 'test data..'), { code: 'InvalidRequest' })

  const chunked = {
    'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    'x-amz-decoded-content-length': '3',
    'x-amz-trailer': 'x-amz-checksum-crc32',
  }
  assert.equal(await read(chunked, '3\r\nab', 'c\r\n0\r\nx-amz-', 'checksum-crc32:NSRBwg==\r\n\r\n'), 'abc')
  for (const [wrong, code] of [
    ['3\r\nabc\r\n0\r\nx-amz-checksum-crc32:NSRBwQ==\r\n\r\n', 'BadDigest'],
    ['3\r\nabc\r\n0\r\n\r\n', 'InvalidRequest'],
    ['2\r\nab\r\n0\r\n\r\n', 'IncompleteBody'],
    ['4\r\nabcd\r\n0\r\n\r\n', 'IncompleteBody'],
    ['3\r\nab', 'IncompleteBody'],
    ['three\r\nabc', 'IncompleteBody'],
  ] as const)
    await assert.rejects(read(chunked, wrong), { code }, wrong)
})
