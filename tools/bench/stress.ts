/**
 * `make stress`: CLIENTS=64 for SECONDS=60, then COUNT=20000 damaged requests that follow from SEED=…, with the memory of every process
 * watched. On a service of its own, IMAGES=1 in containers; or on that on PORT=…, whose processes are not known.
 */
import '../process/closed-output.ts'
import { commandOf } from '../process/process.ts'
import { sendDamaged } from './stress/damage.ts'
import { load } from './stress/load.ts'
import { MemoryWatch, memoryOf } from './stress/memory.ts'
import { repeatable } from './stress/requests.ts'
import { startService } from './stress/service.ts'

const { CLIENTS, SECONDS, COUNT, SEED, PORT, IMAGES } = process.env
const [clients, duration, count] = [Number(CLIENTS || 64), Number(SECONDS || 60), Number(COUNT || 20_000)]
const seed = Number(SEED || Date.now() % 1e9)
const failed = (message: string) => {
  process.exitCode = 1
  console.log(`✖ ${message}`)
}

const own = PORT ? undefined : await startService(IMAGES)
const port = own?.port ?? Number(PORT)
process.once('SIGINT', async () => {
  await own?.stop()
  process.exit(130)
})
try {
  // What a process takes for its first work is no growth.
  await load(port, clients, repeatable, { duration: Math.min(10, duration) })
  const watch = own && new MemoryWatch(() => memoryOf(own.pid))
  const { answers, requests, latency } = await load(port, clients, repeatable, { duration })
  console.log(`${clients} clients, ${duration} s: ${JSON.stringify(answers)}, ${requests.average} requests/s`)
  console.log(`p50 ${latency.p50} ms, p90 ${latency.p90} ms, p99 ${latency.p99} ms, slowest ${latency.max} ms`)
  if (Object.keys(answers).some((status) => status !== '200')) failed('answers other than 200')

  console.log(`SEED=${seed} COUNT=${count}`)
  await sendDamaged(port, seed, count).then(
    (counts) => console.log(`damaged requests: ${JSON.stringify(counts)}, none a 5xx or with a detail of the inside`),
    (error: Error) => failed(error.message),
  )
  for (const { pid, before, after, grows } of watch?.stop() ?? []) {
    const name = commandOf(pid)
      ?.replaceAll(/\S+\/(?=\S)/g, '')
      .slice(0, 70)
    const line = `${name}: ${before.toFixed(0)} → ${after.toFixed(0)} MB`
    if (grows) failed(`grows: ${line}`)
    else console.log(line)
  }
} finally {
  await own?.stop()
}
