import { names } from './implementations.ts'
import type { measureStack } from './stack-time.ts'
import { median } from './statistics.ts'
import type { Columns } from './suites.ts'

export interface Results {
  /** Columns by suite title. */
  readonly columns: Readonly<Record<string, Columns>>
  readonly stack: Awaited<ReturnType<typeof measureStack>>
}

/** Rounds to three digits, or to an integer from 100. */
export const rounded = (value: number) => (value < 100 ? value.toPrecision(3) : value.toFixed(0))

/** Ratio of ours to another's: the median over the rounds, in which both ran. */
const ratio = (suite: string, column: string, other: string) => (results: Results) => {
  const { [names.ours]: ours = [], [other]: theirs = [] } = results.columns[suite]?.[column] ?? {}
  return median(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)))
}
const memory = (suite: string) => (results: Results) =>
  median(results.columns[suite]?.['memory, MB']?.[names.ours] ?? [])

/** Limits that `make bench` enforces. Times are ratios within one run, since milliseconds depend on the machine. */
const targets: readonly (readonly [name: string, limit: number, value: (results: Results) => number])[] = [
  ['users: first answer, to the original', 1, ratio('Users', 'to first answer, ms', names.original)],
  ['users: first answer, to an empty handler', 1.5, ratio('Users', 'to first answer, ms', names.empty)],
  ['users: GET, to the plain handler', 1.2, ratio('Users', 'GET 100 users, ms', names.plain)],
  ['users: POST, to the plain handler', 1.2, ratio('Users', 'POST user, ms', names.plain)],
  ['files: first upload, to the original', 0.5, ratio('Files', 'to first upload, ms', names.original)],
  ['files: upload, to plain middy', 0.8, ratio('Files', 'POST 4 MB, ms', names.middy)],
  ['the stack around a GET, µs', 40, ({ stack }) => stack.get],
  ['the stack around a POST, µs', 40, ({ stack }) => stack.post],
  ['users: memory, MB', 75, memory('Users')],
  ['files: memory, MB', 128, memory('Files')],
]

/** Compares each target with its measurement: NaN without Python or Linux. */
export const measured = (results: Results) =>
  targets.map(([name, limit, read]) => {
    const value = read(results)
    return { name, limit, figure: Number.isNaN(value) ? 'skipped' : rounded(value), missed: value > limit }
  })
