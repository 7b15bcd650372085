import assert from 'node:assert/strict'
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { createPresignedPost, type PresignedPostOptions } from '@aws-sdk/s3-presigned-post'
import fc from 'fast-check'
import { startTestStore, type TestStore } from '../test/helpers/store.ts'
import { readUploadForm } from './store-form.ts'
import { verifyPostPolicy } from './store-post-policy.ts'
import { verifySignature } from './store-signature.ts'
import type { Store } from './types.ts'

let service: TestStore
let store: Store
let client: S3Client
let directory = ''

before(async () => {
  service = await startTestStore()
  ;({ store, client, directory } = service)
})
after(() => service.stop())

const presign = (more: Partial<PresignedPostOptions> = {}) =>
  createPresignedPost(client, { Bucket: store.bucket, Key: 'photo.jpg', ...more })

async function send(url: string, fields: Record<string, string>, file?: Blob, filename = 'mine.jpg') {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  if (file) form.append('file', file, filename)
  const response = await fetch(url, { method: 'POST', body: form, redirect: 'manual' })
  const text = await response.text()
  const part = (name: string) => new RegExp(`<${name}>(.*?)</${name}>`).exec(text)?.[1]
  return { status: response.status, headers: response.headers, text, code: part('Code'), message: part('Message') }
}

async function stored(key: string) {
  const { Body, ContentType } = await client.send(new GetObjectCommand({ Bucket: store.bucket, Key: key }))
  return { content: Buffer.from((await Body?.transformToByteArray()) ?? []), type: ContentType }
}

test('a form that meets its policy stores the file byte for byte, with its content type', async () => {
  const content = randomBytes(1_000_000)
  const { url, fields } = await presign({
    Fields: { 'Content-Type': 'image/jpeg' },
    Conditions: [['content-length-range', content.length, content.length]],
  })
  const answer = await send(url, fields, new Blob([content]))
  assert.equal(answer.status, 204)
  assert.equal(answer.headers.get('etag'), `"${createHash('md5').update(content).digest('hex')}"`)
  const object = await stored('photo.jpg')
  assert.ok(object.content.equals(content))
  assert.equal(object.type, 'image/jpeg')
})

test('a form that is refused after all of it was sent holds up no other request on its connection', async (context) => {
  const { url, fields } = await presign()
  const form = new FormData()
  for (const [name, value] of Object.entries({ ...fields, key: 'other.jpg' })) form.append(name, value)
  form.append('file', new Blob([randomBytes(200_000)]), 'mine.jpg')
  const sent = new Response(form)
  const headers = { 'content-type': sent.headers.get('content-type') ?? '' }
  const body = Buffer.from(await sent.arrayBuffer())
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  context.after(() => agent.destroy())
  const post = () =>
    new Promise<number | undefined>((resolve, reject) => {
      const outgoing = request(url, { method: 'POST', agent, headers }, (response) =>
        response.resume().on('end', () => resolve(response.statusCode)),
      )
      outgoing.on('error', reject).end(body)
    })
  const started = performance.now()
  for (let count = 0; count < 5; count++) assert.equal(await post(), 403)
  // An idle connection is closed after five seconds, which is what the second request used to wait for.
  assert.ok(performance.now() - started < 4_000)
})

