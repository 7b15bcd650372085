import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { Contender } from './execution.ts'
import { OutputFile } from './output-file.ts'
import type { Timings } from './overhead-process.ts'
import { median } from './statistics.ts'

/** Microseconds of an invocation at the median. */
export interface Overhead {
  readonly bare: number
  /** What our whole stack adds to it. */
  readonly added: number
}

/** Calls of each. */
const CALLS = 2000

/**
 * What the stack adds to the use case it stands around, in one process and without the Runtime API: middlewares, routing, validation,
 * headers, the log line. @param contender a bundle that exports `stack` and `bare`.
 */
export async function measureOverhead({ taskRoot, variables }: Contender, event: Buffer): Promise<Overhead> {
  const output = new OutputFile()
  const child = fork(
    join(import.meta.dirname, 'overhead-process.ts'),
    [join(taskRoot, 'index.js'), event.toString(), String(CALLS)],
    { env: { ...variables, AWS_REGION: 'ap-northeast-2' }, stdio: ['ignore', output.descriptor, 'inherit', 'ipc'] },
  )
  const { stack, bare } = await new Promise<Timings>((resolve, reject) => {
    child.once('message', (timings: Timings) => resolve(timings))
    child.once('exit', (status) => reject(new Error(`The measurement of the stack ended with ${status}`)))
  }).finally(() => output.close())
  return { bare: median(bare), added: median(stack) - median(bare) }
}
