/** Behaviour of the whole program that tests of its parts cannot show. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { readSamples, type Sample } from '../../tools/docs/samples.ts'
import { createFunction } from '../../tools/local/lambda/function.ts'
import { sendDamaged } from '../../tools/local/stress/damage.ts'
import { load } from '../../tools/local/stress/load.ts'
import { eventually } from '../helpers/dev.ts'
import { serve } from '../helpers/server.ts'
import { call, environments, startTestService, type TestService, upload } from './helpers/service.ts'

let service: TestService
let base = ''
let port = 0
let samples: readonly Sample[] = []

before(async () => {
  service = await startTestService()
  samples = await readSamples()
  ;({ base, port } = service)
})
after(() => service.stop())

/** Statuses other than success, `expected`, and the 404 of an item that another client has deleted. */
const unlike = (answers: Readonly<Record<string, number>>, ...expected: readonly number[]): string[] =>
  Object.keys(answers).filter((status) => !['200', '204', '404', ...expected.map(String)].includes(status))

test('stores a file of 4,500,000 bytes unchanged, and refuses one byte more', async () => {
  const filename = 'all/bytes 한글.bin'
  const bytes = Buffer.from(Array.from({ length: 4_500_000 }, (_, index) => index % 256))
  const file = new Blob([bytes], { type: 'image/x-test; charset=utf-8' })
  const { status, body } = await call(`${base}/s3`, upload(file, { filename }))
  const { etag, ...uploaded } = body.file
  assert.deepEqual([status, uploaded], [200, { filename, size: bytes.length, contentType: file.type }])
  const link = await call(`${base}/s3?filename=${encodeURIComponent(filename)}&verify=true`)
  const download = await fetch(link.body.url)
  assert.equal(download.headers.get('content-type'), file.type)
  assert.ok(Buffer.from(await download.arrayBuffer()).equals(bytes))
  const larger = await call(`${base}/s3`, upload(Buffer.concat([bytes, Buffer.from('x')])))
  assert.equal(larger.status, 413)
  assert.match(larger.body.message, /\/s3\/uploads/)
})

test('serves 2,000 clients or answers 429, then recovers, also beside a slow client', async () => {
  const { answers } = await load(port, samples, { connections: 2000, amount: 2000 })
  assert.ok((answers[200] ?? 0) > 0)
  assert.deepEqual(unlike(answers, 429), [], JSON.stringify(answers))
  await eventually(async () => (await call(`${base}/rds?limit=1`)).status === 200)
  const slow = connect(port, '127.0.0.1')
  slow.write('POST /default/rds HTTP/1.1\r\nHost: localhost\r\nContent-Length: 30\r\n\r\n{')
  const calm = await load(port, samples, { connections: 64, amount: 128 })
  slow.destroy()
  assert.deepEqual(unlike(calm.answers), [], JSON.stringify(calm.answers))
})

test('answers damaged requests without a 5xx or internal details', async () => {
  const counts = await sendDamaged(port, samples, Number(process.env.SEED || Date.now() % 1e9), 300)
  assert.ok((counts[422] ?? 0) > 0, JSON.stringify(counts))
})

test('the check for damaged requests reports request and response of a faulty service', async (t) => {
  const url = await serve(t, (_, response) => response.writeHead(500).end('at Users.create'))
  await assert.rejects(
    sendDamaged(Number(new URL(url).port), samples, 1, 16),
    /seed: \d+.*Counterexample: .*HTTP\/1\.1.*answered "HTTP\/1\.1 500/s,
  )
})

/** Requests of each of nine rounds. */
const ROUND = 170
/** Tolerance in megabytes: uncollected garbage is no leak. */
const NOISE = 20

/** Mean growth of the environments' memory from the first three rounds to the last three, in megabytes. */
async function growth(work: (amount: number) => Promise<unknown>): Promise<number> {
  for (const pid of environments()) process.kill(pid)
  // A process grows while it warms up.
  await work(3 * ROUND)
  const sizes: number[] = []
  for (let round = 0; round < 9; round++) {
    await work(ROUND)
    const kilobytes = execFileSync('ps', ['-o', 'rss=', '-p', environments().join()], { encoding: 'utf8' })
    sizes.push(mean(kilobytes.trim().split('\n').map(Number)) / 1024)
  }
  return mean(sizes.slice(-3)) - mean(sizes.slice(0, 3))
}
const mean = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each) / numbers.length

test('memory stays constant over many requests', async () => {
  const megabytes = await growth((amount) => load(port, samples, { connections: 2, amount }))
  assert.ok(megabytes < NOISE, `${megabytes} MB`)
})

test('the memory check detects a leak of 40 KB a request', async (t) => {
  const wiring = { name: 'fn', handler: 'index.handler', memorySize: 256, timeout: 10, environment: {} }
  await using folder = await mkdtempDisposable(join(tmpdir(), 'leak-'))
  const keep = 'const kept = []; exports.handler = async ({ bytes }) => void kept.push(Buffer.alloc(bytes, 1))'
  await writeFile(join(folder.path, 'index.js'), keep)
  const code = { type: 'bundle', taskRoot: folder.path } as const
  const leaking = createFunction({ wiring, code, log: () => {} })
  t.after(() => leaking.stop())
  const megabytes = await growth(() => leaking.invoke({ bytes: ROUND * 40_000 }))
  assert.ok(megabytes > NOISE, `${megabytes} MB`)
})
