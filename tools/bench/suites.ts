import assert from 'node:assert/strict'
import { type Backends, ROWS } from './backends.ts'
import { type Implementation, implementationsOf, names } from './implementations.ts'
import { type Run, runProcess, type Step } from './run-process.ts'
import { median } from './statistics.ts'
import { events, FILE } from './workload.ts'

/** Values of a column by implementation, in order of rounds; NaN if unknown. */
export type Columns = Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>

interface Suite {
  readonly title: string
  readonly image: string
  /** Steps of fresh processes, and the columns read from them. `warm` phases need a third of the rounds: starts vary more. */
  readonly phases: readonly {
    readonly steps: readonly Step[]
    readonly warm?: true
    readonly columns: Readonly<Record<string, (run: Run) => number>>
  }[]
  /** Verifies the responses and stored data of an implementation. */
  check(implementation: Implementation, backends: Backends): Promise<void>
}

const once = (event: Buffer): Step[] => [[event, 1]]
/** Measures after a thousand requests: V8 optimises a function after 400 calls. */
const warm = (event: Buffer): Step[] => [
  [event, 1000],
  [event, 200],
]
const ready = ({ ready }: Run) => ready
const first = ({ first }: Run) => first
const duration = (step: number) => (run: Run) => median(run.steps[step]?.durations ?? [])
const peak = (step: number) => (run: Run) => run.steps[step]?.peak ?? Number.NaN

export const suites: readonly Suite[] = [
  {
    title: 'Users',
    image: 'rds',
    phases: [
      { steps: once(events.list), columns: { 'start to ready, ms': ready, 'to first answer, ms': first } },
      {
        warm: true,
        steps: [...warm(events.list), ...warm(events.create)],
        columns: { 'GET 100 users, ms': duration(1), 'POST user, ms': duration(3), 'memory, MB': peak(3) },
      },
    ],
    async check(implementation, { connection, restore }) {
      const [list = '', create = ''] = await bodiesOf(implementation, events.list, events.create)
      assert.equal(JSON.parse(list).users.length, ROWS)
      assert.match(create, /User created successfully!/)
      const [rows] = await connection.query('SELECT name, age FROM Users WHERE id > ?', [ROWS])
      assert.deepEqual(rows, [{ name: 'Ada', age: 36 }])
      await restore()
    },
  },
  {
    title: 'Files',
    image: 's3',
    phases: [
      { steps: once(events.link), columns: { 'start to ready, ms': ready, 'to first link, ms': first } },
      { steps: once(events.upload), columns: { 'to first upload, ms': first } },
      { warm: true, steps: warm(events.link), columns: { 'GET link, ms': duration(1) } },
      {
        warm: true,
        steps: [
          [events.largestUpload, 10],
          [events.upload, 15],
        ],
        columns: { 'POST 4 MB, ms': duration(1), 'memory, MB': peak(0) },
      },
    ],
    async check(implementation) {
      const [upload = '', link = ''] = await bodiesOf(implementation, events.upload, events.link)
      assert.match(upload, /File uploaded!/)
      const stored = await (await fetch(JSON.parse(link).url)).bytes()
      assert.ok(FILE.equals(stored), 'it stored other bytes')
    },
  },
]

async function bodiesOf(implementation: Implementation, ...all: readonly Buffer[]): Promise<string[]> {
  const { steps } = await runProcess(implementation, all.flatMap(once))
  return steps.map(({ answer }) => {
    const { statusCode, body } = JSON.parse(answer)
    assert.equal(statusCode, 200, answer)
    return body
  })
}

/** Checks that all implementations do the same work, then measures them. @param rounds fresh processes each, for starts. */
export async function measure(
  { image, title, phases, check }: Suite,
  backends: Backends,
  rounds: number,
): Promise<Columns> {
  const implementations = await implementationsOf(image, backends)
  for (const each of implementations.filter(({ name }) => name !== names.empty))
    await check(each, backends).catch((cause) => {
      throw new Error(`${each.name} does different work: ${cause.message}`, { cause })
    })
  const measured: Record<string, Columns[string]> = {}
  for (const { steps, columns, ...phase } of phases) {
    const times = phase.warm ? Math.ceil(rounds / 3) : rounds
    console.log(`${title}: ${Object.keys(columns).join('; ')}: ${times} rounds of ${implementations.length} …`)
    const all = implementations.map((implementation) => ({ implementation, runs: [] as Run[] }))
    for (let round = 0; round < times; round += 1) {
      // Interleaved in alternating order, so other load on the machine affects all alike.
      for (const { implementation, runs } of round % 2 === 0 ? all : all.toReversed()) {
        runs.push(await runProcess(implementation, steps))
        await backends.restore()
      }
    }
    for (const [column, read] of Object.entries(columns))
      measured[column] = Object.fromEntries(all.map(({ implementation: { name }, runs }) => [name, runs.map(read)]))
  }
  return measured
}
