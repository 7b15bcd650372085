import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { api, startGateway } from '../../../test/helpers/gateway.ts'

const CORS = { 'Access-Control-Allow-Origin': '*' }
let gateway: Awaited<ReturnType<typeof startGateway>>
before(async () => {
  const items = api(['GET /items', 'POST /items', 'ANY /items/{id}', 'GET /items/first', 'GET /items/{id}/{rest+}'], {
    name: 'items',
    gatewayResponseHeaders: { DEFAULT_4XX: CORS, INTEGRATION_TIMEOUT: { 'X-Late': '1' } },
  })
  const preflight = { type: 'MOCK', statusCode: 204, headers: CORS } as const
  const slow = { type: 'AWS_PROXY', functionName: 'fn', timeoutMs: 50 } as const
  const methods = [
    ...items.methods,
    { resource: '/items', httpMethod: 'OPTIONS', integration: preflight },
    { resource: '/items/{id}', httpMethod: 'OPTIONS', integration: preflight },
    { resource: '/slow', httpMethod: 'GET', integration: slow },
  ]
  const blobs = api(['POST /blobs'], { name: 'blobs' })
  const other = api(['ANY /{proxy+}', 'GET /items/{id}', 'GET /items/first', 'GET /'], { name: 'other', stage: 'v2' })
  gateway = await startGateway([{ ...items, methods }, blobs, other], (event) =>
    event.resource === '/slow' ? new Promise(() => {}) : { body: JSON.stringify(event) },
  )
})
after(() => gateway.stop())

const routes: [method: string, path: string, resource: string, parameters: object | null][] = [
  ['GET', '/default/items/7', '/items/{id}', { id: '7' }],
  ['DELETE', '/default/items/7/', '/items/{id}', { id: '7' }],
  ['GET', '/default/items/first', '/items/first', null],
  ['PUT', '/default/items/first', '/items/{id}', { id: 'first' }],
  ['GET', '/default/items/a%20b', '/items/{id}', { id: 'a%20b' }],
  ['GET', '/default/items/7/a/b', '/items/{id}/{rest+}', { id: '7', rest: 'a/b' }],
  ['POST', '/default/blobs', '/blobs', null],
  ['GET', '/v2/items/first', '/items/first', null],
  ['GET', '/v2/items/7', '/items/{id}', { id: '7' }],
  ['GET', '/v2/items/7/a', '/{proxy+}', { proxy: 'items/7/a' }],
  ['PATCH', '/v2/blobs', '/{proxy+}', { proxy: 'blobs' }],
  ['GET', '/v2', '/', null],
]
for (const [method, path, resource, parameters] of routes)
  test(`${method} ${path} goes to ${resource}`, async () => {
    const event = await gateway.event(path, { method })
    assert.deepEqual([event.resource, event.pathParameters], [resource, parameters])
  })

const strangers: [method: string, path: string, cors: boolean][] = [
  ['GET', '/default/nowhere', true],
  ['PATCH', '/default/items', true],
  ['PROPFIND', '/default/items/7', true],
  ['GET', '/default/blobs', false],
  ['GET', '/other/items', false],
  ['POST', '/v2', false],
  ['GET', '/', false],
  ['OPTIONS', '*', false],
]
for (const [method, path, cors] of strangers)
  test(`${method} ${path} is a 403`, async () => {
    const { status, headers, body } = await gateway.send(path, { method })
    assert.equal(status, 403)
    assert.equal(body.toString(), '{"message":"Missing Authentication Token"}')
    assert.equal(headers['content-type'], 'application/json')
    assert.equal(headers['x-amzn-errortype'], 'MissingAuthenticationTokenException')
    assert.equal(headers['access-control-allow-origin'], cors ? '*' : undefined)
    assert.ok(headers['x-amzn-requestid'] && headers['x-amz-apigw-id'])
  })

