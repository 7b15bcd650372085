import assert from 'node:assert/strict'
import { Agent } from 'node:http'
import { connect } from 'node:net'
import { after, before, mock, test } from 'node:test'
import { api, startGateway } from '../../../test/helpers/gateway.ts'

const CORS = { 'Access-Control-Allow-Origin': '*' }
let gateway: Awaited<ReturnType<typeof startGateway>>
before(async () => {
  const users = api(['GET /rds', 'POST /rds', 'ANY /rds/{id}', 'GET /rds/first', 'GET /rds/{id}/{rest+}'], {
    name: 'users',
    gatewayResponseHeaders: { DEFAULT_4XX: CORS, INTEGRATION_TIMEOUT: { 'X-Late': '1' } },
  })
  const preflight = { type: 'MOCK', statusCode: 204, headers: CORS } as const
  const slow = { type: 'AWS_PROXY', functionName: 'fn', timeoutMs: 50 } as const
  const methods = [
    ...users.methods,
    { resource: '/rds', httpMethod: 'OPTIONS', integration: preflight },
    { resource: '/rds/{id}', httpMethod: 'OPTIONS', integration: preflight },
    { resource: '/slow', httpMethod: 'GET', integration: slow },
  ]
  gateway = await startGateway([{ ...users, methods }, api(['POST /s3'], { name: 'files' })], (event) =>
    event.resource === '/slow' ? new Promise(() => {}) : { body: JSON.stringify(event) },
  )
})
after(() => gateway.stop())

const routes: [method: string, path: string, resource: string, parameters: object | null][] = [
  ['GET', '/default/rds/7', '/rds/{id}', { id: '7' }],
  ['DELETE', '/default/rds/7/', '/rds/{id}', { id: '7' }],
  ['GET', '/default/rds/first', '/rds/first', null],
  ['PUT', '/default/rds/first', '/rds/{id}', { id: 'first' }],
  ['GET', '/default/rds/a%20b', '/rds/{id}', { id: 'a%20b' }],
  ['GET', '/default/rds/7/a/b', '/rds/{id}/{rest+}', { id: '7', rest: 'a/b' }],
  ['POST', '/default/s3', '/s3', null],
]
for (const [method, path, resource, parameters] of routes)
  test(`${method} ${path} goes to ${resource}`, async () => {
    const event = await gateway.event(path, { method })
    assert.deepEqual([event.resource, event.pathParameters], [resource, parameters])
  })

const strangers: [method: string, path: string, cors: boolean][] = [
  ['GET', '/default/nowhere', true],
  ['PATCH', '/default/rds', true],
  ['PROPFIND', '/default/rds/7', true],
  ['GET', '/default/s3', false],
  ['GET', '/other/rds', false],
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
  const { status, body } = await gateway.send('/default/rds', { method: 'HEAD' })
  assert.deepEqual([status, body.length], [403, 0])
  assert.equal((await gateway.send('/default/rds/7', { method: 'HEAD' })).status, 200)
})

test('a MOCK integration answers by itself, and before ANY of its resource', async () => {
  for (const path of ['/default/rds', '/default/rds/7']) {
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
    const { status, headers, body } = await gateway.send('/default/rds', options, Buffer.alloc(LIMIT + 1))
    assert.deepEqual([status, String(body)], [413, 'HTTP content length exceeded 10485760 bytes.'])
    assert.equal(headers['content-type'], 'text/plain')
  })

test('a body of 10 MiB is none too large for the gateway', async () => {
  const event = await gateway.event('/default/rds', { method: 'POST' }, Buffer.alloc(LIMIT, 'a'))
  assert.equal(event.body?.length, LIMIT)
})

test('headers may have 10,240 bytes in all, a request line too', async () => {
  const get = (length: number) => gateway.send('/default/rds', { headers: { 'X-Long': 'a'.repeat(length) } })
  assert.equal((await get(10_000)).status, 200)
  const { status, body } = await get(10_240)
  assert.equal(status, 431)
  assert.equal(body.toString(), 'HTTP header is larger than 10240 bytes.')
  assert.equal((await get(100_000)).status, 431)
  assert.equal((await gateway.send(`/default/rds?${'a'.repeat(10_240)}`)).status, 414)
})

test('a client that asks before it sends is told to go on, or not', async () => {
  const ask = (length: number, body: string) =>
    gateway.raw(
      `POST /default/rds HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n\r\n${body}`,
    )
  assert.match(await ask(5, 'aaaaa'), /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n[\s\S]*aaaaa/)
  assert.match(await ask(LIMIT + 1, ''), /^HTTP\/1\.1 413 /)
})

test('a connection serves many requests', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const created = mock.method(agent, 'createConnection')
  for (let index = 0; index < 3; index++) await gateway.send('/default/rds', { agent })
  agent.destroy()
  assert.equal(created.mock.callCount(), 1)
})

test('a client that leaves in the middle of its body does no harm', async () => {
  await new Promise<void>((resolve) => {
    const socket = connect(gateway.port, '127.0.0.1', () =>
      socket.write('POST /default/rds HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf', () => socket.destroy()),
    )
    socket.on('close', () => resolve())
  })
  assert.equal((await gateway.send('/default/rds')).status, 200)
})

test('each request is reported with its event, answer and result', async () => {
  await gateway.send('/default/rds?a=1')
  const { target, event, answer, result } = gateway.records.at(-1) ?? {}
  assert.deepEqual([target, event?.queryStringParameters], ['/default/rds?a=1', { a: '1' }])
  assert.deepEqual([answer?.status, result?.requestId], [200, 'r'])
})

test('a function that cannot be invoked is a 500', async (context) => {
  const broken = await startGateway([api(['GET /x'])], () => Promise.reject(new Error('secret')))
  context.after(() => broken.stop())
  const { status, body } = await broken.send('/default/x')
  assert.deepEqual([status, String(body)], [500, '{"message": "Internal server error"}'])
})

test('more than the stage takes are a 429', async (context) => {
  const limited = await startGateway([api(['GET /rds'], { rateLimit: 0.001, burstLimit: 1 })])
  context.after(() => limited.stop())
  assert.equal((await limited.send('/default/rds')).status, 200)
  const { status, headers, body } = await limited.send('/default/rds')
  assert.deepEqual([status, String(body)], [429, '{"message":"Too Many Requests"}'])
  assert.equal(headers['x-amzn-errortype'], 'TooManyRequestsException')
})

test('more at once than this machine can answer are a 429, until others have been answered', async () => {
  const waiting: (() => void)[] = []
  const busy = await startGateway([api(['GET /rds'])], () => new Promise<void>((done) => waiting.push(done)))
  const taken = Array.from({ length: 200 }, () => busy.send('/default/rds'))
  while (waiting.length < taken.length) await new Promise(setImmediate)
  assert.equal((await busy.send('/default/rds')).status, 429)
  for (const answer of waiting) answer()
  await Promise.all(taken)
  const next = busy.send('/default/rds')
  while (waiting.length < 201) await new Promise(setImmediate)
  waiting[200]?.()
  assert.notEqual((await next).status, 429)
  await busy.stop()
})
