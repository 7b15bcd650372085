import { names } from './contenders.ts'
import type { Table } from './measure.ts'
import type { Overhead } from './overhead.ts'
import { median } from './statistics.ts'

export interface Results {
  readonly users: Table
  readonly files: Table
  readonly overhead: { readonly list: Overhead; readonly create: Overhead }
}

interface Target {
  readonly name: string
  readonly limit: number
  /** `undefined` where it was not measured: no Python, or no Linux. */
  readonly figure: (results: Results) => number | undefined
}

/** Ours as a share of another's: the median of the rounds' ratios, in each of which both ran. */
function ratio(table: Table, metric: string, other: string): number | undefined {
  const [mine = [], theirs = []] = [names.ours, other].map((name) => table.get(name)?.[metric])
  if (theirs.length === 0) return undefined
  return median(mine.map((value, round) => value / (theirs[round] ?? Number.NaN)))
}

function memory(table: Table): number | undefined {
  const values = table.get(names.ours)?.memory ?? []
  return values.length > 0 ? median(values) : undefined
}

/** All that `make bench` holds. Times are ratios within one run: milliseconds tell of the machine. */
export const targets: readonly Target[] = [
  {
    name: 'users: first answer, to the original',
    limit: 1,
    figure: ({ users }) => ratio(users, 'first', names.original),
  },
  {
    name: 'users: first answer, to an empty handler',
    limit: 1.5,
    figure: ({ users }) => ratio(users, 'first', names.empty),
  },
  { name: 'users: GET, to the plain handler', limit: 1.2, figure: ({ users }) => ratio(users, 'list', names.plain) },
  { name: 'users: POST, to the plain handler', limit: 1.2, figure: ({ users }) => ratio(users, 'create', names.plain) },
  {
    name: 'files: first upload, to the original',
    limit: 0.5,
    figure: ({ files }) => ratio(files, 'firstUpload', names.original),
  },
  { name: 'files: upload, to plain middy', limit: 0.8, figure: ({ files }) => ratio(files, 'upload', names.middy) },
  { name: 'the stack around a GET, µs', limit: 40, figure: ({ overhead }) => overhead.list.added },
  { name: 'the stack around a POST, µs', limit: 40, figure: ({ overhead }) => overhead.create.added },
  { name: 'users: memory, MB', limit: 75, figure: ({ users }) => memory(users) },
  { name: 'files: memory, MB', limit: 128, figure: ({ files }) => memory(files) },
]

/** The targets that were missed. */
export const missed = (results: Results): string[] =>
  targets.filter(({ figure, limit }) => (figure(results) ?? 0) > limit).map(({ name }) => name)