test('every condition has to be met', async () => {
  const { url, fields } = await presign({
    Fields: { 'Content-Type': 'image/jpeg', acl: 'private' },
    Conditions: [
      ['starts-with', '$x-amz-meta-note', 'a'],
      ['content-length-range', 2, 4],
    ],
  })
  const good = { ...fields, 'x-amz-meta-note': 'about' }
  const file = new Blob(['abc'])
  assert.equal((await send(url, good, file)).status, 204)
  const before = (await readdir(join(directory, store.bucket, 'content'))).length

  const refusals: [Record<string, string>, Blob, [number, string, RegExp]][] = [
    [
      { ...good, key: 'other.jpg' },
      file,
      [403, 'AccessDenied', /^Invalid according to Policy: Policy Condition failed: .*key/],
    ],
    [{ ...good, 'Content-Type': 'text/html' }, file, [403, 'AccessDenied', /Condition failed: .*Content-Type/i]],
    [{ ...good, 'x-amz-meta-note': 'no' }, file, [403, 'AccessDenied', /starts-with/]],
    [fields, file, [403, 'AccessDenied', /Condition failed/]],
    [{ ...good, 'Cache-Control': 'no-store' }, file, [403, 'AccessDenied', /Extra input fields: cache-control/]],
    [good, new Blob(['a']), [400, 'EntityTooSmall', /smaller than the minimum/]],
    [good, new Blob(['abcde']), [400, 'EntityTooLarge', /exceeds the maximum/]],
    [{ ...good, 'X-Amz-Signature': '00' }, file, [403, 'SignatureDoesNotMatch', /signature/]],
    [
      { ...good, 'X-Amz-Credential': 'AKIAOTHER/20130524/us-east-1/s3/aws4_request' },
      file,
      [403, 'InvalidAccessKeyId', /./],
    ],
    [{ ...good, Policy: Buffer.from('{}').toString('base64') }, file, [403, 'SignatureDoesNotMatch', /./]],
    [{ key: 'photo.jpg' }, file, [403, 'AccessDenied', /^Access Denied$/]],
  ]
  for (const [form, content, [status, code, message]] of refusals) {
    const answer = await send(url, form, content)
    assert.deepEqual([answer.status, answer.code], [status, code], answer.text)
    assert.match(answer.message ?? '', message)
  }
  assert.equal((await readdir(join(directory, store.bucket, 'content'))).length, before)
})

test('a form is good until it expires', async () => {
  const { url, fields } = await presign({ Expires: -1 })
  const answer = await send(url, fields, new Blob(['x']))
  assert.deepEqual([answer.status, answer.message], [403, 'Invalid according to Policy: Policy expired.'])
})

test('a form has a key, a file and its length, and is one', async () => {
  const { url, fields } = await presign()
  const { key: _, ...keyless } = fields
  assert.equal((await send(url, keyless, new Blob(['x']))).code, 'InvalidArgument')
  assert.equal((await send(url, fields)).code, 'InvalidArgument')
  assert.equal(
    (await send(url, { ...fields, 'x-ignore-me': 'x'.repeat(20_480) }, new Blob(['x']))).code,
    'MaxPostPreDataLengthExceeded',
  )
  for (const [type, body] of [
    ['multipart/form-data; boundary=b', '--b\r\nContent-Disposition: form-data; name="file"\r\n\r\ntruncated'],
    ['multipart/form-data; boundary=b', 'no form'],
    ['multipart/form-data', '--b--'],
  ] as const) {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body })
    assert.equal(response.status, 400, body)
  }
  const status = await new Promise((resolve, reject) => {
    const headers = { 'content-type': 'multipart/form-data; boundary=b' }
    const outgoing = request(url, { method: 'POST', headers }, (response) => resolve(response.resume().statusCode))
    outgoing.on('error', reject).write('--b\r\n')
    outgoing.end()
  })
  assert.equal(status, 411)
})

test("the key may hold the file's own name, and the answer may be a document or a redirect", async () => {
  const { url, fields } = await presign({ Key: `in/\${filename}`, Fields: { success_action_status: '201' } })
  const created = await send(url, fields, new Blob(['x'], { type: 'text/x' }), "$& 'é'.txt")
  assert.equal(created.status, 201)
  assert.match(created.text, /<PostResponse>.*<Key>in\/\$&amp; 'é'\.txt<\/Key>/)
  assert.equal((await stored("in/$& 'é'.txt")).content.toString(), 'x')

  const target = 'http://localhost:1/done?a=b'
  const redirecting = await presign({ Fields: { success_action_redirect: target } })
  const redirect = await send(redirecting.url, redirecting.fields, new Blob(['x']))
  assert.equal(redirect.status, 303)
  assert.match(redirect.headers.get('location') ?? '', /done\?a=b&bucket=my-lambda&key=photo\.jpg&etag=/)
})

