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

async function post(route: string, body: string) {
  const response = await fetch(`${url}/${route}`, { method: 'POST', body })
  return { status: response.status, body: (await response.json()) as Record<string, string> }
}

/** The states of one environment, in the order in which a runtime goes through them. */
test('a runtime is led from initialisation through its invocations', async () => {
  assert.equal((await post('invocation/x/response', '1')).status, 400, 'no answer before the first "next"')

  const waiting = fetch(`${url}/invocation/next`)
  const invocation = { requestId: 'id-1', event: '{"a":1}', deadline: 1234, functionArn: 'arn', traceId: 'Root=1' }
  const answered = api.invoke(invocation)
  const next = await waiting
  assert.equal(await api.init, undefined)
  assert.equal(await next.text(), '{"a":1}')
  assert.equal(next.headers.get('content-type'), 'application/json')
  const names = ['aws-request-id', 'deadline-ms', 'invoked-function-arn', 'trace-id']
  assert.deepEqual(
    names.map((name) => next.headers.get(`lambda-runtime-${name}`)),
    ['id-1', '1234', 'arn', 'Root=1'],
  )

  const body = { errorMessage: 'Invalid request ID', errorType: 'InvalidRequestID' }
  assert.deepEqual(await post('invocation/id-2/response', '1'), { status: 400, body })
  assert.deepEqual(await post('invocation/id-1/response', '"done"'), { status: 202, body: { status: 'OK' } })
  assert.equal((await post('invocation/id-1/response', '"again"')).status, 400)

  assert.deepEqual(await answered, { payload: '"done"', functionError: undefined })

  const failed = api.invoke({ ...invocation, requestId: 'id-3' })
  await (await fetch(`${url}/invocation/next`)).text()
  assert.equal((await post('invocation/id-3/error', '{"errorType":"E"}')).status, 202)

  assert.deepEqual(await failed, { payload: '{"errorType":"E"}', functionError: 'Unhandled' })
  assert.equal((await fetch(`${url}/elsewhere`)).status, 404)
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
