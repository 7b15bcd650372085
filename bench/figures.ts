import type { BudgetName } from './budgets.ts'
import type { Table } from './functions.ts'
import { names } from './names.ts'
import type { Overhead } from './overhead.ts'
import { median } from './statistics.ts'

/** What every budget is about. */
export interface Measured {
  readonly users: Table
  readonly files: Table
  /** Of a page of users. */
  readonly overhead: Overhead
  /** Bytes of code. */
  readonly code: { readonly rds: number; readonly s3: number }
}

/**
 * Ours, or that of another, as a share of a third's: the median of the rounds' ratios, in each of which they ran one after the other.
 * `undefined` where the other was not there.
 */
export function ratio(table: Table, metric: string, other: string, one: string = names.ours): number | undefined {
  const [mine = [], theirs = []] = [one, other].map((name) => table.get(name)?.[metric])
  if (theirs.length === 0) return undefined
  return median(mine.map((value, round) => value / (theirs[round] ?? Number.NaN)))
}

const middle = (table: Table, name: string, metric: string): number | undefined => {
  const values = table.get(name)?.[metric] ?? []
  return values.length > 0 ? median(values) : undefined
}

/** What uploading takes beyond taking in the event and giving an answer back. */
function ownUpload(files: Table, name: string, empty: string): number {
  return (middle(files, name, 'upload') ?? Number.NaN) - (middle(files, empty, 'upload') ?? Number.NaN)
}

type Figure = (measured: Measured) => number | undefined

/** The figure of each budget; `undefined` where it cannot be told on this machine. */
export const figures: Readonly<Record<BudgetName, Figure>> = {
  'users: first answer, to Python': ({ users }) => ratio(users, 'first', names.python),
  'users: first answer, to an empty handler': ({ users }) => ratio(users, 'first', names.empty),
  'users: GET, to Python': ({ users }) => ratio(users, 'list', names.python),
  'users: POST, to Python': ({ users }) => ratio(users, 'create', names.python),
  'files: ready, to Python': ({ files }) => ratio(files, 'ready', names.python),
  'files: first answer (a link), to Python': ({ files }) => ratio(files, 'first', names.python),
  'files: first answer (an upload), to Python': ({ files }) => ratio(files, 'firstUpload', names.python),
  'files: upload, to Python': ({ files }) => ratio(files, 'upload', names.python),
  'files: upload, to Python, both without their runtime client': ({ files }) =>
    files.has(names.python)
      ? ownUpload(files, names.ours, names.empty) / ownUpload(files, names.python, names.emptyPython)
      : undefined,
  'files: upload, to the least of any client': ({ files }) => ratio(files, 'upload', names.least),
  'files: link, to Python': ({ files }) => ratio(files, 'link', names.python),
  'users: the stack and GET, to GET alone': ({ overhead: { added, bare } }) => (added + bare) / bare,
  'users: memory, MB': ({ users }) => middle(users, names.ours, 'memory'),
  'files: memory with an upload of 4.5 MB, MB': ({ files }) => middle(files, names.ours, 'memory'),
  'rds: code, bytes': ({ code }) => code.rds,
  's3: code, bytes': ({ code }) => code.s3,
}

/** The same figure of what does nothing, or of the least that an upload can be: no handler on this runtime can go below it. */
export const floors: Readonly<Partial<Record<BudgetName, Figure>>> = {
  'users: first answer, to Python': ({ users }) => ratio(users, 'first', names.python, names.empty),
  'users: GET, to Python': ({ users }) => ratio(users, 'list', names.python, names.empty),
  'users: POST, to Python': ({ users }) => ratio(users, 'create', names.python, names.empty),
  'files: ready, to Python': ({ files }) => ratio(files, 'ready', names.python, names.empty),
  'files: first answer (a link), to Python': ({ files }) => ratio(files, 'first', names.python, names.empty),
  'files: first answer (an upload), to Python': ({ files }) => ratio(files, 'firstUpload', names.python, names.least),
  'files: upload, to Python': ({ files }) => ratio(files, 'upload', names.python, names.least),
  'files: link, to Python': ({ files }) => ratio(files, 'link', names.python, names.empty),
}
