import type { Throughput } from './environments.ts'
import type { Measured } from './figures.ts'
import type { PageCost, Point } from './growth.ts'
import type { Overhead } from './overhead.ts'

/** All that `make bench` measures, and where. */
export interface Results extends Measured {
  /** `2026-11-24`. */
  readonly date: string
  readonly machine: string
  readonly versions: readonly string[]
  /** What drove the handlers. */
  readonly runtime: string
  /** What drove Python's. */
  readonly pythonRuntime: string
  /** Fresh processes of each contender. */
  readonly rounds: number
  readonly overheads: { readonly list: Overhead; readonly create: Overhead; readonly link: Overhead }
  readonly growth: { readonly files: readonly Point[]; readonly pages: readonly Point[] }
  readonly tables: readonly PageCost[]
  readonly throughput: Throughput
}
