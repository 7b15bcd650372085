import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { after, describe, test } from 'node:test'
import { HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { clientOf, startTestStore } from '../../../test/helpers/store.ts'
import { objectBody } from './object-body.ts'

const service = await startTestStore()
after(() => service.stop())
const { store, client, directory, put, link } = service

const bytes = async (response: Response) => Buffer.from(await response.arrayBuffer())
const headersOf = ({ headers }: Response, ...names: string[]) => names.map((name) => headers.get(name))

test('every key that S3 takes is a key of its own: it comes back by its presigned URL byte for byte', async () => {
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

test('objects are listed by the bytes of their keys, page by page, as the SDK asks for them', async () => {
  // UTF-16, by which JavaScript sorts, would have the last two the other way round.
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

describe('what is stored', () => {
  test('has the MD5 of its bytes as entity tag, whatever the bytes are, and a default content type', async () => {
    for (const content of [randomBytes(4_500_000), Buffer.of()]) {
      const etag = `"${createHash('md5').update(content).digest('hex')}"`
      assert.equal((await put('big', content)).ETag, etag)
      const response = await fetch(await link('big'))
      assert.ok(content.equals(await bytes(response)))
      const headers = headersOf(response, 'etag', 'content-length', 'content-type')
      assert.deepEqual(headers, [etag, String(content.length), 'application/octet-stream'])
    }
  })

  test('keeps its headers and metadata, which a presigned URL may override', async () => {
    const disposition = `attachment; filename="a (1).txt"; filename*=UTF-8''%ED%95%9C(1)!*'.txt`
    await put('meta', 'x', { ContentDisposition: 'inline', CacheControl: 'no-store', Metadata: { colour: 'blue' } })
    const overridden = { ResponseContentDisposition: disposition, ResponseContentType: 'text/css' }
    for (const [more, expected] of [
      [{}, ['inline', 'no-store', 'blue', 'application/octet-stream']],
      [overridden, [disposition, 'no-store', 'blue', 'text/css']],
    ] as const) {
      const response = await fetch(await link('meta', more))
      const names = ['content-disposition', 'cache-control', 'x-amz-meta-colour', 'content-type']
      assert.deepEqual(headersOf(response, ...names), expected)
    }
  })

  test('can be read in part, and not at all where it has not changed', async () => {
    await put('digits', '0123456789')
    const get = async (headers: Record<string, string>) => fetch(await link('digits'), { headers })
    for (const [range, status, part, content] of [
      ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
      ['bytes=7-', 206, '789', 'bytes 7-9/10'],
      ['bytes=-2', 206, '89', 'bytes 8-9/10'],
      ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
      ['bytes=4-2', 200, '0123456789', null],
    ] as const) {
      const answer = await get({ range })
      const answered = [answer.status, await answer.text(), answer.headers.get('content-range')]
      assert.deepEqual(answered, [status, part, content])
    }
    assert.equal((await get({ range: 'bytes=10-' })).status, 416)
    const etag = (await get({})).headers.get('etag') ?? ''
    assert.equal((await get({ 'if-none-match': etag })).status, 304)
    assert.equal((await get({ 'if-match': '"other"' })).status, 412)
  })

  test('is replaced as a whole: an upload that breaks off changes nothing and leaves nothing', async () => {
    await put('kept', 'first')
    const url = await getSignedUrl(client, new PutObjectCommand({ Bucket: store.bucket, Key: 'kept' }))
    const before = (await readdir(join(directory, store.bucket, 'content'))).length
    const abort = new AbortController()
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(Buffer.alloc(70_000))
        setImmediate(() => abort.abort())
      },
    })
    const init = { method: 'PUT', body, duplex: 'half', signal: abort.signal, headers: { 'content-length': '1000000' } }
    await assert.rejects(fetch(url, init as RequestInit))
    assert.equal(await (await fetch(await link('kept'))).text(), 'first')
    await put('kept', 'second')
    assert.equal(await (await fetch(await link('kept'))).text(), 'second')
    assert.equal((await readdir(join(directory, store.bucket, 'content'))).length, before)
  })

  test('is there after a restart, under links that were given out before it', async () => {
    await put('stays', 'here')
    const url = await link('stays')
    await service.restart()
    assert.equal(await (await fetch(url)).text(), 'here')
  })

  test('may come in chunks with a checksum behind them, as the SDK sends a stream by default', async () => {
    const streaming = clientOf(store, { requestChecksumCalculation: 'WHEN_SUPPORTED' })
    const content = randomBytes(300_000)
    const Body = Readable.from([content.subarray(0, 7), content.subarray(7)])
    const input = { Bucket: store.bucket, Key: 'chunked', Body, ContentLength: content.length }
    await streaming.send(new PutObjectCommand(input))
    assert.ok(content.equals(await bytes(await fetch(await link('chunked')))))
    streaming.destroy()
  })

  test('is not stored where it does not match the digests sent with it', async () => {
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
    }
    for (const [name, right] of Object.entries(digests)) {
      const wrong = Buffer.from(right, 'base64').fill(1).toString('base64')
      const malformed = name === 'content-md5' ? 'InvalidDigest' : 'InvalidRequest'
      const readWith = (digest: string) => read({ 'content-length': '11', [name]: digest }, 'test data..')
      assert.equal(await readWith(right), 'test data..')
      await assert.rejects(readWith(wrong), { code: 'BadDigest' })
      await assert.rejects(readWith('MTIz'), { code: malformed })
    }
    const signed = createHash('sha256').update('abc').digest('hex')
    const whole = { 'content-length': '3', 'x-amz-content-sha256': signed }
    assert.equal(await read(whole, 'abc'), 'abc')
    await assert.rejects(read(whole, 'abd'), { code: 'XAmzContentSHA256Mismatch' })
    const chunked = {
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': '3',
      'x-amz-trailer': 'x-amz-checksum-crc32',
    }
    assert.equal(await read(chunked, '3\r\nab', 'c\r\n0\r\nx-amz-', 'checksum-crc32:NSRBwg==\r\n\r\n'), 'abc')
    for (const [sent, code] of [
      ['3\r\nabc\r\n0\r\nx-amz-checksum-crc32:NSRBwQ==\r\n\r\n', 'BadDigest'],
      ['3\r\nabc\r\n0\r\n\r\n', 'InvalidRequest'],
      ['2\r\nab\r\n0\r\n\r\n', 'IncompleteBody'],
      ['4\r\nabcd\r\n0\r\n\r\n', 'IncompleteBody'],
      ['3\r\nab', 'IncompleteBody'],
      ['three\r\nabc', 'IncompleteBody'],
    ] as const)
      await assert.rejects(read(chunked, sent), { code }, sent)
  })
})
