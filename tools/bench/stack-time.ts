import { createRequire } from 'node:module'
import { median } from './statistics.ts'
import { events } from './workload.ts'

type Handler = (event: unknown, context: unknown) => Promise<{ statusCode: number }>

/** Microseconds at the median of a call of the use case alone, and what the stack adds. */
export interface StackTime {
  readonly name: string
  readonly bare: number
  readonly added: number
}

const WARM_UP = 300
const CALLS = 2000

/**
 * Calls the stack and the bare use case in turn, in this process and without the Runtime API.
 * @param bundle exports `stack` and `bare`. @param variables of the function.
 */
export async function measureStack(bundle: string, variables: Readonly<Record<string, string>>): Promise<StackTime[]> {
  Object.assign(process.env, variables, { AWS_REGION: 'ap-northeast-2' })
  const handlers = createRequire(bundle)(bundle) as { stack: Handler; bare: Handler }
  const write = process.stdout.write
  // Log lines are made, and written nowhere.
  process.stdout.write = () => true
  try {
    return [
      { name: 'GET 100 users', ...(await compare(handlers, events.list)) },
      { name: 'POST user', ...(await compare(handlers, events.create)) },
    ]
  } finally {
    process.stdout.write = write
  }
}

async function compare(handlers: { stack: Handler; bare: Handler }, event: Buffer) {
  const context = { awsRequestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef', getRemainingTimeInMillis: () => 10_000 }
  const timings = { stack: [] as number[], bare: [] as number[] }
  for (let call = -WARM_UP; call < CALLS; call += 1) {
    for (const name of call % 2 === 0 ? (['stack', 'bare'] as const) : (['bare', 'stack'] as const)) {
      // The stack writes into its event, as nobody else will.
      const own = JSON.parse(event.toString())
      const begun = performance.now()
      const { statusCode } = await handlers[name](own, context)
      if (statusCode !== 200) throw new Error(`${name} answered ${statusCode}`)
      if (call >= 0) timings[name].push((performance.now() - begun) * 1000)
    }
  }
  return { bare: median(timings.bare), added: median(timings.stack) - median(timings.bare) }
}
