import { execFileSync } from 'node:child_process'

/** Megabytes that a process may seem to have grown by: garbage that is not collected yet is no leak. */
const NOISE = 20

/** The means of a process's memory in the first and in the last third of the time, megabytes. */
export interface Trend {
  readonly pid: number
  readonly before: number
  readonly after: number
  readonly grows: boolean
}

/** Samples the memory of processes each second, until it is asked for their trends. */
export class MemoryWatch {
  readonly #samples = new Map<number, number[]>()
  readonly #read: () => ReadonlyMap<number, number>
  readonly #timer = setInterval(() => this.sample(), 1_000)

  /** @param read megabytes of each process by its id. */
  constructor(read: () => ReadonlyMap<number, number>) {
    this.#read = read
    this.sample()
  }

  sample(): void {
    for (const [pid, megabytes] of this.#read()) this.#samples.set(pid, [...(this.#samples.get(pid) ?? []), megabytes])
  }

  /** Trends of the processes that were there all the time: one that has just started grows. */
  stop(): Trend[] {
    clearInterval(this.#timer)
    this.sample()
    const all = [...this.#samples]
    const longest = Math.max(...all.map(([, each]) => each.length))
    const third = Math.ceil(longest / 3)
    return all
      .filter(([, each]) => each.length === longest)
      .map(([pid, each]) => ({ pid, before: mean(each.slice(0, third)), after: mean(each.slice(-third)) }))
      .map((trend) => ({ ...trend, grows: trend.after - trend.before > NOISE }))
  }
}

const mean = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length

/** Resident megabytes of a process and all below it, by their ids. */
export function memoryOf(root: number): Map<number, number> {
  const ps = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8', maxBuffer: 1 << 26 })
  const processes = ps
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number))
  const tree = new Set([root])
  // A parent may be listed after its child.
  for (let size = 0; size !== tree.size; ) {
    size = tree.size
    for (const [pid = 0, parent = 0] of processes) if (tree.has(parent)) tree.add(pid)
  }
  return new Map(processes.filter(([pid = 0]) => tree.has(pid)).map(([pid = 0, , rss = 0]) => [pid, rss / 1024]))
}
