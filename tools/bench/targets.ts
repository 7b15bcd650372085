import { names } from './implementations.ts'
import type { StackTime } from './stack-time.ts'
import { median } from './statistics.ts'
import type { Table } from './suites.ts'

/** Tables by the title of their suite, and the time of the stack. */
export interface Results {
  readonly tables: Readonly<Record<string, Table>>
  readonly stack: readonly StackTime[]
}

/** A limit of a figure, which is `undefined` where it was not measured: no Python, or no Linux. */
type Target = readonly [name: string, limit: number, figure: (results: Results) => number | undefined]

/** Ours as a share of another's: the median of the rounds' ratios, in each of which both ran. */
const ratio =
  (suite: string, column: string, other: string) =>
  ({ tables }: Results) => {
    const [mine = [], theirs = []] = [names.ours, other].map((name) => tables[suite]?.get(name)?.[column])
    return theirs.length > 0 ? median(mine.map((value, round) => value / (theirs[round] ?? Number.NaN))) : undefined
  }

const memory =
  (suite: string) =>
  ({ tables }: Results) => {
    const values = tables[suite]?.get(names.ours)?.['memory, MB']
    return values && median(values)
  }

const added =
  (index: number) =>
  ({ stack }: Results) =>
    stack[index]?.added

/** All that `make bench` holds. Times are ratios within one run: milliseconds tell of the machine. */
const targets: readonly Target[] = [
  ['users: first answer, to the original', 1, ratio('Users', 'to first answer, ms', names.original)],
  ['users: first answer, to an empty handler', 1.5, ratio('Users', 'to first answer, ms', names.empty)],
  ['users: GET, to the plain handler', 1.2, ratio('Users', 'GET 100 users, ms', names.plain)],
  ['users: POST, to the plain handler', 1.2, ratio('Users', 'POST user, ms', names.plain)],
  ['files: first upload, to the original', 0.5, ratio('Files', 'to first upload, ms', names.original)],
  ['files: upload, to plain middy', 0.8, ratio('Files', 'POST 4 MB, ms', names.middy)],
  ['the stack around a GET, µs', 40, added(0)],
  ['the stack around a POST, µs', 40, added(1)],
  ['users: memory, MB', 75, memory('Users')],
  ['files: memory, MB', 128, memory('Files')],
]

/** Each target with its limit and what was measured. */
export const measured = (results: Results) =>
  targets.map(([name, limit, figure]) => {
    const value = figure(results)
    return { name, limit, value, missed: (value ?? 0) > limit }
  })
