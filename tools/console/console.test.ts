import assert from 'node:assert/strict'
import { after, beforeEach, describe, test } from 'node:test'
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
after(gateway.stop)
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

test('the page and its files have a policy that lets nothing in from elsewhere', async () => {
  const { headers } = await gateway.send('/')
  const policy = String(headers['content-security-policy'])
  assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/)
  assert.match(policy, /connect-src 'self' http:\/\/127\.0\.0\.1:9;/)
  assert.doesNotMatch(policy, /unsafe/)
  for (const path of ['types.ts', 'main.tsx', 'constructor', '..%2fpackage.json', 'no.js', '%00.js', '', '.js'])
    assert.equal(await status(`/.console/${path}`), 404, path)
  // Other requests go to the APIs.
  assert.deepEqual([await status('/', {}, 'POST'), await status('/default/x/1')], [403, 200])
})

test('each API is described where the page finds it, and again when it has changed', async () => {
  const servers = [{ url: `${base}/default` }]
  const { apis } = await json<{ apis: object }>('/.console/apis.json')
  assert.deepEqual(apis, { things: { ...things, servers } })
  assert.deepEqual(await json('/openapi/things.json'), { ...things, servers })
  for (const name of ['others', 'constructor']) assert.equal(await status(`/openapi/${name}.json`), 404)
  const before = described
  described = async () => {
    throw new Error('api.ts:1:1: a mistake')
  }
  assert.equal(await status('/openapi/things.json'), 200)
  page.changed()
  assert.deepEqual(await json('/openapi/things.json'), { message: 'api.ts:1:1: a mistake' })
  described = before
  assert.equal(await status('/openapi/things.json'), 200)
})

test('of APIs elsewhere, the page finds there what it calls', async (t) => {
  const servers = { things: 'https://api.example.com/v1' }
  const elsewhere = createConsole({ describe: described, sources: () => [], recorder, servers })
  const served = await startGateway([], undefined, { intercept: elsewhere.handle })
  t.after(served.stop)
  assert.equal(JSON.parse(String((await served.send('/openapi/things.json')).body)).servers[0].url, servers.things)
})

describe("nobody else's page gets anything", () => {
  const refused: [string, Record<string, string>, number][] = [
    ['a name of theirs that leads here', { host: 'evil.example:3000' }, 421],
    ['a name that only begins well', { host: 'localhost.evil.example' }, 421],
    ['their fetch', { origin: 'https://evil.example' }, 403],
    ['their sandboxed frame', { origin: 'null' }, 403],
    ['another port of this machine', { origin: 'http://localhost:1' }, 403],
    ['their image or script', { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'script' }, 403],
    ['another port, without an origin', { 'sec-fetch-site': 'same-site', 'sec-fetch-dest': 'image' }, 403],
  ]
  for (const [name, headers, refusal] of refused)
    test(name, async () => {
      for (const path of ['/', '/openapi/things.json', '/.console/requests', '/.console/apis.json'])
        assert.equal(await status(path, headers), refusal)
      await status('/default/x/1')
      assert.equal(await status(`/.console/requests/${latest()}`, headers, 'POST'), refusal)
      assert.equal(received.length, 1)
    })
  test('but a link in it may lead here, to what it may not read', async () => {
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' }
    const { status, headers } = await gateway.send('/', { headers: link })
    const { 'cross-origin-resource-policy': readers, 'access-control-allow-origin': others } = headers
    assert.deepEqual([status, readers, others], [200, 'same-origin', undefined])
  })
})

describe('a request is recorded', () => {
  test('with all that became of it', async () => {
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

  test('without the values of credentials', async () => {
    const authorization = 'Bearer s3cret-token'
    const others = { 'x-api-key': 's3cret-key', cookie: 'session=s3cret', 'x-amz-security-token': 's3cret' }
    await status('/default/x/1', { authorization, ...others })
    const text = JSON.stringify(await detail())
    assert.doesNotMatch(text, /s3cret/)
    assert.match(text, /Bearer •••/)
    assert.equal(received[0]?.headers?.Authorization, authorization)
  })

  test('where the gateway answers by itself, too', async () => {
    await status('/default/none')
    const seen = await detail()
    assert.deepEqual([seen.status, seen.environment, seen.event], [403, undefined, undefined])
    answer = { nonsense: true }
    await status('/default/x/1')
    assert.equal((await detail()).functionError, '{"nonsense":true}')
  })

  test('with bytes that are no text, and the beginning of long bodies alone', async () => {
    for (const body of [Buffer.from([0, 255, 254]), Buffer.from('a\0b')]) {
      await post(body, { 'content-type': binary })
      assert.deepEqual((await detail()).body, { size: 3, cut: false, base64: body.toString('base64') })
    }
    const long = '가'.repeat(MAX_BODY_BYTES)
    await post(long)
    const text = long.slice(0, Math.floor(MAX_BODY_BYTES / 3))
    assert.deepEqual((await detail()).body, { size: 3 * MAX_BODY_BYTES, cut: true, text })
    assert.equal(await replay(), 409)
    assert.equal(await status('/.console/requests/1'), 404)
  })
})

test('a page sees what was before it and what comes, and what is said of it later', {
  timeout: 5_000,
}, async () => {
  const before = recorder.records.size
  await status('/default/x/1')
  const steps = [
    () => status('/default/x/2'),
    () => recorder.line('late', { environmentId: 'fn-1', requestId: 'aws-1' }),
    () => page.changed(),
  ]
  const messages: { revision: string; requests: RequestSummary[] }[] = []
  for await (const chunk of (await fetch(`${base}/.console/requests`)).body ?? []) {
    messages.push(JSON.parse(Buffer.from(chunk).toString().slice('data: '.length)))
    const step = steps.shift()
    if (!step) break
    await step()
  }
  const known = messages[0]?.requests.at(-1)?.lineCount ?? 0
  const seen = messages.map(({ requests }) =>
    requests.slice(before).map(({ target, lineCount }) => [target.at(-1), lineCount - known]),
  )
  assert.deepEqual(seen.map(String), ['1,0', '1,0,2,0', '1,1,2,1', '1,1,2,1'])
  assert.deepEqual(new Set(messages.map(({ revision }) => revision)).size, 2)
})

test('a replay is the same request byte by byte, with its credentials', async () => {
  const body = Buffer.from([0, 1, 255, 10])
  await post(body, { 'content-type': binary, authorization: 'Bearer s3cret', 'x-odd': 'ü' })
  assert.equal(await replay(), 204)
  const [first, second] = received.map(({ requestContext, headers, multiValueHeaders, ...rest }) => ({
    ...rest,
    headers: { ...headers, 'X-Amzn-Trace-Id': '' },
  }))
  assert.deepEqual(second, first)
})
