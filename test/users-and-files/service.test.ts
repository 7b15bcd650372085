/** The whole program: what its parts cannot show, each of which has tests of its own. */
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

/** Statuses other than success, these, and the 404 of a thing that another client has deleted. */
const unlike = (answers: Readonly<Record<string, number>>, ...expected: readonly number[]): string[] =>
  Object.keys(answers).filter((status) => !['200', '204', '404', ...expected.map(String)].includes(status))

test('a file of 4,500,000 bytes goes up and comes down unchanged, one byte more is refused', async () => {
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

test('2,000 clients at once are served or told to come later, and afterwards all is as before; a client that sends a byte a second holds nobody up', async () => {
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

test('damaged requests are all answered, without a 5xx or a detail of the inside', async () => {
  const counts = await sendDamaged(port, samples, Number(process.env.SEED || Date.now() % 1e9), 300)
  assert.ok((counts[422] ?? 0) > 0, JSON.stringify(counts))
})

test('a service that does otherwise is noticed, with what it was sent and its answer', async (t) => {
  const url = await serve(t, (_, response) => response.writeHead(500).end('at Users.create'))
  await assert.rejects(
    sendDamaged(Number(new URL(url).port), samples, 1, 16),
    /seed: \d+.*Counterexample: .*HTTP\/1\.1.*answered "HTTP\/1\.1 500/s,
  )
})

/** Requests of one round, of which there are nine. */
const ROUND = 170
/** Megabytes that an environment may seem to have grown by: garbage that is not collected yet is no leak. */
const NOISE = 20

/** Megabytes by which the environments that some work starts grow from its first three rounds to its last three, on average. */
async function growth(work: (amount: number) => Promise<unknown>): Promise<number> {
  for (const pid of environments()) process.kill(pid)
  // A process that warms up grows.
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

test('memory does not grow with the requests that are served', async () => {
  const megabytes = await growth((amount) => load(port, samples, { connections: 2, amount }))
  assert.ok(megabytes < NOISE, `${megabytes} MB`)
})

test('a function that keeps 40 KB of each request is noticed', async (t) => {
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
