/** `make soak`: 8 clients for MINUTES=10, IMAGES=1 in containers; the memory of every process is sampled, and has to stay flat. */
import './closed-output.ts'
import { load } from './load-clients.ts'
import { MemoryWatch, report } from './memory.ts'
import { running } from './running.ts'

const minutes = Number(process.env.MINUTES || 10)
const service = await running({ ...process.env, PORT: '' })
try {
  const work = (time: number) => {
    const end = Date.now() + time
    return load(service.port, 8, () => Date.now() < end)
  }
  // What a process takes for its first work is no growth.
  await work(minutes * 15_000)
  const watch = new MemoryWatch(service.memory)
  const { counts } = await work(minutes * 45_000)
  console.log(`${minutes} min, the last three quarters of them: ${JSON.stringify(counts)}`)
  report(watch.stop())
  if (Object.keys(counts).some((status) => status !== '200')) process.exitCode = 1
} finally {
  await service.stop()
}
