/** `make mutate`: COUNT=20000 damaged requests that follow from SEED=…, on a service of its own or on that on PORT=…. */
import './closed-output.ts'
import { MemoryWatch, report } from './memory.ts'
import { mutate } from './mutate-clients.ts'
import { running } from './running.ts'

const seed = Number(process.env.SEED || Date.now() % 1e9)
const count = Number(process.env.COUNT || 20_000)
console.log(`SEED=${seed} COUNT=${count}`)
const service = await running()
try {
  let watch: MemoryWatch | undefined
  const { counts, bad } = await mutate(service.port, seed, count, {
    // What a process takes for its first work is no growth.
    onHalf: () => {
      watch = new MemoryWatch(service.memory)
    },
  })
  console.log(JSON.stringify(counts))
  for (const each of bad.slice(0, 20)) console.log(each)
  console.log(bad.length === 0 ? 'all answered, without a 5xx or a detail of the inside' : `${bad.length} bad answers`)
  if (watch && !process.env.PORT) report(watch.stop())
  if (bad.length > 0) process.exitCode = 1
} finally {
  await service.stop()
}
