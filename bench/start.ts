/** A first look: `node bench/start.ts [ROUNDS]`. */
import { compare } from './compare.ts'
import type { Contender, Step } from './execution.ts'
import { empty, ours } from './ours.ts'
import { awsRuntime, localRuntime } from './runtime.ts'
import { Stage } from './stage.ts'
import { median, spread } from './statistics.ts'
import { events } from './workload.ts'

const rounds = Number(process.argv[2] ?? 15)
const runtime = process.env.LOCAL ? localRuntime : awsRuntime()
const stage = await Stage.open()
const limit = await empty(runtime, stage)
const [rds, s3] = [await ours('rds', runtime, stage), await ours('s3', runtime, stage)]
const once = (event: Buffer): Step[] => [{ event, times: 1 }]
const ms = (values: number[]) => `${median(values).toFixed(2)} ±${(spread(values) * 100).toFixed(0)}%`

async function table(title: string, contenders: Contender[], steps: Step[], count: number) {
  const runs = await compare(contenders, steps, count, () => stage.restore())
  console.log(`\n${title}`)
  for (const [name, of] of runs) {
    const warm = steps.map((_, i) =>
      steps[i]?.times === 1 ? '-' : ms(of.map((run) => median(run.durations[i] ?? []))),
    )
    console.log(
      name.padEnd(16),
      'ready',
      ms(of.map((run) => run.ready)).padEnd(14),
      'first',
      ms(of.map((run) => run.first)).padEnd(14),
      'MB',
      ms(of.map((run) => run.peakMemory ?? 0)).padEnd(14),
      'warm',
      warm.join(' | '),
    )
  }
}

console.log(runtime.description)
await table('users: start, one GET', [limit, rds], once(events.list), rounds)
await table('files: start, one GET url', [limit, s3], once(events.link), rounds)
await table('files: start, one POST 4 MB', [limit, s3], once(events.upload), rounds)
await table(
  'users: GET x300, POST x300',
  [limit, rds],
  [
    { event: events.list, times: 300 },
    { event: events.create, times: 300 },
  ],
  5,
)
await table(
  'files: GET url x300, POST 4 MB x30',
  [limit, s3],
  [
    { event: events.link, times: 300 },
    { event: events.upload, times: 30 },
  ],
  5,
)
await table('files: POST 4.5 MB x10 (memory)', [limit, s3], [{ event: events.largestUpload, times: 10 }], 3)
await stage.close()
