/** `make load`: CLIENTS=64 for SECONDS=60 through the local gateway; IMAGES=1 in containers, PORT=… on a service that runs. */
import './closed-output.ts'
import { load, quantile } from './load-clients.ts'
import { running } from './running.ts'

const clients = Number(process.env.CLIENTS || 64)
const seconds = Number(process.env.SECONDS || 60)
const service = await running()
try {
  const end = Date.now() + seconds * 1000
  const result = await load(service.port, clients, () => Date.now() < end)
  const { counts, durations } = result
  const [p50, p99, slowest] = [0.5, 0.99, 1].map((part) => `${quantile(result, part).toFixed(1)} ms`)
  console.log(`${clients} clients, ${seconds} s: ${JSON.stringify(counts)}`)
  console.log(`${(durations.length / seconds).toFixed(0)} requests/s, p50 ${p50}, p99 ${p99}, slowest ${slowest}`)
  if (Object.keys(counts).some((status) => status !== '200')) process.exitCode = 1
} finally {
  await service.stop()
}
