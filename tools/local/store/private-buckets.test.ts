import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { CopyObjectCommand, GetObjectCommand, HeadObjectCommand, ListObjectsCommand } from '@aws-sdk/client-s3'
import { clientOf, startTestStore } from '../../../test/helpers/store.ts'

const service = await startTestStore()
after(() => service.stop())
const { store, client, put, link } = service

describe('the bucket is private', () => {
  const bucket = `${store.endpoint}/${store.bucket}`
  const refusal = async (response: Response) => [response.status, /<Code>(\w+)</.exec(await response.text())?.[1]]

  test('what is not signed, not there or not implemented is refused by name', async () => {
    await put('secret', 'x')
    for (const init of [{}, { method: 'PUT', body: 'y' }, { method: 'DELETE' }])
      assert.deepEqual(await refusal(await fetch(`${bucket}/secret`, init)), [403, 'AccessDenied'])
    assert.deepEqual(await refusal(await fetch(bucket)), [403, 'AccessDenied'])
    assert.deepEqual(await refusal(await fetch(`${store.endpoint}/%`)), [400, 'InvalidURI'])
    assert.deepEqual(await refusal(await fetch(await link('none'))), [404, 'NoSuchKey'])
    store.buckets.set('second', undefined)
    const secret = { Bucket: store.bucket, Key: 'secret' }
    const wrong = clientOf({ ...store, secretAccessKey: 'guess' })
    await assert.rejects(wrong.send(new GetObjectCommand(secret)), { name: 'SignatureDoesNotMatch' })
    wrong.destroy()
    const other = new GetObjectCommand({ ...secret, Bucket: 'second' })
    await assert.rejects(client.send(other), { name: 'NoSuchKey' })
    await assert.rejects(client.send(new HeadObjectCommand({ ...secret, Key: 'none' })), { name: 'NotFound' })
    const nowhere = new GetObjectCommand({ ...secret, Bucket: 'none' })
    await assert.rejects(client.send(nowhere), { name: 'NoSuchBucket' })
    await assert.rejects(client.send(new ListObjectsCommand(secret)), { name: 'NotImplemented' })
    const copy = new CopyObjectCommand({ ...secret, CopySource: `${store.bucket}/other` })
    await assert.rejects(client.send(copy), { name: 'NotImplemented' })
  })

  test('a page may do what the bucket lets it', async () => {
    const ask = async (origin: string, method: string, names = 'content-type') => {
      const asked = { 'access-control-request-method': method, 'access-control-request-headers': names }
      const { status, headers } = await fetch(`${bucket}/a`, { method: 'OPTIONS', headers: { origin, ...asked } })
      return [status, headers.get('access-control-allow-origin'), headers.get('access-control-allow-headers')]
    }
    assert.deepEqual(await ask('https://a.example', 'PUT'), [200, '*', 'content-type'])
    const rule = { methods: ['GET', 'POST'], headers: ['content-*'], exposed: ['ETag'], maxAge: 7200 }
    store.buckets.set(store.bucket, [
      { ...rule, origins: ['https://*.test'], methods: ['HEAD'] },
      { ...rule, origins: ['https://*.example'] },
    ])
    for (const [origin, method] of [
      ['https://a.test', 'HEAD'],
      ['https://a.example', 'POST'],
      ['http://localhost:3000', 'POST'],
    ] as const)
      assert.deepEqual(await ask(origin, method), [200, origin, 'content-type'])
    assert.deepEqual(await ask('https://a.example', 'PUT'), [403, null, null])
    assert.deepEqual(await ask('https://a.example.org', 'POST'), [403, null, null])
    assert.deepEqual(await ask('https://a.example', 'POST', 'content-type, x-amz-acl'), [403, null, null])
    assert.deepEqual(await refusal(await fetch(bucket, { method: 'OPTIONS' })), [403, 'AccessForbidden'])
    for (const url of [await link('secret'), await link('none')]) {
      const of = async (origin: string) => (await fetch(url, { headers: { origin } })).headers
      const headers = await of('https://a.example')
      assert.equal(headers.get('access-control-allow-origin'), 'https://a.example')
      assert.equal(headers.get('access-control-expose-headers'), 'ETag')
      assert.equal((await of('https://a.example.org')).get('access-control-allow-origin'), null)
    }
    store.buckets.set(store.bucket, [])
    assert.deepEqual(await ask('http://localhost:3000', 'GET'), [403, null, null])
  })
})
