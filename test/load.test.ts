import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { sendDamaged } from '../scripts/stress/damage.ts'
import { load } from '../scripts/stress/load.ts'
import { repeatable } from '../scripts/stress/requests.ts'
import { call, startTestService, type TestService, upload } from './helpers/service.ts'

let service: TestService
let port = 0
before(async () => {
  service = await startTestService()
  port = Number(new URL(service.base).port)
})
after(() => service.stop())

describe('load', () => {
  test('64 clients at once are all served', async () => {
    const { answers } = await load(port, 64, repeatable, { amount: 400 })
    assert.deepEqual(Object.keys(answers), ['200'], JSON.stringify(answers))
  })

  test('2,000 clients at once are served or told to come later, and two seconds after all is as before', async () => {
    const { answers } = await load(port, 2000, repeatable, { amount: 2000 })
    assert.ok((answers[200] ?? 0) > 0)
    assert.equal((answers[200] ?? 0) + (answers[429] ?? 0), 2000, JSON.stringify(answers))
    const over = Date.now()
    for (let normal = false; !normal; ) {
      const sent = Date.now()
      const { status } = await call(`${service.base}/rds?limit=1`)
      normal = status === 200 && Date.now() - sent < 500
      assert.ok(normal || Date.now() - over < 2000, `${status} after ${Date.now() - sent} ms`)
    }
    const calm = await load(port, 64, repeatable, { amount: 128 })
    assert.deepEqual(Object.keys(calm.answers), ['200'], JSON.stringify(calm.answers))
  })
})

test('damaged requests are all answered, without a 5xx or a detail of the inside', async () => {
  const counts = await sendDamaged(port, Number(process.env.SEED || Date.now() % 1e9), 300)
  assert.ok((counts[422] ?? 0) > 0, JSON.stringify(counts))
})

test('a service that does otherwise is noticed, with what it was sent and its answer', async (t) => {
  const server = createServer((_, response) => response.writeHead(500).end('at Users.create')).listen(0, '127.0.0.1')
  t.after(() => server.close().closeAllConnections())
  await once(server, 'listening')
  const sending = sendDamaged((server.address() as AddressInfo).port, 1, 16)
  await assert.rejects(sending, /seed: 1.*Counterexample: .*HTTP\/1\.1.*answered "HTTP\/1\.1 500/s)
})

describe('what nobody should send', () => {
  const headers = { 'content-type': 'application/json' }
  const post = (body: string) => call(`${service.base}/rds`, { method: 'POST', headers, body })
  /** What comes back for these bytes on a connection that stays open. */
  const raw = async (bytes: string) => {
    const socket = connect(port, '127.0.0.1')
    socket.write(bytes)
    const [answer] = await once(socket, 'data')
    socket.destroy()
    return String(answer)
  }

  test('deep JSON', async () => {
    for (const [depth, status] of [
      [1000, 422],
      [100_000, 422],
      [1_000_000, 413],
    ] as const)
      assert.equal((await post('['.repeat(depth) + ']'.repeat(depth))).status, status)
    const nested = `${'{"name":'.repeat(25_000)}1${'}'.repeat(25_000)}`
    assert.equal((await post(nested)).status, 422)
  })

  test('names that are special to JavaScript', async () => {
    for (const key of ['__proto__', 'constructor', 'prototype', 'toString']) {
      const { status, body } = await post(`{"name":"Ada","age":1,${JSON.stringify(key)}:{"prototype":{"admin":true}}}`)
      if (status === 200) assert.deepEqual(Object.keys(body.user).sort(), ['age', 'id', 'name'])
      else assert.equal(status, 422)
    }
    assert.equal((await post('{"__proto__":{"name":"Ada","age":1}}')).status, 422)
  })

  test('SQL and markup, which are stored as they are', async () => {
    for (const name of [
      "'; DROP TABLE Users; --",
      '" OR ""="',
      '<script>alert(1)</script>',
      '{"$gt":""}',
      '%27\\x00',
    ]) {
      const { body } = await post(JSON.stringify({ name, age: 1 }))
      assert.equal((await call(`${service.base}/rds/${body.user.id}`)).body.user.name, name)
    }
  })

  test('10,000 parts', async () => {
    const part = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    const form = { 'content-type': 'multipart/form-data; boundary=x' }
    const body = `${part.repeat(10_000)}--x--\r\n`
    assert.equal((await call(`${service.base}/s3`, { method: 'POST', headers: form, body })).status, 422)
  })

  test('many headers, or long ones', async () => {
    const line = (count: number) =>
      `GET /default/rds HTTP/1.1\r\nHost: localhost\r\n${Array.from({ length: count }, (_, n) => `X-${n}: 1\r\n`).join('')}\r\n`
    assert.match(await raw(line(200)), /^HTTP\/1\.1 200/)
    assert.match(await raw(line(2000)), /^HTTP\/1\.1 431/)
    assert.match(await raw(line(20_000)), /^HTTP\/1\.1 431/)
  })

  test('a body of 100 MB, and one that says so and does not come', async () => {
    const { status } = await fetch(`${service.base}/s3`, { ...upload(Buffer.alloc(100e6)), keepalive: false })
    assert.equal(status, 413)
    const announced = 'POST /default/rds HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n\r\n'
    assert.match(await raw(announced), /^HTTP\/1\.1 413/)
  })

  test('line breaks in the names of files, which never come into a header', async () => {
    for (const filename of ['a\r\nX-Injected: 1', 'a\nb', 'a\u2028b".html']) {
      const { status, body } = await call(`${service.base}/s3`, upload('x', { filename }))
      if (status === 422) continue
      assert.equal(body.file.filename, filename)
      const { url } = (await call(`${service.base}/s3?filename=${encodeURIComponent(filename)}`)).body
      const { headers: answered } = await fetch(url)
      assert.equal(answered.get('x-injected'), null)
      assert.match(answered.get('content-disposition') ?? '', /^attachment; filename="[^"\r\n]*"; filename\*=UTF-8''/)
    }
  })

  test('pages, which browsers save in place of showing them', async () => {
    const page = new Blob(['<script>alert(1)</script>'], { type: 'text/html' })
    await call(`${service.base}/s3`, upload(page, { filename: 'page.html' }))
    const { url } = (await call(`${service.base}/s3?filename=page.html`)).body
    assert.match((await fetch(url)).headers.get('content-disposition') ?? '', /^attachment; filename="page\.html"/)
  })

  test('names of files that are keys all the same', async () => {
    for (const filename of ['a b+c&d=e?f#g%2F', 'quote\'"`', '한글/😀', '~', '...', 'a//b', '-', 'x'.repeat(1024)]) {
      assert.equal((await call(`${service.base}/s3`, upload(filename, { filename }))).status, 200, filename)
      const { url } = (await call(`${service.base}/s3?filename=${encodeURIComponent(filename)}&verify=true`)).body
      assert.equal(await (await fetch(url)).text(), filename)
    }
  })

  test('a client that sends a byte a second holds nobody up', async () => {
    const slow = connect(port, '127.0.0.1')
    slow.write(
      'POST /default/rds HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 30\r\n\r\n{',
    )
    const { answers } = await load(port, 16, repeatable, { amount: 64 })
    slow.destroy()
    assert.deepEqual(Object.keys(answers), ['200'])
  })
})
