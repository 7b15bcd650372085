import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api, keys, startGateway } from '../../../test/helpers/gateway.ts'
import { callerOf, request, signed } from './caller.ts'

const AWS_REGION = 'ap-northeast-2'

async function serve(type: 'iam' | 'api-key'): Promise<string> {
  const routes = api(['ANY /notes', 'ANY /notes/{id}'])
  const methods = routes.methods.map((method) => ({ ...method, access: { type } }))
  const gateway = await startGateway([{ ...routes, methods }])
  return `http://localhost:${gateway.port}/default/notes`
}

const form = new FormData()
form.set('file', new Blob([Uint8Array.from({ length: 256 }, (_, index) => index)]), 'a b.bin')

test('iam: signs reads, forms and queries with the deployer’s credentials', async () => {
  const url = await serve('iam')
  const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } = keys.credentials
  Object.assign(process.env, { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY })
  const caller = await callerOf({ API_SECURITY: 'iam', AWS_REGION })
  assert.ok('send' in caller)
  for (const [path, init] of [
    ['', {}],
    ['?filename=a%20b%2Fc&limit=1', {}],
    ['/a%20b', { method: 'DELETE' }],
    ['', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"name":"김"}' }],
    ['', { method: 'POST', body: form }],
  ] as const) {
    assert.equal((await caller.send(url + path, init)).status, 200, `${url}${path}`)
    assert.equal((await request(url + path, init)).status, 403)
  }
  assert.equal((await signed(AWS_REGION, 'another-service')(url)).status, 403)
})

test('api-key: prefers a given key to the deployment’s own, and requires one', async () => {
  const settings = { API_SECURITY: 'api-key', AWS_REGION } as const
  const caller = await callerOf(settings, async () => 'another', { API_KEY: keys.apiKey })
  assert.ok('send' in caller)
  assert.equal((await caller.send(await serve('api-key'))).status, 200)
  assert.deepEqual(await callerOf(settings, undefined, {}), { missing: 'API_KEY' })
})
