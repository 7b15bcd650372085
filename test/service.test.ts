/** The whole program: what its parts cannot show, each of which has tests of its own. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { after, before, test } from 'node:test'
import { sendDamaged } from '../scripts/stress/damage.ts'
import { load } from '../scripts/stress/load.ts'
import { repeatable } from '../scripts/stress/requests.ts'
import { eventually } from './helpers/dev.ts'
import { call, startTestService, type TestService, upload } from './helpers/service.ts'

let service: TestService
let base = ''
let port = 0

before(async () => {
  service = await startTestService()
  base = service.base
  port = Number(new URL(base).port)
})
after(() => service.stop())

/** Every error has this shape and nothing of the inside in it. */
function assertError(answer: Awaited<ReturnType<typeof call>>, status: number, paths?: readonly string[]): void {
  assert.equal(answer.status, status, JSON.stringify(answer.body))
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/)
  assert.equal(typeof answer.body.message, 'string')
  assert.match(answer.body.requestId, /^[0-9a-f-]{36}$/)
  if (paths)
    assert.deepEqual(
      answer.body.errors.map((error: { path: string }) => error.path),
      paths,
    )
  assert.doesNotMatch(JSON.stringify(answer.body), /SELECT|127\.0\.0\.1|my-lambda|node_modules|\.ts:/)
}

test('a user created with an idempotency key is there once when the first answer was lost', async () => {
  const create = (key: string) =>
    call(`${base}/rds`, { method: 'POST', json: { name: 'Once', age: 1 }, headers: { 'Idempotency-Key': key } })
  const { id } = (await create('before')).body.user
  const socket = connect(Number(new URL(base).port), '127.0.0.1')
  const body = '{"name":"Once","age":1}'
  socket.end(
    `POST /default/rds HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: lost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  )
  await once(socket, 'data')
  socket.destroy()
  const repeated = await create('lost')
  assert.equal(repeated.status, 200)
  assert.deepEqual((await call(`${base}/rds?after=${id}`)).body.users, [repeated.body.user])
})

test('a file of 4,500,000 bytes goes up and comes down unchanged, one byte more is refused', async () => {
  const bytes = Buffer.from(Array.from({ length: 4_500_000 }, (_, index) => index % 256))
  const file = new Blob([bytes], { type: 'image/x-test; charset=utf-8' })
  const { status, body } = await call(`${base}/s3`, upload(file, { filename: 'all/bytes 한글.bin' }))
  const etag = createHash('md5').update(bytes).digest('hex')
  const expected = {
    filename: 'all/bytes 한글.bin',
    size: bytes.length,
    contentType: 'image/x-test; charset=utf-8',
    etag,
  }
  assert.deepEqual([status, body], [200, { message: 'File uploaded!', file: expected }])

  const link = await call(`${base}/s3?filename=${encodeURIComponent('all/bytes 한글.bin')}&verify=true`)
  assert.equal(link.body.expiresIn, 3600)
  const download = await fetch(link.body.url)
  assert.equal(download.headers.get('content-type'), 'image/x-test; charset=utf-8')
  assert.match(download.headers.get('content-disposition') ?? '', /^attachment; filename=".*"; filename\*=UTF-8''/)
  assert.ok(Buffer.from(await download.arrayBuffer()).equals(bytes))

  const larger = await call(`${base}/s3`, upload(Buffer.concat([bytes, Buffer.from('x')])))
  assertError(larger, 413)
  assert.match(larger.body.message, /\/s3\/uploads/)
})

test('text that is not UTF-8 is refused, wherever it comes in', async () => {
  // 홍길동 in code page 949, as `curl -d` sends it from a Korean console.
  const bytes = [0xc8, 0xab, 0xb1, 0xe6, 0xb5, 0xbf]
  const body = Buffer.from(`{"name":"${String.fromCharCode(...bytes)}","age":1}`, 'latin1')
  const headers = { 'content-type': 'application/json' }
  assertError(await call(`${base}/rds`, { method: 'POST', headers, body }), 422, ['name'])
  for (const name of ['\ufffd.png', '%ED%95%9C%EF%BF%BD'])
    assertError(await call(`${base}/s3`, upload('x', {}, name)), 422, ['filename'])
  for (const query of ['%C8%AB%B1%E6', '%EF%BF%BD'])
    assertError(await call(`${base}/s3?filename=${query}`), 422, ['filename'])
  const json = { filename: '\ufffd', size: 1, contentType: 'text/\ufffd' }
  assertError(await call(`${base}/s3/uploads`, { method: 'POST', json }), 422, ['filename', 'contentType'])
})

test('the log has one line a request, with nothing private in it', async () => {
  const from = service.log.length
  await call(`${base}/rds`, { method: 'POST', json: { name: 'Confidential', age: 1 } })
  const { body } = await call(`${base}/s3?filename=private.txt`)
  assert.match((await call(`${base}/s3?filename=private.txt&verify=true`)).body.message, /private\.txt/)
  const lines = service.log.slice(from)
  assert.equal(lines.length, 3)
  assert.deepEqual(
    lines.map((line) => [JSON.parse(line).method, JSON.parse(line).status]),
    [
      ['POST', 200],
      ['GET', 200],
      ['GET', 404],
    ],
  )
  assert.doesNotMatch(lines.join(), /Confidential|private|X-Amz-Signature|password/)
  assert.ok(body.url.includes('X-Amz-Signature'))
})

test('2,000 clients at once are served or told to come later, and afterwards all is as before', async () => {
  const { answers } = await load(port, 2000, repeatable, { amount: 2000 })
  assert.ok((answers[200] ?? 0) > 0)
  assert.equal((answers[200] ?? 0) + (answers[429] ?? 0), 2000, JSON.stringify(answers))
  await eventually(async () => (await call(`${base}/rds?limit=1`)).status === 200)
  const calm = await load(port, 64, repeatable, { amount: 128 })
  assert.deepEqual(Object.keys(calm.answers), ['200'], JSON.stringify(calm.answers))
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

test('a client that sends a byte a second holds nobody up', async () => {
  const slow = connect(port, '127.0.0.1')
  slow.write(
    'POST /default/rds HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 30\r\n\r\n{',
  )
  const { answers } = await load(port, 16, repeatable, { amount: 64 })
  slow.destroy()
  assert.deepEqual(Object.keys(answers), ['200'])
})
