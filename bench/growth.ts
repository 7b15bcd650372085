import { slope } from '../scripts/slope.ts'
import { compare } from './compare.ts'
import { type Contender, Execution } from './execution.ts'
import type { Stage } from './stage.ts'
import { median } from './statistics.ts'
import { page, uploadOf } from './workload.ts'

/** What a size costs. */
export interface Point {
  /** Bytes, or rows. */
  readonly size: number
  readonly milliseconds: number
  /** MB; `NaN` where the system does not tell. */
  readonly memory: number
}

/** A line through points, and how far they are from it. */
export interface Line {
  readonly slope: number
  readonly intercept: number
  /** The largest distance of a point, as a share of the largest value. */
  readonly deviation: number
}

export const FILE_SIZES = [1000, 10_000, 100_000, 500_000, 1_000_000, 2_000_000, 3_000_000, 4_500_000]
export const PAGE_SIZES = [1, 10, 50, 100, 250, 500, 1000]
const ROUNDS = 3

/** Steps of all that is measured here. */
export const growthSteps = (FILE_SIZES.length + PAGE_SIZES.length) * ROUNDS + 2

/** Uploads of each size, each in processes of its own. */
export function growthOfFiles(ours: Contender, step: () => void): Promise<Point[]> {
  return grow(ours, FILE_SIZES, uploadOf, { warmUp: 3, measured: 10 }, step)
}

/** Pages of each size from a table that holds the largest. */
export async function growthOfPages(ours: Contender, stage: Stage, step: () => void): Promise<Point[]> {
  await stage.fill(1001)
  try {
    return await grow(ours, PAGE_SIZES, page, { warmUp: 100, measured: 100 }, step)
  } finally {
    await stage.fill()
  }
}

async function grow(
  ours: Contender,
  sizes: readonly number[],
  eventOf: (size: number) => Buffer,
  { warmUp, measured }: { readonly warmUp: number; readonly measured: number },
  step: () => void,
): Promise<Point[]> {
  const milliseconds = sizes.map((): number[] => [])
  const memory = sizes.map((): number[] => [])
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, size] of sizes.entries()) {
      const event = eventOf(size)
      const steps = [
        { event, times: warmUp },
        { event, times: measured },
      ]
      for (const runs of (await compare([ours], steps, 1)).values()) {
        for (const { durations, peaks } of runs) {
          milliseconds[index]?.push(median(durations[1] ?? []))
          memory[index]?.push(...peaks.slice(1))
        }
      }
      step()
    }
  }
  return sizes.map((size, index) => ({
    size,
    milliseconds: median(milliseconds[index] ?? []),
    memory: median(memory[index] ?? []),
  }))
}

/** The line of the least squares through one of the values. */
export function lineThrough(points: readonly Point[], value: 'milliseconds' | 'memory'): Line {
  const pairs = points.map((point) => [point.size, point[value]] as const)
  const rise = slope(pairs)
  const mean = (index: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[index], 0) / pairs.length
  const intercept = mean(1) - rise * mean(0)
  const largest = Math.max(...pairs.map(([, y]) => y))
  const deviation = Math.max(...pairs.map(([x, y]) => Math.abs(y - (intercept + rise * x)))) / largest
  return { slope: rise, intercept, deviation }
}

/** Rows of the large table. */
export const MANY_ROWS = 1_000_000
const FEW_ROWS = 1000
const PAGE = 100

/** Where a page of 100 lies, and what it takes in a small and in a large table, milliseconds. */
export interface PageCost {
  readonly where: 'first' | 'middle' | 'last'
  readonly few: number
  readonly many: number
}

/** A page of 100 at the beginning, in the middle and at the end, of 1,000 rows and of 1,000,000. */
export async function pagesOfTables(ours: Contender, stage: Stage, step: () => void): Promise<PageCost[]> {
  const timesOf = async (rows: number) => {
    await stage.fill(rows)
    const execution = new Execution(ours)
    try {
      await execution.start()
      const pages = [0, rows / 2, rows - PAGE].map((after) => page(PAGE, after))
      const times = pages.map((): number[] => [])
      for (let call = -100; call < 300; call += 1) {
        for (const [index, event] of pages.entries()) {
          const begun = performance.now()
          await execution.invoke(event)
          if (call >= 0) times[index]?.push(performance.now() - begun)
        }
      }
      step()
      return times.map(median)
    } finally {
      await execution.end()
    }
  }
  const few = await timesOf(FEW_ROWS)
  const many = await timesOf(MANY_ROWS)
  await stage.fill()
  return (['first', 'middle', 'last'] as const).map((where, index) => ({
    where,
    few: few[index] ?? Number.NaN,
    many: many[index] ?? Number.NaN,
  }))
}
