/** `make soak`: 8 clients for MINUTES=10; the memory of every process is sampled, and has to stay flat. */
import { commandOf } from '../local/process.ts'
import { load } from './load-clients.ts'
import { running } from './running.ts'
import { slope } from './slope.ts'

/** MB a minute that the noise of collectors may look like. */
const FLAT = 2
const INTERVAL = 2_000

const minutes = Number(process.env.MINUTES || 10)
const service = await running({ ...process.env, PORT: '' })
const samples = new Map<number, [minute: number, megabytes: number][]>()
try {
  const start = Date.now()
  // What a process takes for its first work is no growth.
  const warm = start + (minutes * 60_000) / 4
  const sampling = setInterval(() => {
    if (Date.now() < warm) return
    for (const [pid, bytes] of service.memory())
      samples.set(pid, [...(samples.get(pid) ?? []), [(Date.now() - start) / 60_000, bytes / 2 ** 20]])
  }, INTERVAL)
  const { counts } = await load(service.port, 8, () => Date.now() - start < minutes * 60_000)
  clearInterval(sampling)
  console.log(`${minutes} min: ${JSON.stringify(counts)}`)
  const longest = Math.max(...[...samples.values()].map((points) => points.length))
  for (const [pid, points] of samples) {
    if (points.length < longest) continue
    const grown = slope(points)
    const last = points.at(-1)?.[1] ?? 0
    console.log(
      `${commandOf(pid)?.slice(0, 60) ?? pid}: ${last.toFixed(0)} MB, ${grown >= 0 ? '+' : ''}${grown.toFixed(2)} MB/min`,
    )
    if (grown > FLAT) process.exitCode = 1
  }
  if (Object.keys(counts).some((status) => status !== '200')) process.exitCode = 1
  console.log(process.exitCode ? `not flat: more than ${FLAT} MB/min, or answers other than 200` : 'flat')
} finally {
  await service.stop()
}
