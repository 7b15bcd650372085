/**
 * `make stress`: CLIENTS=64 for SECONDS=60 call every route with its examples; then COUNT=20000 damaged requests that follow from
 * SEED=…. On a `make dev` of its own, the memory of whose processes is watched; or on that on PORT=….
 */
import '../../process/closed-output.ts'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaults } from '../../docs/synthesized.ts'
import { ROOT } from '../../process/command.ts'
import { freePort } from '../../process/port.ts'
import { commandOf, tied } from '../../process/process.ts'
import { sendDamaged } from './damage.ts'
import { load } from './load.ts'
import { MemoryWatch, memoryOf } from './memory.ts'
import { readSamples } from './samples.ts'

const number = (name: string, otherwise: number) => Number(process.env[name] || otherwise)
const [clients, duration, count] = [number('CLIENTS', 64), number('SECONDS', 60), number('COUNT', 20_000)]
const seed = number('SEED', Date.now() % 1e9)

/** Runs `make dev` on temporary data. Empty variables hide those of `.env`: nobody's own database is put under stress. */
async function startDev() {
  const { path: LOCAL_DATA, remove } = await mkdtempDisposable(join(tmpdir(), 'stress-'))
  const port = await freePort()
  const { IMAGES = '' } = process.env
  const env = { ...process.env, ...defaults, IMAGES, PORT: String(port), LOCAL_DATA }
  const child = spawn(...tied(process.execPath, ['tools/local/dev.ts']), { cwd: ROOT, env })
  const ended = once(child, 'exit').then(remove)
  const ready = Promise.withResolvers<void>()
  let errors = ''
  child.stderr.on('data', (text) => {
    errors += text
  })
  // The banner names the address; lines of functions may come before it.
  child.stdout.on('data', (text) => String(text).includes(`localhost:${port}`) && ready.resolve())
  void ended.then(() => ready.reject(new Error(`make dev has ended:\n${errors}`)))
  await ready.promise
  return { port, pid: child.pid ?? 0, stop: () => child.kill() && ended }
}

function fail(message: string): void {
  process.exitCode = 1
  console.log(`✖ ${message}`)
}

const own = process.env.PORT ? undefined : await startDev()
const port = own?.port ?? number('PORT', 0)
process.once('SIGINT', async () => {
  await own?.stop()
  process.exit(130)
})
try {
  const samples = await readSamples(own ? 'default' : 'own')
  if (samples.length === 0) throw new Error('No api.ts in functions/ defines a route: there is nothing to call.')
  // A process grows until it has done its first work.
  await load(port, clients, samples, { duration: Math.min(10, duration) })
  const watch = own && new MemoryWatch(() => memoryOf(own.pid))
  const { answers, requests, latency } = await load(port, clients, samples, { duration })
  console.log(`${clients} clients, ${duration} s: ${JSON.stringify(answers)}, ${requests.average} requests/s`)
  console.log(`p50 ${latency.p50} ms, p90 ${latency.p90} ms, p99 ${latency.p99} ms, slowest ${latency.max} ms`)
  const statuses = Object.keys(answers)
  if (!statuses.some((status) => status.startsWith('2'))) fail('no request succeeded')
  if (statuses.some((status) => !/^[2-4]/.test(status))) fail('5xx answers or broken connections')

  console.log(`SEED=${seed} COUNT=${count}`)
  await sendDamaged(port, samples, seed, count).then(
    (counts) => console.log(`damaged requests: ${JSON.stringify(counts)}, none a 5xx or with a detail of the inside`),
    (error: Error) => fail(error.message),
  )
  for (const { pid, before, after, grows } of watch?.stop() ?? []) {
    const line = `${commandOf(pid)
      ?.replaceAll(/\S+\/(?=\S)/g, '')
      .slice(0, 70)}: ${before.toFixed(0)} → ${after.toFixed(0)} MB`
    if (grows) fail(`grows: ${line}`)
    else console.log(line)
  }
} finally {
  await own?.stop()
}
