import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { LambdaFunction } from '../../tools/local/lambda/function.ts'
import { load } from '../../tools/local/stress/load.ts'
import { MemoryWatch, memoryOf } from '../../tools/local/stress/memory.ts'
import { readSamples } from '../../tools/local/stress/samples.ts'
import { environments } from './helpers/faults.ts'
import { startTestService } from './helpers/service.ts'

/** Requests before anything is measured: a process that warms up grows. */
const WARM_UP = 500
const WATCHED = 1_500

/** Of the execution environments that this process has. */
const memory = () => new Map([...memoryOf(process.pid)].filter(([pid]) => environments().includes(pid)))

describe('memory', () => {
  test('does not grow with the requests that are served', async () => {
    const service = await startTestService({ maxEnvironments: 2 })
    const samples = await readSamples()
    const work = (amount: number) => load(Number(new URL(service.base).port), 8, samples, { amount })
    try {
      await work(WARM_UP)
      const watch = new MemoryWatch(memory)
      await work(WATCHED)
      const trends = watch.stop()
      assert.ok(trends.length >= 2)
      assert.deepEqual(
        trends.filter(({ grows }) => grows),
        [],
      )
    } finally {
      await service.stop()
    }
  })

  test('that does is noticed', async () => {
    const wiring = {
      name: 'fn',
      handler: 'behaviours.leak',
      memorySize: 256,
      timeout: 10,
    }
    const code = { type: 'bundle', taskRoot: join(import.meta.dirname, '../../tools/local/lambda/fixtures') } as const
    const leaking = new LambdaFunction({ wiring, code, environment: {}, log: () => {} })
    await leaking.invoke({ bytes: 0 })
    const watch = new MemoryWatch(memory)
    for (let round = 0; round < 10; round++) {
      // What a request would keep that kept 40 KB, in as many requests as are watched above.
      await leaking.invoke({ bytes: (WATCHED / 10) * 40_000 })
      watch.sample()
    }
    const trends = watch.stop()
    await leaking.stop()
    assert.deepEqual(
      trends.map(({ grows }) => grows),
      [true],
    )
  })
})
