import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, describe, test } from 'node:test'
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { clientOf, startTestStore } from '../../../test/helpers/store.ts'
import { objectBody } from './object-body.ts'

const service = await startTestStore()
after(() => service.stop())
const { store, client, directory, put, link } = service

const bytes = async (response: Response) => Buffer.from(await response.arrayBuffer())

describe('every key that S3 takes is a key of its own', () => {
  const keys = [
    ...['a', 'A', 'a/', 'a/b', 'a//b', '//', 'with space', 'plus+sign', 'x%2Fy', 'x/y', '100%', 'hash#1', 'what?'],
    ...['&=;,:@$', "it's()*!", 'back\\slash', '"quoted"', '<xml>', '~', '.hidden', 'a..b', 'CON', 'index', 'content'],
    ...['\u00e9', 'e\u0301', '한글.txt', '😀', '\ufeffbom', 'x'.repeat(1024), '한'.repeat(341)],
    `${'y'.repeat(511)}/${'z'.repeat(512)}`,
  ]

  test('uploaded with the SDK, it comes back by its presigned URL byte for byte, with its content type', async () => {
    for (const key of keys) await put(key, `content of ${key}`, { ContentType: `text/x; k=${keys.indexOf(key)}` })
    for (const key of keys) {
      const head = await client.send(new HeadObjectCommand({ Bucket: store.bucket, Key: key }))
      const response = await fetch(await link(key))
      assert.equal(response.status, 200, key)
      assert.equal(await response.text(), `content of ${key}`)
      assert.equal(response.headers.get('content-type'), `text/x; k=${keys.indexOf(key)}`)
      assert.equal(head.ContentLength, Buffer.byteLength(`content of ${key}`))
    }
    await assert.rejects(put('x'.repeat(1025), ''), { name: 'KeyTooLongError' })
  })
})

describe('what is stored', () => {
  test('has the MD5 of its bytes as entity tag, whatever the bytes are', async () => {
    const content = randomBytes(4_500_000)
    const etag = `"${createHash('md5').update(content).digest('hex')}"`
    assert.equal((await put('big', content)).ETag, etag)
    const response = await fetch(await link('big'))
    assert.ok(content.equals(await bytes(response)))
    assert.equal(response.headers.get('etag'), etag)
  })

  test('may be empty, and has a default content type', async () => {
    const upload = await getSignedUrl(client, new PutObjectCommand({ Bucket: store.bucket, Key: 'empty' }))
    assert.equal((await fetch(upload, { method: 'PUT' })).status, 200)
    const response = await fetch(await link('empty'))
    assert.deepEqual([response.status, (await bytes(response)).length], [200, 0])
    assert.equal(response.headers.get('content-type'), 'binary/octet-stream')
    const head = await client.send(new HeadObjectCommand({ Bucket: store.bucket, Key: 'empty' }))
    assert.equal(head.ContentLength, 0)
  })

  test('keeps its headers and metadata, which a presigned URL may override', async () => {
    const disposition = `attachment; filename="a (1).txt"; filename*=UTF-8''%ED%95%9C(1)!*'.txt`
    await put('meta', 'x', { ContentDisposition: 'inline', CacheControl: 'no-store', Metadata: { colour: 'blue' } })
    const { headers } = await fetch(await link('meta'))
    assert.deepEqual(
      ['content-disposition', 'cache-control', 'x-amz-meta-colour'].map((name) => headers.get(name)),
      ['inline', 'no-store', 'blue'],
    )
    const overridden = { ResponseContentDisposition: disposition, ResponseContentType: 'text/css' }
    const over = await fetch(await link('meta', overridden))
    assert.equal(over.status, 200)
    assert.equal(over.headers.get('content-disposition'), disposition)
    assert.equal(over.headers.get('content-type'), 'text/css')
  })

  test('can be read in part, and not at all where it has not changed', async () => {
    await put('digits', '0123456789')
    const get = async (headers: Record<string, string>) => fetch(await link('digits'), { headers })
    for (const [range, text, content] of [
      ['bytes=2-4', '234', 'bytes 2-4/10'],
      ['bytes=7-', '789', 'bytes 7-9/10'],
      ['bytes=-2', '89', 'bytes 8-9/10'],
      ['bytes=8-99', '89', 'bytes 8-9/10'],
    ] as const) {
      const response = await get({ range })
      assert.deepEqual(
        [response.status, await response.text(), response.headers.get('content-range')],
        [206, text, content],
      )
    }
    assert.equal((await get({ range: 'bytes=10-' })).status, 416)
    assert.equal(await (await get({ range: 'bytes=4-2' })).text(), '0123456789')
    const etag = (await get({})).headers.get('etag') ?? ''
    assert.equal((await get({ 'if-none-match': etag })).status, 304)
    assert.equal((await get({ 'if-modified-since': new Date().toUTCString() })).status, 304)
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

  test('is not stored where it does not match the digest sent with it', async () => {
    const digests = {
      ContentMD5: '5tkibCqGtyMpM2Y8E0Z1Jw==',
      ChecksumCRC32: 'cZWHwQ==',
      ChecksumCRC32C: 'Pf4upw==',
      ChecksumCRC64NVME: 'qUVrWYOrIAM=',
      ChecksumSHA1: 'B++3uSfJMSHWToQMQ1g6lIJY5Eo=',
      ChecksumSHA256: '2l26x0trnT0r2AvakoFk2MB7eKVKzYESLMxSAKAzoik=',
    }
    for (const [name, right] of Object.entries(digests)) {
      const wrong = Buffer.from(right, 'base64').fill(1).toString('base64')
      const malformed = name === 'ContentMD5' ? 'InvalidDigest' : 'InvalidRequest'
      await assert.rejects(put('digest', 'test data..', { [name]: wrong }), { name: 'BadDigest' })
      await assert.rejects(put('digest', 'test data..', { [name]: 'MTIz' }), { name: malformed })
      await assert.rejects(client.send(new HeadObjectCommand({ Bucket: store.bucket, Key: 'digest' })), {
        name: 'NotFound',
      })
      await put(`digest ${name}`, 'test data..', { [name]: right })
    }
    const two = { ChecksumCRC32: digests.ChecksumCRC32, ChecksumSHA1: digests.ChecksumSHA1 }
    await assert.rejects(put('digest', 'test data..', two), { name: 'InvalidRequest' })
  })

  test('is not stored where it does not match the hash in its signature or the checksum behind it', async () => {
    const read = async (headers: Record<string, string>, ...chunks: string[]) => {
      const request = Object.assign(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), { headers })
      const parts: Buffer[] = []
      for await (const part of objectBody(request)) parts.push(part)
      return Buffer.concat(parts).toString()
    }
    const hash = createHash('sha256').update('abc').digest('hex')
    const whole = { 'content-length': '3', 'x-amz-content-sha256': hash }
    assert.equal(await read(whole, 'abc'), 'abc')
    await assert.rejects(read(whole, 'abd'), { code: 'XAmzContentSHA256Mismatch' })
    const chunked = {
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': '3',
      'x-amz-trailer': 'x-amz-checksum-crc32',
    }
    assert.equal(await read(chunked, '3\r\nab', 'c\r\n0\r\nx-amz-', 'checksum-crc32:NSRBwg==\r\n\r\n'), 'abc')
    const wrong = read(chunked, '3\r\nabc\r\n0\r\nx-amz-checksum-crc32:NSRBwQ==\r\n\r\n')
    await assert.rejects(wrong, { code: 'BadDigest' })
    await assert.rejects(read(chunked, '3\r\nabc\r\n0\r\n\r\n'), { code: 'InvalidRequest' })
  })
})
