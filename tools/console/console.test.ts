import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, describe, test } from 'node:test'
import { api, keys } from '../../test/helpers/gateway.ts'
import { accessControl } from '../local/gateway/authorization/access-control.ts'
import { createGateway } from '../local/gateway/gateway.ts'
import type { ProxyEvent } from '../local/gateway/proxy-event.ts'
import { Console } from './console.ts'
import type { Descriptions } from './describe.ts'
import type { RequestDetail, RequestSummary } from './page/types.ts'
import { CAPACITY, MAX_BODY_BYTES, Recorder } from './recorder.ts'

const recorder = new Recorder()
let described = async (): Promise<Descriptions> => ({
  things: { servers: [{ url: 'http://127.0.0.1:3000/default' }], paths: {} },
})
const page = new Console({
  name: 'project',
  describe: () => described(),
  sources: () => ['http://127.0.0.1:9'],
  recorder,
})
const invocation = { requestId: 'aws-1', environmentId: 'fn-1', duration: 2, initDuration: 30 }
const received: ProxyEvent[] = []
let answer: object = { body: 'ok' }
const server = createGateway({
  apis: [api(['ANY /x/{id}'], { binaryMediaTypes: ['application/octet-stream'] })],
  access: accessControl(keys),
  invoke: async (_name, event) => {
    received.push(event as ProxyEvent)
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

const latest = () => recorder.since(0).at(-1)?.requestId
const detail = async (id = latest()): Promise<RequestDetail> =>
  (await (await fetch(`${base}/.console/requests/${id}`)).json()) as RequestDetail

/** `fetch` keeps some headers to itself. */
function send(path: string, headers: Record<string, string>, method = 'GET'): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(base + path, { method, headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0))
    })
    request.once('error', reject).end()
  })
}

/** Messages of the stream, until `next` has done nothing after one of them. */
async function stream(next: (messages: number) => unknown): Promise<{ event: string; data: unknown }[]> {
  const response = await fetch(`${base}/.console/requests`)
  const messages: { event: string; data: unknown }[] = []
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString()
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const [, event = '', data = ''] = /event: (\w+)\ndata: (.*)/.exec(text.slice(0, end)) ?? []
      messages.push({ event, data: event === 'apis' ? data : JSON.parse(data) })
      text = text.slice(end + 2)
      if ((await next(messages.length)) === undefined) return messages
    }
  }
  return messages
}

test('the page and its files have a policy that lets nothing in from elsewhere', async () => {
  const response = await fetch(base)
  assert.equal(response.status, 200)
  const policy = response.headers.get('content-security-policy') ?? ''
  assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/)
  assert.match(policy, /connect-src 'self' http:\/\/127\.0\.0\.1:9;/)
  assert.doesNotMatch(policy, /unsafe/)
  const html = await response.text()
  for (const [, path = ''] of html.matchAll(/(?:src|href)="([^"#]+)"/g)) {
    const file = await fetch(new URL(path, base))
    assert.equal(file.status, 200, path)
    const etag = file.headers.get('etag') ?? ''
    assert.equal((await fetch(file.url, { headers: { 'if-none-match': etag } })).status, 304)
  }
  for (const path of ['types.ts', 'main.tsx', 'constructor', '..%2fpackage.json', 'no.js', '%00.js', '', '.js']) {
    assert.equal(await send(`/.console/${path}`, {}), 404, path)
  }
})

test('each API is described where the page finds it, and again when it has changed', async () => {
  const get = async (path: string) => (await fetch(base + path)).json()
  const servers = [{ url: `${base}/default` }]
  assert.deepEqual(await get('/.console/settings.json'), { name: 'project', apis: ['things'] })
  assert.deepEqual(await get('/openapi/things.json'), { servers, paths: {} })
  for (const name of ['others', 'constructor']) assert.equal(await send(`/openapi/${name}.json`, {}), 404)
  const before = described
  described = async () => {
    throw new Error('api.ts:1:1: a mistake')
  }
  assert.equal(await send('/openapi/things.json', {}), 200)
  page.changed()
  assert.deepEqual(await get('/openapi/things.json'), { message: 'api.ts:1:1: a mistake' })
  described = before
  assert.equal(await send('/openapi/things.json', {}), 200)
})

