import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CopyObjectCommand, GetObjectCommand, HeadObjectCommand, ListObjectsCommand } from '@aws-sdk/client-s3'
import { clientOf, startTestStore } from '../../../test/helpers/store.ts'

const service = await startTestStore()
const { store, client, put, link } = service

const bucket = `${store.endpoint}/${store.bucket}`
const refusal = async (response: Response) => [response.status, /<Code>(\w+)</.exec(await response.text())?.[1]]

test('refuses unsigned, missing and unimplemented requests by code', async () => {
  await put('secret', 'x')
  for (const init of [{}, { method: 'PUT', body: 'y' }, { method: 'DELETE' }])
    assert.deepEqual(await refusal(await fetch(`${bucket}/secret`, init)), [403, 'AccessDenied'])
  assert.deepEqual(await refusal(await fetch(bucket)), [403, 'AccessDenied'])
  assert.deepEqual(await refusal(await fetch(`${store.endpoint}/%`)), [400, 'InvalidURI'])
  assert.deepEqual(await refusal(await fetch(await link('none'))), [404, 'NoSuchKey'])
  store.buckets.set('second', undefined)
  const secret = { Bucket: store.bucket, Key: 'secret' }
  const wrong = clientOf({ ...store, secretAccessKey: 'guess' })
  const refuses = (name: string, sent: Promise<unknown>) => assert.rejects(sent, { name })
  await refuses('SignatureDoesNotMatch', wrong.send(new GetObjectCommand(secret)))
  await refuses('NoSuchKey', client.send(new GetObjectCommand({ ...secret, Bucket: 'second' })))
  await refuses('NotFound', client.send(new HeadObjectCommand({ ...secret, Key: 'none' })))
  await refuses('NoSuchBucket', client.send(new GetObjectCommand({ ...secret, Bucket: 'none' })))
  await refuses('NotImplemented', client.send(new ListObjectsCommand(secret)))
  await refuses('NotImplemented', client.send(new CopyObjectCommand({ ...secret, CopySource: `${store.bucket}/a` })))
  wrong.destroy()
})

test('applies the CORS rules of the bucket', async () => {
  const ask = async (origin: string, method: string, names = 'content-type') => {
    const asked = { 'access-control-request-method': method, 'access-control-request-headers': names }
    const { status, headers } = await fetch(`${bucket}/a`, { method: 'OPTIONS', headers: { origin, ...asked } })
    return [status, headers.get('access-control-allow-origin'), headers.get('access-control-allow-headers')]
  }
  const refused = [403, null, null]
  assert.deepEqual(await ask('https://a.example', 'PUT'), [200, '*', 'content-type'])
  const rule = { methods: ['GET', 'POST'], headers: ['content-*'], exposed: ['ETag'], maxAge: 7200 }
  store.buckets.set(store.bucket, [
    { ...rule, origins: ['https://*.test'], methods: ['HEAD'] },
    { ...rule, origins: ['https://*.example'] },
  ])
  for (const [origin, method, allowed, names] of [
    ['https://a.test', 'HEAD', true],
    ['https://a.example', 'POST', true],
    ['http://localhost:3000', 'POST', true],
    ['https://a.example', 'PUT', false],
    ['https://a.example.org', 'POST', false],
    ['https://a.example', 'POST', false, 'content-type, x-amz-acl'],
  ] as const)
    assert.deepEqual(await ask(origin, method, names), allowed ? [200, origin, 'content-type'] : refused)
  assert.deepEqual(await refusal(await fetch(bucket, { method: 'OPTIONS' })), [403, 'AccessForbidden'])
  for (const url of [await link('secret'), await link('none')]) {
    const of = async (origin: string) => (await fetch(url, { headers: { origin } })).headers
    const headers = await of('https://a.example')
    assert.equal(headers.get('access-control-allow-origin'), 'https://a.example')
    assert.equal(headers.get('access-control-expose-headers'), 'ETag')
    assert.equal((await of('https://a.example.org')).get('access-control-allow-origin'), null)
  }
  store.buckets.set(store.bucket, [])
  assert.deepEqual(await ask('http://localhost:3000', 'GET'), refused)
})
