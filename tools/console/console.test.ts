import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { serveConsole } from '../../test/helpers/console.ts'
import { api, startGateway } from '../../test/helpers/gateway.ts'
import type { ProxyEvent } from '../local/gateway/proxy-event.ts'
import { createConsole } from './console.ts'
import { MAX_BODY_BYTES, Recorder, type RequestDetail, type RequestSummary } from './recorder.ts'

const recorder = new Recorder()
const things = { servers: [{ url: 'http://127.0.0.1:3000/default' }], paths: {} }
let described = async () => ({ things })
const page = createConsole({ describe: () => described(), sources: () => ['http://127.0.0.1:9'], recorder })
const binary = 'application/octet-stream'
const received: ProxyEvent[] = []
let answer: object = { body: 'ok' }
const gateway = await startGateway([api(['ANY /x/{id}'], { binaryMediaTypes: [binary] })], undefined, {
  invoke: async (_name, event) => {
    received.push(event as ProxyEvent)
    const invocation = { requestId: 'aws-1', environmentId: 'fn-1', duration: 2, initDuration: 30 }
    return { ...invocation, payload: JSON.stringify(answer) }
  },
  intercept: page.handle,
  onRequest: (record) => recorder.add(record),
})
const base = `http://127.0.0.1:${gateway.port}`
beforeEach(() => {
  received.length = 0
  answer = { body: 'ok' }
})