test('what is not for the page is for the APIs', async () => {
  assert.equal((await fetch(base, { method: 'POST' })).status, 403)
  assert.equal((await fetch(`${base}/console`)).status, 403)
  assert.equal((await fetch(`${base}/default/x/1`)).status, 200)
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
  for (const [name, headers, status] of refused) {
    test(name, async () => {
      for (const path of ['/', '/openapi/things.json', '/.console/requests', '/.console/settings.json'])
        assert.equal(await send(path, headers), status)
      await fetch(`${base}/default/x/1`)
      assert.equal(await send(`/.console/requests/${latest()}/replay`, headers, 'POST'), status)
      assert.equal(await send('/.console/requests', headers, 'DELETE'), status)
      assert.equal(received.length, 1)
    })
  }
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
    await fetch(`${base}/default/x/%EA%B0%80?q=1`, { method: 'POST', body: 'héllo' })
    line('late', 'aws-1')
    line(`{"apiRequestId":"${latest()}"}`, 'another')
    line('of another one', 'aws-2')
    const seen = await detail()
    assert.deepEqual([seen.method, seen.target, seen.status], ['POST', '/default/x/%EA%B0%80?q=1', 201])
    assert.deepEqual([seen.environment, seen.coldStart, seen.functionDuration], ['fn-1', 30, 2])
    assert.deepEqual(seen.lines, ['starting', 'working', 'late', `{"apiRequestId":"${latest()}"}`])
    assert.deepEqual(seen.body, { size: 6, cut: false, text: 'héllo' })
    assert.deepEqual(seen.answer.body, { size: 6, cut: false, text: '안녕' })
    assert.ok(seen.answer.headers.some(([name, value]) => name === 'X-A' && value === 'b'))
    assert.deepEqual(seen.event, JSON.parse(JSON.stringify(received[0])))
  })

  test('without the values of credentials', async () => {
    const secrets = {
      authorization: 'Bearer s3cret-token',
      'x-api-key': 's3cret-key',
      cookie: 'session=s3cret',
      'x-amz-security-token': 's3cret',
    }
    await fetch(`${base}/default/x/1`, { headers: secrets })
    const text = JSON.stringify(await detail())
    assert.doesNotMatch(text, /s3cret/)
    assert.match(text, /Bearer •••/)
    assert.equal(received[0]?.headers?.Authorization, secrets.authorization)
  })

  test('where the gateway answers by itself, too', async () => {
    await fetch(`${base}/default/none`)
    const seen = await detail()
    assert.deepEqual([seen.status, seen.environment, seen.event], [403, undefined, undefined])
    answer = { nonsense: true }
    await fetch(`${base}/default/x/1`)
    assert.equal((await detail()).functionError, '{"nonsense":true}')
  })

  test('with bytes that are no text, and the beginning of long bodies alone', async () => {
    const bytes = Buffer.from([0, 255, 254])
    const type = { 'content-type': 'application/octet-stream' }
    await fetch(`${base}/default/x/1`, { method: 'POST', body: bytes, headers: type })
    assert.deepEqual((await detail()).body, { size: 3, cut: false, base64: bytes.toString('base64') })
    const long = '가'.repeat(MAX_BODY_BYTES)
    await fetch(`${base}/default/x/1`, { method: 'POST', body: long, headers: { 'content-type': 'text/plain' } })
    const { body } = await detail()
    assert.deepEqual([body?.size, body?.cut], [3 * MAX_BODY_BYTES, true])
    assert.equal(body?.text, long.slice(0, Math.floor(MAX_BODY_BYTES / 3)))
    assert.equal((await fetch(`${base}/.console/requests/${latest()}/replay`, { method: 'POST' })).status, 409)
  })

  test(`and forgotten after ${CAPACITY} others, or 16 MiB`, async () => {
    const record = {
      httpMethod: 'GET',
      target: '/',
      rawHeaders: [],
      duration: 1,
      answer: { status: 200, headers: [], body: Buffer.alloc(1) },
    }
    for (let id = 0; id < CAPACITY + 5; id++) recorder.add({ ...record, requestId: String(id) })
    assert.equal(recorder.since(0).length, CAPACITY)
    assert.equal(recorder.since(0)[0]?.requestId, '5')
    const body = Buffer.alloc(100_000)
    for (let id = 0; id < CAPACITY; id++) recorder.add({ ...record, requestId: `large ${id}`, body })
    const kept = recorder.since(0).length
    assert.ok(kept > 200 && kept <= 16 * 16, String(kept))
    assert.equal((await fetch(`${base}/.console/requests/1`)).status, 404)
  })
})

test('a page sees those before it and those that come, and what is said of them later', {
  timeout: 5_000,
}, async () => {
  await fetch(`${base}/default/x/1`)
  const messages = await stream((count) => {
    if (count < 3) return 'the list of before follows'
    if (count === 3) return fetch(`${base}/default/x/2`)
    if (count === 4) return recorder.line('late', { environmentId: 'fn-1', requestId: 'aws-1' }) ?? 'it follows'
  })
  assert.deepEqual(messages[0], { event: 'hello', data: { capacity: CAPACITY } })
  assert.equal(messages[1]?.event, 'apis')
  const targets = messages.slice(2).map(({ data }) => (data as RequestSummary[]).map(({ target }) => target))
  assert.deepEqual(targets, [['/default/x/1'], ['/default/x/2'], ['/default/x/2']])
})

test('a replay is the same request byte by byte, with its credentials', async () => {
  const headers = { 'content-type': 'application/octet-stream', authorization: 'Bearer s3cret', 'x-odd': 'ü' }
  const body = Buffer.from([0, 1, 255, 10])
  await fetch(`${base}/default/x/%2e?a=%20b&a=[]`, { method: 'PUT', body, headers })
  const { status } = await fetch(`${base}/.console/requests/${latest()}/replay`, { method: 'POST' })
  assert.equal(status, 204)
  assert.equal(recorder.since(0).length, 2)
  const [first, second] = received.map(({ requestContext, headers, multiValueHeaders, ...rest }) => ({
    ...rest,
    headers: { ...headers, 'X-Amzn-Trace-Id': '' },
    names: Object.keys(multiValueHeaders ?? {}).sort(),
  }))
  assert.deepEqual(second, first)
})

test('requests can be forgotten, and every page is told', { timeout: 5_000 }, async () => {
  await fetch(`${base}/default/x/1`)
  const messages = await stream((count) => {
    if (count < 3) return 'the list follows'
    if (count === 3) return fetch(`${base}/.console/requests`, { method: 'DELETE' })
  })
  assert.deepEqual(
    messages.map(({ event }) => event),
    ['hello', 'apis', 'requests', 'hello'],
  )
  assert.equal(recorder.since(0).length, 0)
})
