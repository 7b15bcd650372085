import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import { createPresignedPost, type PresignedPostOptions } from '@aws-sdk/s3-presigned-post'
import { breakOff, startTestStore } from '../../../test/helpers/store.ts'

const service = await startTestStore()
const { store, client, directory } = service

type Fields = Record<string, string>
const presign = (more: Partial<PresignedPostOptions> = {}) =>
  createPresignedPost(client, { Bucket: store.bucket, Key: 'photo.jpg', ...more })

function formOf(fields: Fields, file?: Blob, filename = 'mine.jpg'): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  if (file) form.append('file', file, filename)
  return form
}

const send = (url: string, ...form: Parameters<typeof formOf>) => fetch(url, { method: 'POST', body: formOf(...form) })

const contents = () => readdir(join(directory, store.bucket, 'content'))

test('stores the file of a valid form byte for byte, with its content type', async () => {
  const content = randomBytes(1_000_000)
  const { url, fields } = await presign({
    Fields: { 'Content-Type': 'image/jpeg', 'Cache-Control': 'é—한' },
    Conditions: [['content-length-range', content.length, content.length]],
  })
  const answer = await send(url, fields, new Blob([content]))
  const etag = `"${createHash('md5').update(content).digest('hex')}"`
  assert.deepEqual([answer.status, answer.headers.get('etag')], [204, etag])
  const object = await client.send(new GetObjectCommand({ Bucket: store.bucket, Key: 'photo.jpg' }))
  assert.ok(content.equals((await object.Body?.transformToByteArray()) ?? Buffer.of()))
  // S3 encodes values that no header can hold.
  assert.deepEqual([object.ContentType, object.CacheControl], ['image/jpeg', 'é%E2%80%94%ED%95%9C'])
})

/** Encoded form with a file of 200,000 bytes. */
async function encode(fields: Fields) {
  const sent = new Response(formOf(fields, new Blob([randomBytes(200_000)])))
  return { headers: { 'content-type': sent.headers.get('content-type') ?? '' }, body: Buffer.from(await sent.bytes()) }
}

test('refuses a complete form without delaying the next request on its connection', async (context) => {
  const { url, fields } = await presign()
  const { headers, body } = await encode({ ...fields, key: 'other.jpg' })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  context.after(() => agent.destroy())
  const started = performance.now()
  for (let count = 0; count < 5; count++) {
    const [response] = await once(request(url, { method: 'POST', agent, headers }).end(body), 'response')
    assert.equal(response.resume().statusCode, 403)
  }
  // A delayed request would wait five seconds, until the idle connection closes.
  assert.ok(performance.now() - started < 15_000)
})

test('enforces every condition, and stores nothing of a refused form', async () => {
  const { url, fields } = await presign({
    Fields: { 'Content-Type': 'image/jpeg', acl: 'private' },
    Conditions: [
      ['starts-with', '$x-amz-meta-note', 'a'],
      ['content-length-range', 2, 4],
    ],
  })
  const good: Fields = { ...fields, 'x-amz-meta-note': 'about' }
  const file = new Blob(['abc'])
  assert.equal((await send(url, good, file)).status, 204)
  const before = await contents()

  const without = (absent: string) => Object.fromEntries(Object.entries(good).filter(([name]) => name !== absent))
  const elsewhere = { ...good, 'X-Amz-Credential': 'AKIA/20260131/us-east-1/s3/aws4_request' }
  const signed = async (options: object) => (await presign(options)).fields
  const refusals: [status: number, code: string, message: RegExp, form: Fields, file?: Blob][] = [
    [403, 'AccessDenied', /to Policy: Policy Condition failed: .*key/, { ...good, key: 'other.jpg' }, file],
    [403, 'AccessDenied', /starts-with/, { ...good, 'x-amz-meta-note': 'no' }, file],
    [403, 'AccessDenied', /Extra input fields: cache-control/, { ...good, 'Cache-Control': 'no-store' }, file],
    [403, 'AccessDenied', /Policy expired/, await signed({ Expires: -1 }), file],
    [403, 'AccessDenied', /range/, await signed({ Conditions: [['content-length-range', 'test', 10]] }), file],
    [400, 'InvalidPolicyDocument', /Policy/, await signed({ Conditions: [['matches', '$key', 'x']] }), file],
    [400, 'EntityTooSmall', /smaller than the minimum/, good, new Blob(['a'])],
    [400, 'EntityTooLarge', /exceeds the maximum/, good, new Blob(['abcde'])],
    [400, 'InvalidArgument', /exactly one file/, good],
    [403, 'SignatureDoesNotMatch', /signature/, { ...good, 'X-Amz-Signature': '00' }, file],
    [400, 'AuthorizationQueryParametersError', /./, elsewhere, file],
    [403, 'AccessDenied', /^Access Denied$/, { key: 'photo.jpg' }, file],
    [400, 'InvalidArgument', /a field named 'X-Amz-Signature'/, without('X-Amz-Signature'), file],
    [400, 'InvalidArgument', /a field named 'key'/, without('key'), file],
  ]
  for (const [status, code, message, ...form] of refusals) {
    const answer = await send(url, ...form)
    const text = await answer.text()
    const [, answered, explained = ''] = /<Code>(.*)<\/Code><Message>(.*)<\/Message>/.exec(text) ?? []
    assert.deepEqual([answer.status, answered], [status, code], text)
    assert.match(explained, message)
  }
  assert.deepEqual(await contents(), before)
})

test('leaves nothing of a form that breaks off, and refuses one without a length', async () => {
  const { url, fields } = await presign()
  assert.equal((await send(url, fields, new Blob(['kept']))).status, 204)
  const before = await contents()
  const { headers, body } = await encode(fields)
  await breakOff(url, 'POST', body, headers)
  const stream = { method: 'POST', headers, body: new Blob([body]).stream(), duplex: 'half' } as const
  assert.equal((await fetch(url, stream)).status, 411)
  assert.equal(await (await fetch(await service.link('photo.jpg'))).text(), 'kept')
  assert.deepEqual(await contents(), before)
})

test("inserts the file's own name into the key, and answers with XML on request", async () => {
  const { url, fields } = await presign({ Key: `in/\${filename}`, Fields: { success_action_status: '201' } })
  const created = await send(url, fields, new Blob(['x'], { type: 'text/x' }), "$& 'é'.txt")
  assert.equal(created.status, 201)
  assert.match(await created.text(), /<PostResponse>.*<Key>in\/\$&amp; 'é'\.txt<\/Key>/)
  assert.equal(await (await fetch(await service.link("in/$& 'é'.txt"))).text(), 'x')
})
