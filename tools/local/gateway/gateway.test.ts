import assert from 'node:assert/strict'
import type { OutgoingHttpHeaders } from 'node:http'
import { test } from 'node:test'
import { api, startGateway } from '../../../test/helpers/gateway.ts'

const CORS = { 'Access-Control-Allow-Origin': '*' }
const gatewayResponseHeaders = { DEFAULT_4XX: CORS, INTEGRATION_TIMEOUT: { 'X-Late': '1' } }
const items = api(['GET /items', 'POST /items', 'ANY /items/{id}', 'GET /items/first', 'GET /items/{id}/{rest+}'])
const preflight = { type: 'MOCK', statusCode: 204, headers: CORS } as const
const slow = { type: 'AWS_PROXY', functionName: 'fn', timeoutMs: 50 } as const
const methods = [
  ...items.methods,
  { resource: '/items/{id}', httpMethod: 'OPTIONS', integration: preflight },
  { resource: '/slow', httpMethod: 'GET', integration: slow },
]
const blobs = api(['POST /blobs'])
const greedy = api(['ANY /{proxy+}', 'GET /items/{id}', 'GET /items/first', 'GET /items/{rest+}', 'GET /'])
const gateway = await startGateway(
  [{ ...items, methods, gatewayResponseHeaders }, blobs, { ...greedy, stage: 'v2' }],
  (event) => (event.resource === '/slow' ? new Promise(() => {}) : { body: JSON.stringify(event) }),
)

const routes: [method: string, path: string, resource: string, parameters: object | null][] = [
  ['GET', '/default/items/7', '/items/{id}', { id: '7' }],
  ['DELETE', '/default/items/7/', '/items/{id}', { id: '7' }],
  ['GET', '/default/items/first', '/items/first', null],
  ['PUT', '/default/items/first', '/items/{id}', { id: 'first' }],
  ['GET', '/default/items/7/a/b', '/items/{id}/{rest+}', { id: '7', rest: 'a/b' }],
  ['POST', '/default/blobs', '/blobs', null],
  ['GET', '/v2/items/first', '/items/first', null],
  ['GET', '/v2/items/7', '/items/{id}', { id: '7' }],
  ['GET', '/v2/items/7/a', '/items/{rest+}', { rest: '7/a' }],
  ['GET', '/v2/items//a', '/{proxy+}', { proxy: 'items//a' }],
  ['PATCH', '/v2/blobs', '/{proxy+}', { proxy: 'blobs' }],
  ['GET', '/v2', '/', null],
]
test('routes to the most specific resource for path and method', async () => {
  for (const [method, path, resource, parameters] of routes) {
    const event = await gateway.event(path, { method })
    assert.deepEqual([event.resource, event.pathParameters], [resource, parameters], path)
  }
})

test("answers 403 without a resource, with the headers of that API's gateway responses", async () => {
  const nearItems = ['GET /default/nowhere', 'PATCH /default/items', 'HEAD /default/items', 'PROPFIND /default/items/7']
  const others = ['GET /default/blobs', 'GET /other/items', 'POST /v2', 'GET /', 'OPTIONS *']
  for (const route of [...nearItems, ...others]) {
    const [method, path = ''] = route.split(' ')
    const { status, headers, body } = await gateway.send(path, { method })
    const text = method === 'HEAD' ? '' : '{"message":"Missing Authentication Token"}'
    assert.deepEqual([status, String(body)], [403, text], route)
    assert.equal(headers['content-type'], 'application/json')
    assert.equal(headers['x-amzn-errortype'], 'MissingAuthenticationTokenException')
    assert.equal(headers['access-control-allow-origin'], nearItems.includes(route) ? '*' : undefined, route)
    assert.ok(headers['x-amzn-requestid'] && headers['x-amz-apigw-id'])
  }
})

test('prefers a MOCK integration to ANY of its resource', async () => {
  const { status, headers } = await gateway.send('/default/items/7', { method: 'OPTIONS' })
  assert.deepEqual([status, headers['access-control-allow-origin']], [204, '*'])
  assert.equal(gateway.records.at(-1)?.event, undefined)
})

test('answers 504 after the integration timeout', async () => {
  const { status, headers, body } = await gateway.send('/default/slow')
  assert.deepEqual([status, String(body)], [504, '{"message": "Endpoint request timed out"}'])
  assert.equal(headers['x-late'], '1')
})

const LIMIT = 10_485_760
test('serves requests up to the size limit, and gives a reason above', async () => {
  const post = (headers: OutgoingHttpHeaders, size: number) =>
    gateway.send('/default/items', { method: 'POST', headers }, Buffer.alloc(size, 'a'))
  assert.equal(JSON.parse(String((await post({}, LIMIT)).body)).body.length, LIMIT)
  for (const headers of [{ 'Content-Length': LIMIT + 1 }, { 'Transfer-Encoding': 'chunked' }]) {
    const { status, headers: answer, body } = await post(headers, LIMIT + 1)
    assert.deepEqual([status, String(body)], [413, 'HTTP content length exceeded 10485760 bytes.'])
    assert.equal(answer['content-type'], 'text/plain')
  }
  assert.equal((await post({ 'X-Long': 'a'.repeat(10_000) }, 0)).status, 200)
  // The second also exceeds the limit of Node.js.
  for (const length of [10_240, 100_000]) {
    const { status, body } = await post({ 'X-Long': 'a'.repeat(length) }, 0)
    assert.deepEqual([status, String(body)], [431, 'HTTP header is larger than 10240 bytes.'])
  }
  assert.equal((await gateway.send(`/default/items?${'a'.repeat(10_240)}`)).status, 414)
})

test('answers 429 above the concurrency limit, until requests finish', async () => {
  const { promise, resolve } = Promise.withResolvers<object>()
  let reached = 0
  const busy = await startGateway([api(['GET /items'])], () => {
    reached += 1
    return promise
  })
  const send = async () => (await busy.send('/default/items')).status
  const taken = Array.from({ length: 200 }, send)
  while (reached < 200) await new Promise(setImmediate)
  assert.equal(await send(), 429)
  resolve({})
  await Promise.all(taken)
  assert.equal(await send(), 200)
})
