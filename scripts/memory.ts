import { commandOf } from '../local/process.ts'
import { slope } from './slope.ts'

/** Megabytes that a process may seem to have grown by: what collectors have not collected yet is no leak. */
const NOISE = 20
/** And megabytes a minute, where that is more. */
const FLAT = 2

type Point = readonly [minute: number, megabytes: number]

/** How the memory of one process went. */
export interface Trend {
  readonly name: string
  /** MB at the end. */
  readonly megabytes: number
  /** MB a minute: that of the line through all samples. */
  readonly slope: number
  readonly grows: boolean
}

/** The trend of samples; names the process while it still runs. */
export function trendOf(pid: number, points: readonly Point[]): Trend {
  const minutes = (points.at(-1)?.[0] ?? 0) - (points[0]?.[0] ?? 0)
  const grown = slope(points)
  return {
    name:
      commandOf(pid)
        ?.replaceAll(/\S+\/(?=\S)/g, '')
        .slice(0, 70) ?? String(pid),
    megabytes: points.at(-1)?.[1] ?? 0,
    slope: grown,
    grows: grown * minutes > Math.max(NOISE, FLAT * minutes),
  }
}

/** Samples the memory of processes until it is asked for their trends. */
export class MemoryWatch {
  readonly #samples = new Map<number, Point[]>()
  readonly #start = performance.now()
  readonly #warmUp: number
  /** Those that were there from the beginning. */
  readonly #known: ReadonlySet<number>
  readonly #read: () => ReadonlyMap<number, number>
  readonly #timer: NodeJS.Timeout

  /**
   * @param read bytes of each process by its id.
   * @param warmUp milliseconds before the first sample: a process that has just started grows.
   */
  constructor(read: () => ReadonlyMap<number, number>, warmUp = 10_000, interval = 1_000) {
    this.#read = read
    this.#warmUp = warmUp
    this.#known = new Set(read().keys())
    this.sample()
    this.#timer = setInterval(() => this.sample(), interval)
  }

  sample(): void {
    const passed = performance.now() - this.#start
    if (passed < this.#warmUp) return
    const minute = passed / 60_000
    for (const [pid, bytes] of this.#read())
      if (this.#known.has(pid)) this.#samples.set(pid, [...(this.#samples.get(pid) ?? []), [minute, bytes / 2 ** 20]])
  }

  /** Of the processes that were there all the time. */
  stop(): Trend[] {
    clearInterval(this.#timer)
    const longest = Math.max(0, ...[...this.#samples.values()].map((points) => points.length))
    return [...this.#samples]
      .filter(([, points]) => points.length === longest)
      .map(([pid, points]) => trendOf(pid, points))
  }
}

/** Prints trends; the exit status says whether all are flat. */
export function report(trends: readonly Trend[]): void {
  for (const { name, megabytes, slope: grown, grows } of trends) {
    const sign = grown >= 0 ? '+' : ''
    console.log(`${grows ? '✖' : ' '} ${name}: ${megabytes.toFixed(0)} MB, ${sign}${grown.toFixed(2)} MB/min`)
  }
  const growing = trends.some(({ grows }) => grows)
  if (growing) process.exitCode = 1
  console.log(growing ? 'memory grows' : 'memory is flat')
}
