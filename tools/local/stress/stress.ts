/**
 * `make stress`: starts its own `make dev` on temporary data. CLIENTS=64 call every route with its examples for SECONDS=60, while memory
 * is measured. Then it sends COUNT=20000 damaged requests, derived from SEED=….
 */
import '../../process/closed-output.ts'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { readSamples } from '../../docs/samples.ts'
import { defaults } from '../../docs/synthesized.ts'
import { ROOT, run } from '../../process/command.ts'
import { freePort } from '../../process/port.ts'
import { tied } from '../../process/process.ts'
import { sendDamaged } from './damage.ts'
import { load } from './load.ts'

const number = (name: string, otherwise: number) => Number(process.env[name] || otherwise)
const [clients, duration, count] = [number('CLIENTS', 64), number('SECONDS', 60), number('COUNT', 20_000)]
const seed = number('SEED', Date.now() % 1e9)

const { path: LOCAL_DATA, remove } = await mkdtempDisposable(join(tmpdir(), 'stress-'))
const port = await freePort()
// Empty variables override `.env`, which may name the user's own database.
const env = { ...process.env, ...defaults, IMAGES: process.env.IMAGES ?? '', PORT: String(port), LOCAL_DATA }
const command = tied(process.execPath, ['tools/local/dev.ts'])
const dev = spawn(...command, { cwd: ROOT, env, stdio: 'pipe' })
const ended = once(dev, 'exit').then(remove)
process.once('SIGINT', () => ended.then(() => process.exit(130)))

/** Resident megabytes of `make dev` and its child processes, by process id. */
async function memory(): Promise<ReadonlyMap<string, number>> {
  const rows = await run('ps', ['-A', '-o', 'pid=,ppid=,rss=']).catch(() => '')
  const own = [...rows.matchAll(/(\d+) +(\d+) +(\d+)/g)].filter(([, ...ids]) => ids.slice(0, 2).includes(`${dev.pid}`))
  return new Map(own.map(([, pid = '', , kilobytes]) => [pid, Math.round(Number(kilobytes) / 1024)]))
}

try {
  await new Promise<void>((ready, reject) => {
    // The banner contains the address; functions may log before it.
    dev.stdout.on('data', (text) => String(text).includes(`localhost:${port}`) && ready())
    const errors = dev.stderr.setEncoding('utf8').reduce((all: string, text: string) => all + text, '')
    void ended.then(async () => reject(new Error(`make dev has ended:\n${await errors}`)))
  })
  const samples = await readSamples()
  if (samples.length === 0) throw new Error('No api.ts in functions/ defines a route to call.')
  const third = setTimeout((duration * 1000) / 3).then(memory)
  const { answers, requests, latency } = await load(port, samples, { connections: clients, duration })
  const [before, after] = [await third, await memory()]
  console.log(`${clients} clients, ${duration} s: ${JSON.stringify(answers)}, ${requests.average} requests/s`)
  console.log(`p50 ${latency.p50} ms, p90 ${latency.p90} ms, p99 ${latency.p99} ms, slowest ${latency.max} ms`)
  const sizes = [...before].map(([pid, megabytes]) => `${pid} ${megabytes} → ${after.get(pid) ?? 'ended'}`)
  console.log(`MB of each process after a third and at the end: ${sizes.join(', ')}`)
  const statuses = Object.keys(answers)
  if (!statuses.some((status) => status.startsWith('2'))) throw new Error('no request succeeded')
  if (statuses.some((status) => !/^[2-4]/.test(status))) throw new Error('5xx answers or broken connections')

  console.log(`SEED=${seed} COUNT=${count}`)
  const counts = await sendDamaged(port, samples, seed, count)
  console.log(`damaged requests: ${JSON.stringify(counts)}, none with a 5xx or internal details`)
} finally {
  dev.kill()
  await ended
}
