import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { clientOf, startTestStore, type TestStore } from '../test/helpers/store.ts'
import type { Store } from './types.ts'

let service: TestStore
let store: Store
let client: S3Client

before(async () => {
  service = await startTestStore()
  ;({ store, client } = service)
})
after(() => service.stop())

const put = (Key: string, Body: string | Buffer, more = {}) =>
  client.send(new PutObjectCommand({ Bucket: store.bucket, Key, Body, ...more }))
const link = (Key: string, more = {}, expiresIn = 60) =>
  getSignedUrl(client, new GetObjectCommand({ Bucket: store.bucket, Key, ...more }), { expiresIn })

describe('the bucket is private', () => {
  const code = async (response: Response) => [response.status, /<Code>(\w+)</.exec(await response.text())?.[1]]

  test('nothing is read or written without a signature', async () => {
    await put('secret', 'x')
    const url = `${store.endpoint}/${store.bucket}/secret`
    assert.deepEqual(await code(await fetch(url)), [403, 'AccessDenied'])
    assert.deepEqual(await code(await fetch(url, { method: 'PUT', body: 'y' })), [403, 'AccessDenied'])
    assert.deepEqual(await code(await fetch(url, { method: 'DELETE' })), [403, 'AccessDenied'])
    assert.deepEqual(await code(await fetch(`${store.endpoint}/${store.bucket}`)), [403, 'AccessDenied'])
    assert.deepEqual(await code(await fetch(`${store.endpoint}/%`)), [400, 'InvalidURI'])
  })

  test('a presigned URL is good for its method, its key, its parameters and its time', async () => {
    const url = await link('secret', { ResponseContentType: 'text/plain' })
    assert.equal((await fetch(url)).status, 200)
    assert.deepEqual(await code(await fetch(url, { method: 'PUT', body: 'y' })), [403, 'SignatureDoesNotMatch'])
    assert.deepEqual(await code(await fetch(url.replace('secret', 'other'))), [403, 'SignatureDoesNotMatch'])
    assert.deepEqual(await code(await fetch(url.replace('plain', 'html'))), [403, 'SignatureDoesNotMatch'])
    assert.deepEqual(await code(await fetch(url, { headers: { 'x-amz-meta-a': '1' } })), [403, 'AccessDenied'])
    const old = new PutObjectCommand({ Bucket: store.bucket, Key: 'secret' })
    const expired = await getSignedUrl(client, old, { expiresIn: 5, signingDate: new Date(Date.now() - 6000) })
    assert.deepEqual(await code(await fetch(expired, { method: 'PUT', body: 'y' })), [403, 'AccessDenied'])
  })

  test('a missing key is 404, a missing bucket too, another account or operation is refused by name', async () => {
    assert.deepEqual(await code(await fetch(await link('none'))), [404, 'NoSuchKey'])
    await assert.rejects(client.send(new HeadObjectCommand({ Bucket: store.bucket, Key: 'none' })), {
      name: 'NotFound',
    })
    await assert.rejects(client.send(new GetObjectCommand({ Bucket: 'none', Key: 'none' })), { name: 'NoSuchBucket' })
    await assert.rejects(client.send(new ListObjectsV2Command({ Bucket: store.bucket })), { name: 'NotImplemented' })
    const wrong = clientOf({ ...store, secretAccessKey: 'guess' })
    await assert.rejects(wrong.send(new GetObjectCommand({ Bucket: store.bucket, Key: 'a' })), {
      name: 'SignatureDoesNotMatch',
    })
    wrong.destroy()
  })

  test('a page may do what the bucket lets it', async () => {
    const object = `${store.endpoint}/${store.bucket}/a`
    const ask = async (origin: string, method: string, names = 'content-type') => {
      const asked = { 'access-control-request-method': method, 'access-control-request-headers': names }
      const { status, headers } = await fetch(object, { method: 'OPTIONS', headers: { origin, ...asked } })
      return [status, headers.get('access-control-allow-origin'), headers.get('access-control-allow-headers')]
    }
    assert.deepEqual(await ask('https://a.example', 'PUT'), [200, '*', 'content-type'])
    const rule = { methods: ['GET', 'POST'], headers: ['content-*'], exposed: ['ETag'], maxAge: 7200 }
    store.cors = { origins: ['https://*.example'], ...rule }
    assert.deepEqual(await ask('https://a.example', 'POST'), [200, 'https://a.example', 'content-type'])
    assert.deepEqual(await ask('http://localhost:3000', 'POST'), [200, 'http://localhost:3000', 'content-type'])
    assert.deepEqual(await ask('https://a.example', 'PUT'), [403, null, null])
    assert.deepEqual(await ask('https://a.example.org', 'POST'), [403, null, null])
    assert.deepEqual(await ask('https://a.example', 'POST', 'content-type, x-amz-acl'), [403, null, null])
    assert.deepEqual(await code(await fetch(object, { method: 'OPTIONS' })), [400, 'BadRequest'])
    for (const url of [await link('a'), await link('none')]) {
      const { headers } = await fetch(url, { headers: { origin: 'https://a.example' } })
      assert.equal(headers.get('access-control-allow-origin'), 'https://a.example')
      assert.equal(headers.get('access-control-expose-headers'), 'ETag')
      const other = await fetch(url, { headers: { origin: 'https://a.example.org' } })
      assert.equal(other.headers.get('access-control-allow-origin'), null)
    }
    store.cors = undefined
  })
})
