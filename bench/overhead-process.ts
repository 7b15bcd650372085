/** Runs in a process of its own: calls the whole stack and the bare use case in turn, and sends the microseconds of each home. */
import { createRequire } from 'node:module'
import { lambdaContext } from '../test/helpers/event.ts'

type Handler = (event: unknown, context: unknown) => Promise<{ statusCode: number }>

export interface Timings {
  readonly stack: readonly number[]
  readonly bare: readonly number[]
}

const WARM_UP = 200

async function main([bundle = '', event = '', calls = '']: readonly string[]): Promise<void> {
  const handlers = createRequire(bundle)(bundle) as { stack: Handler; bare: Handler }
  const context = lambdaContext(600)
  const timings = { stack: [] as number[], bare: [] as number[] }
  for (let call = -WARM_UP; call < Number(calls); call += 1) {
    const order = call % 2 === 0 ? (['stack', 'bare'] as const) : (['bare', 'stack'] as const)
    for (const name of order) {
      // The stack writes into its event, as nobody else will.
      const own = JSON.parse(event)
      const begun = process.hrtime.bigint()
      const { statusCode } = await handlers[name](own, context)
      const taken = Number(process.hrtime.bigint() - begun) / 1000
      if (statusCode !== 200) throw new Error(`${name} answered ${statusCode}`)
      if (call >= 0) timings[name].push(taken)
    }
  }
  process.send?.(timings, () => process.exit())
}

await main(process.argv.slice(2))