const latest = () => [...recorder.records.keys()].at(-1)
const status = async (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  (await gateway.send(path, { method, headers })).status
const json = async <T>(path: string): Promise<T> => JSON.parse(String((await gateway.send(path)).body))
const detail = () => json<RequestDetail>(`/.console/requests/${latest()}`)
const replay = () => status(`/.console/requests/${latest()}`, {}, 'POST')
const post = (body: string | Buffer, headers: Record<string, string> = { 'content-type': 'text/plain' }) =>
  gateway.send('/default/x/%EA%B0%80?q=1', { method: 'POST', headers }, body)

test('serves the page with a policy that blocks other origins', async () => {
  const { 'content-security-policy': policy } = (await gateway.send('/')).headers
  assert.match(String(policy), /^default-src 'none'; script-src 'self'; style-src 'self';/)
  assert.match(String(policy), / img-src 'self' blob: data: (http:\/\/127\.0\.0\.1:9); connect-src 'self' \1;/)
  for (const path of ['main.tsx', 'constructor', '..%2fpackage.json', ''])
    assert.equal(await status(`/.console/${path}`), 404, path)
  // Other requests go to the APIs.
  assert.deepEqual([await status('/', {}, 'POST'), await status('/default/x/1')], [403, 200])
})

test('serves each API description with the local or the deployed URL, and again after a change', async (t) => {
  const servers = [{ url: `${base}/default` }]
  assert.deepEqual((await json<{ apis: object }>('/.console/apis.json')).apis, { things: { ...things, servers } })
  assert.deepEqual(await json('/openapi/things.json'), { ...things, servers })
  assert.equal(await status('/openapi/constructor.json'), 404)
  const before = described
  described = () => Promise.reject(new Error('api.ts:1:1: a mistake'))
  assert.equal(await status('/openapi/things.json'), 200)
  page.changed()
  assert.deepEqual(await json('/openapi/things.json'), { message: 'api.ts:1:1: a mistake' })
  described = before
  assert.equal(await status('/openapi/things.json'), 200)

  const deployed = { things: 'https://api.example.com/v1' }
  const elsewhere = await serveConsole(() => {}, { describe: described, servers: deployed })
  t.after(elsewhere.stop)
  const document = await (await fetch(`${elsewhere.url}/openapi/things.json`)).json()
  assert.deepEqual(document, { ...things, servers: [{ url: deployed.things }] })
})

test('refuses requests of other origins, and lets them link here', async () => {
  const refused: [headers: Record<string, string>, refusal: number][] = [
    [{ host: 'localhost.evil.example' }, 421],
    [{ origin: 'null' }, 403],
    [{ origin: 'http://localhost:1' }, 403],
    [{ 'sec-fetch-site': 'same-site', 'sec-fetch-dest': 'image' }, 403],
  ]
  await status('/default/x/1')
  for (const [headers, refusal] of refused) {
    for (const path of ['/', '/openapi/things.json', '/.console/requests', '/.console/apis.json'])
      assert.equal(await status(path, headers), refusal, JSON.stringify(headers))
    assert.equal(await status(`/.console/requests/${latest()}`, headers, 'POST'), refusal)
  }
  assert.equal(received.length, 1)
  const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' }
  const followed = await gateway.send('/', { headers: link })
  assert.deepEqual([followed.status, followed.headers['cross-origin-resource-policy']], [200, 'same-origin'])
})

describe('a recorded request', () => {
  test('has its log lines, event and answer', async () => {
    const line = (text: string, requestId?: string) => recorder.line(text, { environmentId: 'fn-1', requestId })
    line('starting')
    line('working', 'aws-1')
    answer = { statusCode: 201, headers: { 'X-A': 'b' }, body: '안녕' }
    await post(Buffer.from('héllo'), { 'x-b': Buffer.from('é').toString('latin1') })
    line('late', 'aws-1')
    line(`{"apiRequestId":"${latest()}"}`, 'another')
    line('of another one', 'aws-2')
    const seen = await detail()
    assert.deepEqual([seen.method, seen.target, seen.status], ['POST', '/default/x/%EA%B0%80?q=1', 201])
    assert.deepEqual([seen.environment, seen.coldStart, seen.functionDuration], ['fn-1', 30, 2])
    assert.deepEqual(seen.lines, ['starting', 'working', 'late', `{"apiRequestId":"${latest()}"}`])
    assert.deepEqual(seen.body, { size: 6, cut: false, text: 'héllo' })
    assert.deepEqual(seen.answer.body, { size: 6, cut: false, text: '안녕' })
    assert.deepEqual(new Map(seen.headers).get('x-b'), 'é')
    assert.deepEqual(new Map(seen.answer.headers).get('X-A'), 'b')
    assert.deepEqual(seen.event, JSON.parse(JSON.stringify(received[0])))
  })

  test('hides the values of credentials', async () => {
    const authorization = 'Bearer s3cret'
    await status('/default/x/1', { authorization, 'x-api-key': 's3cret', cookie: 'session=s3cret' })
    const text = JSON.stringify(await detail())
    assert.doesNotMatch(text, /s3cret/)
    assert.match(text, /Bearer •••/)
    assert.equal(received[0]?.headers?.Authorization, authorization)
  })

  test('shows a function result that is no valid response', async () => {
    answer = { nonsense: true }
    await status('/default/x/1')
    assert.equal((await detail()).functionError, '{"nonsense":true}')
  })

  test('shows binary bodies, and the beginning of long ones', async () => {
    for (const body of [Buffer.from([0, 255, 254]), Buffer.from('a\0b')]) {
      await post(body, { 'content-type': binary })
      assert.deepEqual((await detail()).body, { size: 3, cut: false, base64: body.toString('base64') })
    }
    const long = '가'.repeat(MAX_BODY_BYTES)
    await post(long)
    const text = long.slice(0, Math.floor(MAX_BODY_BYTES / 3))
    assert.deepEqual((await detail()).body, { size: 3 * MAX_BODY_BYTES, cut: true, text })
    assert.equal(await replay(), 409)
  })
})

test('streams past and new requests to the page, with later log lines', { timeout: 5_000 }, async (t) => {
  await status('/default/x/1')
  const messages = (await fetch(`${base}/.console/requests`, { signal: t.signal })).body?.values() ?? assert.fail()
  const next = async (): Promise<{ revision: string; requests: RequestSummary[] }> =>
    JSON.parse(
      Buffer.from((await messages.next()).value)
        .toString()
        .slice('data: '.length),
    )
  const { revision, requests } = await next()
  const first = requests.at(-1)
  assert.equal(first?.target, '/default/x/1')
  await status('/default/x/2')
  assert.deepEqual(
    (await next()).requests.slice(-2).map(({ target }) => target),
    [first.target, '/default/x/2'],
  )
  recorder.line('late', { environmentId: 'fn-1', requestId: 'aws-1' })
  assert.equal((await next()).requests.at(-1)?.lineCount, first.lineCount + 1)
  page.changed()
  assert.notEqual((await next()).revision, revision)
})

test('replays a request byte by byte, with its credentials', async () => {
  const body = Buffer.from([0, 1, 255, 10])
  await post(body, { 'content-type': binary, authorization: 'Bearer s3cret', 'x-odd': 'ü' })
  assert.equal(await replay(), 204)
  const [first, second] = received.map(({ requestContext, headers, multiValueHeaders, ...rest }) => ({
    ...rest,
    headers: { ...headers, 'X-Amzn-Trace-Id': '' },
  }))
  assert.deepEqual(second, first)
})

test('keeps the last 500 requests', async () => {
  await status('/default/x/1')
  const oldest = latest()
  for (let count = 0; count < 499; count++) await status('/default/none')
  assert.equal(await status(`/.console/requests/${oldest}`), 200)
  await status('/default/none')
  assert.equal(await status(`/.console/requests/${oldest}`), 404)
})