test('HEAD is a method of its own', async () => {
  const { status, body } = await gateway.send('/default/items', { method: 'HEAD' })
  assert.deepEqual([status, body.length], [403, 0])
  assert.equal((await gateway.send('/default/items/7', { method: 'HEAD' })).status, 200)
})

test('a MOCK integration answers by itself, and before ANY of its resource', async () => {
  for (const path of ['/default/items', '/default/items/7']) {
    const { status, headers, body } = await gateway.send(path, { method: 'OPTIONS' })
    assert.deepEqual([status, body.length], [204, 0])
    assert.equal(headers['access-control-allow-origin'], '*')
    assert.equal(headers['x-amzn-trace-id'], undefined)
    assert.equal(gateway.records.at(-1)?.event, undefined)
  }
})

test('a function that takes longer than the integration waits is a 504', async () => {
  const { status, headers, body } = await gateway.send('/default/slow')
  assert.deepEqual([status, String(body)], [504, '{"message": "Endpoint request timed out"}'])
  assert.equal(headers['x-late'], '1')
})

const LIMIT = 10_485_760
for (const [name, value] of [
  ['Content-Length', LIMIT + 1],
  ['Transfer-Encoding', 'chunked'],
] as const)
  test(`a body over 10 MiB with ${name} is a 413 that its sender can read`, async () => {
    const options = { method: 'POST', headers: { [name]: value } }
    const { status, headers, body } = await gateway.send('/default/items', options, Buffer.alloc(LIMIT + 1))
    assert.deepEqual([status, String(body)], [413, 'HTTP content length exceeded 10485760 bytes.'])
    assert.equal(headers['content-type'], 'text/plain')
  })

test('a body of 10 MiB is none too large for the gateway', async () => {
  const event = await gateway.event('/default/items', { method: 'POST' }, Buffer.alloc(LIMIT, 'a'))
  assert.equal(event.body?.length, LIMIT)
})

test('headers may have 10,240 bytes in all, a request line too', async () => {
  const get = (length: number) => gateway.send('/default/items', { headers: { 'X-Long': 'a'.repeat(length) } })
  assert.equal((await get(10_000)).status, 200)
  const { status, body } = await get(10_240)
  assert.equal(status, 431)
  assert.equal(body.toString(), 'HTTP header is larger than 10240 bytes.')
  assert.equal((await get(100_000)).status, 431)
  assert.equal((await gateway.send(`/default/items?${'a'.repeat(10_240)}`)).status, 414)
})

test('a client that asks before it sends is told to go on, or not', async () => {
  const ask = (length: number, body: string) =>
    gateway.raw(
      `POST /default/items HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n\r\n${body}`,
    )
  assert.match(await ask(5, 'aaaaa'), /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n[\s\S]*aaaaa/)
  assert.match(await ask(LIMIT + 1, ''), /^HTTP\/1\.1 413 /)
})

test('a client that leaves in the middle of its body does no harm', async () => {
  await new Promise<void>((resolve) => {
    const socket = connect(gateway.port, '127.0.0.1', () =>
      socket.write('POST /default/items HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf', () =>
        socket.destroy(),
      ),
    )
    socket.on('close', () => resolve())
  })
  assert.equal((await gateway.send('/default/items')).status, 200)
})

test('more at once than this machine can answer are a 429, until others have been answered', async () => {
  const waiting: (() => void)[] = []
  const busy = await startGateway([api(['GET /items'])], () => new Promise<void>((done) => waiting.push(done)))
  const taken = Array.from({ length: 200 }, () => busy.send('/default/items'))
  while (waiting.length < taken.length) await new Promise(setImmediate)
  assert.equal((await busy.send('/default/items')).status, 429)
  for (const answer of waiting) answer()
  await Promise.all(taken)
  const next = busy.send('/default/items')
  while (waiting.length < 201) await new Promise(setImmediate)
  waiting[200]?.()
  assert.notEqual((await next).status, 429)
  await busy.stop()
})