test("the signature of the documentation's policy is accepted", () => {
  // sigv4-post-example.html; the policy there has line breaks of its own, which its Base64 text keeps.
  const credentials = {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  }
  const policy =
    'eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0KICAiY29uZGl0aW9ucyI6IFsNCiAgICB7ImJ1Y2tldCI6ICJzaWd2NGV4YW1wbGVidWNrZXQifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRrZXkiLCAidXNlci91c2VyMS8iXSwNCiAgICB7ImFjbCI6ICJwdWJsaWMtcmVhZCJ9LA0KICAgIHsic3VjY2Vzc19hY3Rpb25fcmVkaXJlY3QiOiAiaHR0cDovL3NpZ3Y0ZXhhbXBsZWJ1Y2tldC5zMy5hbWF6b25hd3MuY29tL3N1Y2Nlc3NmdWxfdXBsb2FkLmh0bWwifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRDb250ZW50LVR5cGUiLCAiaW1hZ2UvIl0sDQogICAgeyJ4LWFtei1tZXRhLXV1aWQiOiAiMTQzNjUxMjM2NTEyNzQifSwNCiAgICB7IngtYW16LXNlcnZlci1zaWRlLWVuY3J5cHRpb24iOiAiQUVTMjU2In0sDQogICAgWyJzdGFydHMtd2l0aCIsICIkeC1hbXotbWV0YS10YWciLCAiIl0sDQoNCiAgICB7IngtYW16LWNyZWRlbnRpYWwiOiAiQUtJQUlPU0ZPRE5ON0VYQU1QTEUvMjAxNTEyMjkvdXMtZWFzdC0xL3MzL2F3czRfcmVxdWVzdCJ9LA0KICAgIHsieC1hbXotYWxnb3JpdGhtIjogIkFXUzQtSE1BQy1TSEEyNTYifSwNCiAgICB7IngtYW16LWRhdGUiOiAiMjAxNTEyMjlUMDAwMDAwWiIgfQ0KICBdDQp9'
  const signature = '8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e'
  verifySignature(policy, 'AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request', signature, credentials)
})

test('a form is read the same however its bytes arrive', async () => {
  const boundary = '----b'
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.tuple(
          fc.stringMatching(/^[a-z-]{1,8}$/).filter((name) => name !== 'file'),
          fc.string({ unit: 'grapheme' }),
        ),
        { maxLength: 4 },
      ),
      fc.uint8Array({ maxLength: 200 }),
      fc.integer({ min: 1, max: 64 }),
      async (fields, content, chunk) => {
        const head = fields.map(
          ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
        )
        head.push(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n`)
        const body = Buffer.concat([Buffer.from(head.join('')), content, Buffer.from(`\r\n--${boundary}--`)])
        const chunks = (async function* () {
          for (let at = 0; at < body.length; at += chunk) yield body.subarray(at, at + chunk)
        })()
        const form = await readUploadForm(chunks, `multipart/form-data; boundary="${boundary}"`)
        assert.deepEqual(form.fields, new Map(fields))
        const parts: Buffer[] = []
        for await (const part of form.content) parts.push(part)
        assert.ok(Buffer.concat(parts).equals(content))
      },
    ),
    { numRuns: 60 },
  )
})

test('a signed policy that is none is refused as S3 refuses it', async () => {
  const credentials = { accessKeyId: store.accessKeyId, secretAccessKey: store.secretAccessKey }
  const check = (text: string) => {
    const key = ['20260101', 'r', 's3', 'aws4_request'].reduce<string | Buffer>(
      (secret, part) => createHmac('sha256', secret).update(part).digest(),
      `AWS4${credentials.secretAccessKey}`,
    )
    const policy = Buffer.from(text).toString('base64')
    const signature = createHmac('sha256', key).update(policy).digest('hex')
    const credential = `${credentials.accessKeyId}/20260101/r/s3/aws4_request`
    const algorithm = 'AWS4-HMAC-SHA256'
    return verifyPostPolicy(
      new Map(
        Object.entries({
          policy,
          'x-amz-signature': signature,
          'x-amz-credential': credential,
          'x-amz-algorithm': algorithm,
        }),
      ),
      credentials,
    )
  }
  for (const text of [
    'not json',
    'null',
    '{"conditions":[]}',
    '{"expiration":"2999-01-01T00:00:00Z"}',
    '{"expiration":"2999-01-01T00:00:00Z","conditions":[["matches","$key","x"]]}',
    '{"expiration":"2999-01-01T00:00:00Z","conditions":[["content-length-range",-1,"x"]]}',
  ]) {
    assert.throws(() => check(text), { code: 'InvalidPolicyDocument' }, text)
  }
})
