import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { readSamples } from '../../tools/docs/samples.ts'
import { LambdaFunction } from '../../tools/local/lambda/function.ts'
import { load } from '../../tools/local/stress/load.ts'
import { environments } from './helpers/faults.ts'
import { startTestService } from './helpers/service.ts'

/** Requests before anything is measured: a process that warms up grows. */
const WARM_UP = 500
/** Requests of one round, of which there are nine. */
const ROUND = 170
/** Megabytes that an environment may seem to have grown by: garbage that is not collected yet is no leak. */
const NOISE = 20

/** Megabytes by which an execution environment has grown from the first three rounds of work to the last three, by the mean. */
async function growth(work: () => Promise<unknown>): Promise<number> {
  const sizes: number[] = []
  for (let round = 0; round < 9; round++) {
    await work()
    const rows = execFileSync('ps', ['-o', 'rss=', '-p', environments().join()], { encoding: 'utf8' })
      .trim()
      .split('\n')
    sizes.push(rows.reduce((sum, kilobytes) => sum + Number(kilobytes) / 1024, 0) / rows.length)
  }
  const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)
  return (sum(sizes.slice(-3)) - sum(sizes.slice(0, 3))) / 3
}

describe('memory', () => {
  test('does not grow with the requests that are served', async () => {
    const service = await startTestService({ maxEnvironments: 2 })
    const samples = await readSamples()
    const work = (amount: number) => load(Number(new URL(service.base).port), 8, samples, { amount })
    try {
      await work(WARM_UP)
      const megabytes = await growth(() => work(ROUND))
      assert.ok(megabytes < NOISE, `${megabytes} MB`)
    } finally {
      await service.stop()
    }
  })

  test('that does is noticed', async () => {
    const wiring = { name: 'fn', handler: 'behaviours.leak', memorySize: 256, timeout: 10, environment: {} }
    const code = { type: 'bundle', taskRoot: join(import.meta.dirname, '../../tools/local/lambda/fixtures') } as const
    const leaking = new LambdaFunction({ wiring, code, log: () => {} })
    // What a request would keep that kept 40 KB.
    const megabytes = await growth(() => leaking.invoke({ bytes: ROUND * 40_000 }))
    await leaking.stop()
    assert.ok(megabytes > NOISE, `${megabytes} MB`)
  })
})
