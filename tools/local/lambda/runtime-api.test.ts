import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { RuntimeApi } from './runtime-api.ts'

const api = new RuntimeApi()
const url = `http://${await api.listen()}/2018-06-01/runtime`
after(() => api.close())

const post = async (route: string) => (await fetch(`${url}/${route}`, { method: 'POST', body: '"done"' })).status
const next = async () => (await fetch(`${url}/invocation/next`)).headers.get('lambda-runtime-aws-request-id')

test('accepts one response for each delivered invocation', async () => {
  const invocation = { requestId: 'id-1', event: '{}', deadline: 1234, functionArn: 'arn', traceId: 'Root=1' }
  const answered = api.invoke(invocation)
  assert.equal(await post('invocation/id-1/response'), 400, 'none before it was delivered')
  assert.equal(await next(), 'id-1')
  const posts = { 'id-2/response': 400, 'id-1/response': 202, 'id-1/error': 400, elsewhere: 404 }
  for (const [route, status] of Object.entries(posts)) assert.equal(await post(`invocation/${route}`), status, route)
  assert.deepEqual(await answered, { payload: '"done"', functionError: undefined })
})

test('answers only a runtime at its own address', async () => {
  const calls: [url: string, headers?: Record<string, string>][] = [
    [url.replace('127.0.0.1', 'localhost')],
    [url, { origin: 'https://elsewhere.example' }],
    [url, { 'sec-fetch-site': 'cross-site' }],
  ]
  for (const [at, headers = {}] of calls) assert.equal((await fetch(`${at}/invocation/next`, { headers })).status, 403)
})
