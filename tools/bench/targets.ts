import { names } from './implementations.ts'
import type { measureStack } from './stack-time.ts'
import { median } from './statistics.ts'
import type { Sample } from './suites.ts'

export interface Results {
  readonly samples: readonly Sample[]
  readonly stack: Awaited<ReturnType<typeof measureStack>>
}

/** Values of one column, in the order of the rounds. */
export const valuesOf = ({ samples }: Results, suite: string, column: string, implementation: string = names.ours) =>
  samples
    .filter((each) => each.suite === suite && each.column === column && each.implementation === implementation)
    .map(({ value }) => value)

/** Ours as a share of another's: the median of the rounds' ratios, in each of which both ran. */
const ratio = (suite: string, column: string, other: string) => (results: Results) => {
  const theirs = valuesOf(results, suite, column, other)
  return median(valuesOf(results, suite, column).map((value, round) => value / (theirs[round] ?? Number.NaN)))
}
const memory = (suite: string) => (results: Results) => median(valuesOf(results, suite, 'memory, MB'))
const added = (index: number) => (results: Results) => results.stack[index]?.added ?? Number.NaN

/** All that `make bench` holds. Times are ratios within one run: milliseconds tell of the machine. NaN where there is no Python, or no Linux. */
const targets: readonly (readonly [name: string, limit: number, value: (results: Results) => number])[] = [
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
  targets.map(([name, limit, read]) => {
    const value = read(results)
    return { name, limit, value, missed: value > limit }
  })
