import { type Contender, execute, type Run, type Step } from './execution.ts'
import type { Stage } from './stage.ts'
import { median } from './statistics.ts'
import { events } from './workload.ts'

/** Values by metric, one of each process. */
export type Metrics = Readonly<Record<string, readonly number[]>>
/** Metrics by contender. */
export type Table = ReadonlyMap<string, Metrics>

/** Requests that warm a process up, and are not measured: V8 optimises a function when it was called 400 times. */
const WARM_UP = 1000
const MEASURED = 200

const once = (event: Buffer): Step[] => [{ event, times: 1 }]
const warm = (event: Buffer): Step[] => [
  { event, times: WARM_UP },
  { event, times: MEASURED },
]
/** Fresh processes for what happens later; starts differ more. */
const warmRounds = (rounds: number) => Math.ceil(rounds / 3)

/** Start, first page, later pages and creations, memory. */
export async function measureUsers(contenders: readonly Contender[], stage: Stage, rounds: number): Promise<Table> {
  const restore = () => stage.restore()
  const cold = await compare('users: starts', contenders, once(events.list), rounds, restore)
  const steps = [...warm(events.list), ...warm(events.create)]
  const later = await compare('users: requests', contenders, steps, warmRounds(rounds), restore)
  return table(contenders, {
    ready: [cold, ({ ready }) => ready],
    first: [cold, ({ first }) => first],
    list: [later, ({ durations }) => median(durations[1] ?? [])],
    create: [later, ({ durations }) => median(durations[3] ?? [])],
    memory: [later, ({ peaks }) => peaks[3]],
  })
}

/** Start, first link, first upload, later ones, memory. */
export async function measureFiles(contenders: readonly Contender[], rounds: number): Promise<Table> {
  const link = await compare('files: starts with a link', contenders, once(events.link), rounds)
  const upload = await compare('files: starts with an upload', contenders, once(events.upload), rounds)
  const links = await compare('files: links', contenders, warm(events.link), warmRounds(rounds))
  const steps = [
    { event: events.largestUpload, times: 10 },
    { event: events.upload, times: 15 },
  ]
  const uploads = await compare('files: uploads', contenders, steps, warmRounds(rounds))
  return table(contenders, {
    ready: [link, ({ ready }) => ready],
    first: [link, ({ first }) => first],
    firstUpload: [upload, ({ first }) => first],
    link: [links, ({ durations }) => median(durations[1] ?? [])],
    upload: [uploads, ({ durations }) => median(durations[1] ?? [])],
    memory: [uploads, ({ peaks }) => peaks[0]],
  })
}

/** Runs contenders in turn, forwards and backwards: what else the machine does meets all of them alike. */
async function compare(
  title: string,
  contenders: readonly Contender[],
  steps: readonly Step[],
  rounds: number,
  done: () => Promise<void> = async () => {},
): Promise<Map<string, Run[]>> {
  console.log(`${title}, ${rounds} rounds of ${contenders.length} …`)
  const runs = new Map(contenders.map(({ name }) => [name, [] as Run[]]))
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
      runs.get(contender.name)?.push(await execute(contender, steps))
      await done()
    }
  }
  return runs
}

type Column = readonly [runs: Map<string, Run[]>, value: (run: Run) => number | undefined]

function table(contenders: readonly Contender[], columns: Readonly<Record<string, Column>>): Table {
  const values = (name: string, [runs, value]: Column) =>
    (runs.get(name) ?? []).map(value).filter((number) => number !== undefined)
  const metrics = (name: string) =>
    Object.fromEntries(Object.entries(columns).map(([metric, column]) => [metric, values(name, column)]))
  return new Map(contenders.map(({ name }) => [name, metrics(name)]))
}
