import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { GetObjectCommand, HeadObjectCommand, ListObjectsCommand } from '@aws-sdk/client-s3'
import { clientOf, startTestStore } from '../../../test/helpers/store.ts'

const service = await startTestStore()
after(() => service.stop())
const { store, client, put, link } = service

describe('the bucket is private', () => {
  const code = async (response: Response) => [response.status, /<Code>(\w+)</.exec(await response.text())?.[1]]

  test('nothing is read or written without a signature', async () => {
    await put('secret', 'x')
    const url = `${store.endpoint}/${store.bucket}/secret`
    for (const init of [{}, { method: 'PUT', body: 'y' }, { method: 'DELETE' }])
      assert.deepEqual(await code(await fetch(url, init)), [403, 'AccessDenied'])
    assert.deepEqual(await code(await fetch(`${store.endpoint}/${store.bucket}`)), [403, 'AccessDenied'])
    assert.deepEqual(await code(await fetch(`${store.endpoint}/%`)), [400, 'InvalidURI'])
  })

  test('a presigned URL is good for its method, key, parameters and headers alone', async () => {
    const url = await link('secret', { ResponseContentType: 'text/plain' })
    assert.equal((await fetch(url)).status, 200)
    for (const [other, init] of [
      [url, { method: 'PUT', body: 'y' }],
      [url.replace('secret', 'other'), {}],
      [url.replace('plain', 'html'), {}],
    ] as const)
      assert.deepEqual(await code(await fetch(other, init)), [403, 'SignatureDoesNotMatch'])
    assert.deepEqual(await code(await fetch(url, { headers: { 'x-amz-meta-a': '1' } })), [403, 'AccessDenied'])
  })

  test('a missing key is 404, a missing bucket too, another account or operation is refused by name', async () => {
    assert.deepEqual(await code(await fetch(await link('none'))), [404, 'NoSuchKey'])
    store.buckets.set('second', undefined)
    await put('shared', 'x')
    const other = { Bucket: 'second', Key: 'shared' }
    await assert.rejects(client.send(new GetObjectCommand(other)), { name: 'NoSuchKey' })
    const wrong = clientOf({ ...store, secretAccessKey: 'guess' })
    const none = { Bucket: store.bucket, Key: 'none' }
    await assert.rejects(client.send(new HeadObjectCommand(none)), { name: 'NotFound' })
    await assert.rejects(client.send(new GetObjectCommand({ ...none, Bucket: 'none' })), { name: 'NoSuchBucket' })
    await assert.rejects(client.send(new ListObjectsCommand({ Bucket: store.bucket })), { name: 'NotImplemented' })
    await assert.rejects(wrong.send(new GetObjectCommand(none)), { name: 'SignatureDoesNotMatch' })
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
    store.buckets.set(store.bucket, [
      { ...rule, origins: ['https://*.test'], methods: ['HEAD'] },
      { ...rule, origins: ['https://*.example'] },
    ])
    assert.deepEqual(await ask('https://a.test', 'HEAD'), [200, 'https://a.test', 'content-type'])
    assert.deepEqual(await ask('https://a.example', 'POST'), [200, 'https://a.example', 'content-type'])
    assert.deepEqual(await ask('http://localhost:3000', 'POST'), [200, 'http://localhost:3000', 'content-type'])
    assert.deepEqual(await ask('https://a.example', 'PUT'), [403, null, null])
    assert.deepEqual(await ask('https://a.example.org', 'POST'), [403, null, null])
    assert.deepEqual(await ask('https://a.example', 'POST', 'content-type, x-amz-acl'), [403, null, null])
    assert.deepEqual(await code(await fetch(object, { method: 'OPTIONS' })), [403, 'AccessForbidden'])
    for (const url of [await link('a'), await link('none')]) {
      const { headers } = await fetch(url, { headers: { origin: 'https://a.example' } })
      assert.equal(headers.get('access-control-allow-origin'), 'https://a.example')
      assert.equal(headers.get('access-control-expose-headers'), 'ETag')
      const other = await fetch(url, { headers: { origin: 'https://a.example.org' } })
      assert.equal(other.headers.get('access-control-allow-origin'), null)
    }
    store.buckets.set(store.bucket, [])
    assert.deepEqual(await ask('http://localhost:3000', 'GET'), [403, null, null])
    store.buckets.set(store.bucket, undefined)
  })
})
