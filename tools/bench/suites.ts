import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { type Backends, ROWS } from './backends.ts'
import { type Implementation, names } from './implementations.ts'
import { type Run, runProcess, type Step } from './run-process.ts'
import { median } from './statistics.ts'
import { events, FILE_SIZE, fileOf } from './workload.ts'

/** Values by implementation and column, one of each process. */
export type Table = ReadonlyMap<string, Readonly<Record<string, readonly number[]>>>

/** What fresh processes do, and what is read of each. */
interface Phase {
  readonly name: string
  readonly steps: readonly Step[]
  /** Starts differ more than what happens later, so that a third of the processes is enough for these. */
  readonly warm?: true
  readonly columns: Readonly<Record<string, (run: Run) => number | undefined>>
}

export interface Suite {
  readonly title: string
  readonly image: string
  readonly phases: readonly Phase[]
  /** Holds an implementation against what is stored when it has been called. @throws Error that names it. */
  check(implementation: Implementation, backends: Backends): Promise<void>
}

const once = (event: Buffer): Step[] => [{ event, times: 1 }]
/** What is measured comes after a thousand requests: V8 optimises a function when it was called 400 times. */
const warm = (event: Buffer): Step[] => [
  { event, times: 1000 },
  { event, times: 200 },
]
const durations = (step: number) => (run: Run) => median(run.durations[step] ?? [])

const users: Suite = {
  title: 'Users',
  image: 'rds',
  phases: [
    {
      name: 'starts',
      steps: once(events.list),
      columns: { 'start to ready, ms': ({ ready }) => ready, 'to first answer, ms': ({ first }) => first },
    },
    {
      name: 'requests',
      warm: true,
      steps: [...warm(events.list), ...warm(events.create)],
      columns: {
        'GET 100 users, ms': durations(1),
        'POST user, ms': durations(3),
        'memory, MB': ({ peaks }) => peaks[3],
      },
    },
  ],
  async check(implementation, { connection, restore }) {
    const [list = '', create = ''] = await bodiesOf(implementation, events.list, events.create)
    assert.equal(JSON.parse(list).users.length, ROWS, implementation.name)
    assert.match(create, /User created successfully!/, implementation.name)
    const [rows] = await connection.query('SELECT name, age FROM Users WHERE id > ?', [ROWS])
    assert.deepEqual(rows, [{ name: 'Ada', age: 36 }], implementation.name)
    await restore()
  },
}

const files: Suite = {
  title: 'Files',
  image: 's3',
  phases: [
    {
      name: 'starts with a link',
      steps: once(events.link),
      columns: { 'start to ready, ms': ({ ready }) => ready, 'to first link, ms': ({ first }) => first },
    },
    {
      name: 'starts with an upload',
      steps: once(events.upload),
      columns: { 'to first upload, ms': ({ first }) => first },
    },
    { name: 'links', warm: true, steps: warm(events.link), columns: { 'GET link, ms': durations(1) } },
    {
      name: 'uploads',
      warm: true,
      steps: [
        { event: events.largestUpload, times: 10 },
        { event: events.upload, times: 15 },
      ],
      columns: { 'POST 4 MB, ms': durations(1), 'memory, MB': ({ peaks }) => peaks[0] },
    },
  ],
  async check(implementation) {
    const [upload = '', link = ''] = await bodiesOf(implementation, events.upload, events.link)
    assert.match(upload, /File uploaded!/, implementation.name)
    const stored = await (await fetch(JSON.parse(link).url)).bytes()
    const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
    assert.equal(digest(stored), digest(fileOf(FILE_SIZE)), `${implementation.name} stored other bytes`)
  },
}

export const suites = [users, files]

async function bodiesOf(implementation: Implementation, ...all: readonly Buffer[]): Promise<string[]> {
  const { answers } = await runProcess(implementation, all.flatMap(once))
  return answers.map((answer) => {
    const { statusCode, body } = JSON.parse(answer)
    assert.equal(statusCode, 200, `${implementation.name}: ${answer}`)
    return body
  })
}

/** Checks that all implementations do the same work, then measures them. @param rounds fresh processes of each, for starts. */
export async function measure(
  { title, phases, check }: Suite,
  implementations: readonly Implementation[],
  backends: Backends,
  rounds: number,
): Promise<Table> {
  for (const each of implementations) if (each.name !== names.empty) await check(each, backends)
  const table = new Map(implementations.map(({ name }) => [name, {} as Record<string, number[]>]))
  for (const phase of phases) {
    const times = phase.warm ? Math.ceil(rounds / 3) : rounds
    console.log(`${title}: ${phase.name}, ${times} rounds of ${implementations.length} …`)
    for (let round = 0; round < times; round += 1) {
      // In turn, forwards and backwards: what else the machine does meets all of them alike.
      for (const implementation of round % 2 === 0 ? implementations : implementations.toReversed()) {
        const run = await runProcess(implementation, phase.steps)
        await backends.restore()
        const row = table.get(implementation.name) ?? {}
        for (const [column, read] of Object.entries(phase.columns)) {
          const value = read(run)
          if (value !== undefined) row[column] = [...(row[column] ?? []), value]
        }
      }
    }
  }
  return table
}
