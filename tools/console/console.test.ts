import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, describe, test } from 'node:test'
import { api, keys } from '../../test/helpers/gateway.ts'
import { accessControl } from '../local/gateway/authorization/access-control.ts'
import { createGateway } from '../local/gateway/gateway.ts'
import type { ProxyEvent } from '../local/gateway/proxy-event.ts'
import { Console } from './console.ts'
import type { Live, RequestDetail, Settings } from './page/types.ts'
import { CAPACITY, MAX_BODY_BYTES, Recorder } from './recorder.ts'

const recorder = new Recorder()
const things = { servers: [{ url: 'http://127.0.0.1:3000/default' }], paths: {} }
let described = async () => ({ things })
const page = new Console({ describe: () => described(), sources: () => ['http://127.0.0.1:9'], recorder })
const received: ProxyEvent[] = []
let answer: object = { body: 'ok' }
const server = createGateway({
  apis: [api(['ANY /x/{id}'], { binaryMediaTypes: ['application/octet-stream'] })],
  access: accessControl(keys),
  invoke: async (_name, event) => {
    received.push(event as ProxyEvent)
    const invocation = { requestId: 'aws-1', environmentId: 'fn-1', duration: 2, initDuration: 30 }
    return { ...invocation, payload: JSON.stringify(answer) }
  },
  intercept: page.handle,
  onRequest: (record) => recorder.add(record),
})
let base = ''
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
after(() => {
  server.close()
  server.closeAllConnections()
})
beforeEach(() => {
  recorder.clear()
  received.length = 0
  answer = { body: 'ok' }
})

const latest = () => recorder.all().at(-1)?.requestId
const json = async <T>(path: string) => (await (await fetch(base + path)).json()) as T
const detail = () => json<RequestDetail>(`/.console/requests/${latest()}`)
const replay = async () => (await fetch(`${base}/.console/requests/${latest()}/replay`, { method: 'POST' })).status
const post = (body: string | Buffer<ArrayBuffer>, headers: Record<string, string> = { 'content-type': 'text/plain' }) =>
  fetch(`${base}/default/x/%EA%B0%80?q=1`, { method: 'POST', body, headers })
const bytes = { 'content-type': 'application/octet-stream' }

/** `fetch` keeps some headers to itself. */
function send(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(base + path, { method, headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0))
    })
    request.once('error', reject).end()
  })
}

