import { compare } from './compare.ts'
import type { Contender, Run, Step } from './execution.ts'
import type { Rivals } from './rivals.ts'
import type { Stage } from './stage.ts'
import { median } from './statistics.ts'
import { events } from './workload.ts'

/** Values of one metric, one of each process. */
export type Values = readonly number[]
/** What was measured of a contender, by metric. */
export type Metrics = Readonly<Record<string, Values>>
export type Table = ReadonlyMap<string, Metrics>

/** Requests that warm a process up, and are not measured: V8 optimises a function when it was called 400 times. */
const WARM_UP = 1000
/** Requests that are measured after them. */
const MEASURED = 200

export interface Plan {
  readonly stage: Stage
  /** Fresh processes for what happens at the start; a third of them for what happens later. */
  readonly rounds: number
  /** Told after each process. */
  readonly step: () => void
}

const warmRounds = (rounds: number) => Math.max(3, Math.ceil(rounds / 3))
const once = (event: Buffer): Step[] => [{ event, times: 1 }]
const warm = (event: Buffer): Step[] => [
  { event, times: WARM_UP },
  { event, times: MEASURED },
]

/** Processes that `measureUsers` starts. */
export const usersSteps = ({ whole, empty }: Rivals, rounds: number): number =>
  (whole.length + empty.length) * (rounds + warmRounds(rounds))

/** Start, first page, later pages and creations, memory. */
export async function measureUsers({ whole, empty }: Rivals, { stage, rounds, step }: Plan): Promise<Table> {
  const contenders = [...empty, ...whole]
  const done = async () => {
    await stage.restore()
    step()
  }
  const cold = await compare(contenders, once(events.list), rounds, done)
  const later = await compare(contenders, [...warm(events.list), ...warm(events.create)], warmRounds(rounds), done)
  return table(contenders, {
    ready: [cold, (run) => run.ready],
    first: [cold, (run) => run.first],
    list: [later, (run) => median(run.durations[1] ?? [])],
    create: [later, (run) => median(run.durations[3] ?? [])],
    memory: [later, (run) => run.peaks[3]],
  })
}

/** Processes that `measureFiles` starts. */
export const filesSteps = ({ whole, uploaders, empty }: Rivals, rounds: number): number =>
  (2 * (whole.length + empty.length) + uploaders.length) * (rounds + warmRounds(rounds))

/** Start, first link and first upload, later ones, memory. */
export async function measureFiles({ whole, uploaders, empty }: Rivals, { rounds, step }: Plan): Promise<Table> {
  const done = async () => step()
  const linkers = [...empty, ...whole]
  const all = [...linkers, ...uploaders]
  const link = await compare(linkers, once(events.link), rounds, done)
  const upload = await compare(all, once(events.upload), rounds, done)
  const links = await compare(linkers, warm(events.link), warmRounds(rounds), done)
  const uploads = await compare(
    all,
    [
      { event: events.largestUpload, times: 1 },
      { event: events.largestUpload, times: 9 },
      { event: events.upload, times: 15 },
    ],
    warmRounds(rounds),
    done,
  )
  return table(all, {
    ready: [upload, (run) => run.ready],
    first: [link, (run) => run.first],
    firstUpload: [upload, (run) => run.first],
    link: [links, (run) => median(run.durations[1] ?? [])],
    upload: [uploads, (run) => median(run.durations[2] ?? [])],
    memory: [uploads, (run) => run.peaks[0]],
    memoryLater: [uploads, (run) => run.peaks[1]],
  })
}

type Column = readonly [runs: Map<string, Run[]>, value: (run: Run) => number | undefined]

function table(contenders: readonly Contender[], columns: Readonly<Record<string, Column>>): Table {
  return new Map(
    contenders.map(({ name }) => [
      name,
      Object.fromEntries(
        Object.entries(columns).map(([metric, [runs, value]]) => [
          metric,
          (runs.get(name) ?? []).map(value).filter((number) => number !== undefined),
        ]),
      ),
    ]),
  )
}
