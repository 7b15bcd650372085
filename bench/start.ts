/** A first look: `node bench/start.ts [ROUNDS] [ALL=1] [LOCAL=1]`. */
import { compare } from './compare.ts'
import { Contenders } from './contenders.ts'
import type { Contender, Step } from './execution.ts'
import { filesRivals, usersRivals } from './rivals.ts'
import { awsRuntime, localRuntime } from './runtime.ts'
import { sameFiles, sameUsers } from './same-answers.ts'
import { Stage } from './stage.ts'
import { median, spread } from './statistics.ts'
import { events } from './workload.ts'

const rounds = Number(process.argv[2] ?? 15)
const warm = Math.ceil(rounds / 3)
const runtime = process.env.LOCAL ? localRuntime : awsRuntime()
const stage = await Stage.open()
const contenders = new Contenders(runtime, stage)
const limit = await contenders.empty()
let users = await usersRivals(contenders)
let files = await filesRivals(contenders)
if (!process.env.ALL) [users, files] = [users.slice(0, 2), files.slice(0, 2)]
const least = await contenders.bare('least upload', 'least-upload', 's3')
for (const c of users) await sameUsers(c, stage)
for (const c of files) await sameFiles(c)
console.log('answers are the same')
const once = (event: Buffer): Step[] => [{ event, times: 1 }]
const ms = (values: number[]) => `${median(values).toFixed(2)} ±${(spread(values) * 100).toFixed(0)}%`.padEnd(14)

async function table(title: string, these: Contender[], steps: Step[], count: number) {
  const runs = await compare(these, steps, count, () => stage.restore())
  console.log(`\n${title}`)
  for (const [name, of] of runs) {
    const times = steps.map((_, i) => ms(of.map((run) => median(run.durations[i] ?? []))))
    const cells = [of.map((run) => run.ready), of.map((run) => run.first), of.map((run) => run.peaks.at(-1) ?? 0)].map(
      ms,
    )
    console.log(name.padEnd(18), 'ready', cells[0], 'first', cells[1], 'MB', cells[2], 'p50', times.join(''))
  }
}

console.log(runtime.description)
await table('users: start, one GET', [limit, ...users], once(events.list), rounds)
await table('files: start, one GET url', [limit, ...files], once(events.link), rounds)
await table('files: start, one POST 4 MB', [limit, ...files, least], once(events.upload), rounds)
await table(
  'users: GET x300, POST x300',
  [limit, ...users],
  [
    { event: events.list, times: 300 },
    { event: events.create, times: 300 },
  ],
  warm,
)
await table('files: GET url x300', [limit, ...files], [{ event: events.link, times: 300 }], warm)
await table(
  'files: POST 4 MB x30',
  [limit, contenders.python('empty Python', 'empty'), ...files, least],
  [{ event: events.upload, times: 30 }],
  warm,
)
await table(
  'files: POST 4.5 MB x10 (memory)',
  [limit, ...files, least],
  [{ event: events.largestUpload, times: 10 }],
  warm,
)
await stage.close()
