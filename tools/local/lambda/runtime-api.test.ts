import assert from 'node:assert/strict'
import { type IncomingMessage, request } from 'node:http'
import { after, before, test } from 'node:test'
import { RuntimeApi } from './runtime-api.ts'

let url = ''
const api = new RuntimeApi()
before(async () => {
  url = `http://${await api.listen()}/2018-06-01/runtime`
})
after(() => api.close())

const post = async (route: string) => (await fetch(`${url}/${route}`, { method: 'POST', body: '"done"' })).status
const next = async () => (await fetch(`${url}/invocation/next`)).headers.get('lambda-runtime-aws-request-id')

test('an answer is for the invocation that was delivered, once', async () => {
  const invocation = { requestId: 'id-1', event: '{}', deadline: 1234, functionArn: 'arn', traceId: 'Root=1' }
  const answered = api.invoke(invocation)
  assert.equal(await post('invocation/id-1/response'), 400, 'none before it was delivered')
  assert.equal(await next(), 'id-1')
  assert.equal(await post('invocation/id-2/response'), 400)
  assert.equal(await post('invocation/id-1/response'), 202)
  assert.equal(await post('invocation/id-1/response'), 400, 'none again')
  assert.deepEqual(await answered, { payload: '"done"', functionError: undefined })
  const waiting = next()
  await api.idle
  const failed = api.invoke({ ...invocation, requestId: 'id-3' })
  assert.equal(await waiting, 'id-3')
  assert.equal(await post('invocation/id-3/error'), 202)
  assert.deepEqual(await failed, { payload: '"done"', functionError: 'Unhandled' })
  assert.equal(await post('elsewhere'), 404)
})

test('nobody but a runtime at its own address is answered', async () => {
  const { host } = new URL(url)
  for (const headers of [
    { host: `rebound.example:${host.split(':')[1]}` },
    { host: host.replace('127.0.0.1', 'localhost') },
    { host, origin: 'https://elsewhere.example' },
    { host, 'sec-fetch-site': 'cross-site' },
  ]) {
    const status = await new Promise((resolve, reject) => {
      const reply = (response: IncomingMessage) => resolve(response.resume().statusCode)
      request(`${url}/invocation/next`, { headers, agent: false }, reply).on('error', reject).end()
    })
    assert.equal(status, 403, JSON.stringify(headers))
  }
})