test('the page and its files have a policy that lets nothing in from elsewhere', async () => {
  const response = await fetch(base)
  const policy = response.headers.get('content-security-policy') ?? ''
  assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/)
  assert.match(policy, /connect-src 'self' http:\/\/127\.0\.0\.1:9;/)
  assert.doesNotMatch(policy, /unsafe/)
  const html = await response.text()
  for (const [, path = ''] of html.matchAll(/(?:src|href)="([^"#]+)"/g)) assert.equal(await send(path), 200, path)
  for (const path of ['types.ts', 'main.tsx', 'constructor', '..%2fpackage.json', 'no.js', '%00.js', '', '.js'])
    assert.equal(await send(`/.console/${path}`), 404, path)
})

test('each API is described where the page finds it, and again when it has changed', async () => {
  const servers = [{ url: `${base}/default` }]
  assert.deepEqual((await json<Settings>('/.console/settings.json')).apis, ['things'])
  assert.deepEqual(await json('/openapi/things.json'), { ...things, servers })
  for (const name of ['others', 'constructor']) assert.equal(await send(`/openapi/${name}.json`), 404)
  const before = described
  described = async () => {
    throw new Error('api.ts:1:1: a mistake')
  }
  assert.equal(await send('/openapi/things.json'), 200)
  page.changed()
  assert.deepEqual(await json('/openapi/things.json'), { message: 'api.ts:1:1: a mistake' })
  described = before
  assert.equal(await send('/openapi/things.json'), 200)
})

test('what is not for the page is for the APIs', async () => {
  assert.equal(await send('/', {}, 'POST'), 403)
  assert.equal(await send('/console'), 403)
  assert.equal(await send('/default/x/1'), 200)
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
  for (const [name, headers, status] of refused)
    test(name, async () => {
      for (const path of ['/', '/openapi/things.json', '/.console/requests', '/.console/settings.json'])
        assert.equal(await send(path, headers), status)
      await send('/default/x/1')
      assert.equal(await send(`/.console/requests/${latest()}/replay`, headers, 'POST'), status)
      assert.equal(await send('/.console/requests', headers, 'DELETE'), status)
      assert.equal(received.length, 1)
    })
  test('but a link in it may lead here', async () => {
    assert.equal(await send('/', { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' }), 200)
  })
  test('and no answer may be read across origins', async () => {
    const { headers } = await fetch(`${base}/.console/settings.json`)
    assert.equal(headers.get('access-control-allow-origin'), null)
    assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin')
  })
})

describe('a request is recorded', () => {
  test('with all that became of it', async () => {
    const line = (text: string, requestId?: string) => recorder.line(text, { environmentId: 'fn-1', requestId })
    line('starting')
    line('working', 'aws-1')
    answer = { statusCode: 201, headers: { 'X-A': 'b' }, body: '안녕' }
    await post('héllo', { 'x-b': Buffer.from('é').toString('latin1') })
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
    await fetch(`${base}/default/x/1`, { headers: { authorization, ...others } })
    const text = JSON.stringify(await detail())
    assert.doesNotMatch(text, /s3cret/)
    assert.match(text, /Bearer •••/)
    assert.equal(received[0]?.headers?.Authorization, authorization)
  })

  test('where the gateway answers by itself, too', async () => {
    await send('/default/none')
    const seen = await detail()
    assert.deepEqual([seen.status, seen.environment, seen.event], [403, undefined, undefined])
    answer = { nonsense: true }
    await send('/default/x/1')
    assert.equal((await detail()).functionError, '{"nonsense":true}')
  })

  test('with bytes that are no text, and the beginning of long bodies alone', async () => {
    for (const body of [Buffer.from([0, 255, 254]), Buffer.from('a\0b')]) {
      await post(body, bytes)
      assert.deepEqual((await detail()).body, { size: 3, cut: false, base64: body.toString('base64') })
    }
    const long = '가'.repeat(MAX_BODY_BYTES)
    await post(long)
    const text = long.slice(0, Math.floor(MAX_BODY_BYTES / 3))
    assert.deepEqual((await detail()).body, { size: 3 * MAX_BODY_BYTES, cut: true, text })
    assert.equal(await replay(), 409)
  })

  test(`and forgotten after ${CAPACITY} others`, async () => {
    const record = { httpMethod: 'GET', target: '/', rawHeaders: [], duration: 1 }
    const empty = { status: 200, headers: [], body: Buffer.alloc(0) }
    for (let id = 0; id < CAPACITY + 5; id++) recorder.add({ ...record, answer: empty, requestId: String(id) })
    assert.deepEqual([recorder.all().length, recorder.all()[0]?.requestId], [CAPACITY, '5'])
    assert.equal(await send('/.console/requests/1'), 404)
  })
})

test('a page sees what was before it and what comes, what is said of it later, and that all is forgotten', {
  timeout: 5_000,
}, async () => {
  await send('/default/x/1')
  const steps = [
    () => send('/default/x/2'),
    () => recorder.line('late', { environmentId: 'fn-1', requestId: 'aws-1' }),
    () => page.changed(),
    () => fetch(`${base}/.console/requests`, { method: 'DELETE' }),
  ]
  const messages: Live[] = []
  for await (const chunk of (await fetch(`${base}/.console/requests`)).body ?? []) {
    messages.push(JSON.parse(Buffer.from(chunk).toString().slice('data: '.length)))
    const step = steps.shift()
    if (!step) break
    await step()
  }
  const seen = messages.map(({ requests }) => requests.map(({ target, lineCount }) => `${target} ${lineCount}`))
  const [one, two] = ['/default/x/1', '/default/x/2']
  const late = [`${one} 1`, `${two} 1`]
  assert.deepEqual(seen, [[`${one} 0`], [`${one} 0`, `${two} 0`], late, late, []])
  assert.deepEqual(
    messages.map(({ apis }) => apis === messages[0]?.apis),
    [true, true, true, false, false],
  )
})

test('a replay is the same request byte by byte, with its credentials', async () => {
  const body = Buffer.from([0, 1, 255, 10])
  await post(body, { ...bytes, authorization: 'Bearer s3cret', 'x-odd': 'ü' })
  assert.equal(await replay(), 204)
  assert.equal(recorder.all().length, 2)
  const [first, second] = received.map(({ requestContext, headers, multiValueHeaders, ...rest }) => ({
    ...rest,
    headers: { ...headers, 'X-Amzn-Trace-Id': '' },
    names: Object.keys(multiValueHeaders ?? {}).sort(),
  }))
  assert.deepEqual(second, first)
})
