import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { createFunction } from '../local/lambda/function.ts'
import { commandOf } from '../local/process.ts'
import { load } from '../scripts/load-clients.ts'
import { MemoryWatch, type Trend, trendOf } from '../scripts/memory.ts'
import { memoryOf } from '../scripts/running.ts'
import { childrenOf } from './helpers/dev.ts'
import { startTestService } from './helpers/service.ts'

/** Requests before anything is measured: a process that warms up grows. */
const WARM_UP = 500
const WATCHED = 1_500

/** Of the execution environments that this process has. */
const memory = () => {
  const environments = childrenOf(process.pid).filter((pid) => commandOf(pid)?.includes('runtime.mjs'))
  return new Map([...memoryOf(process.pid)].filter(([pid]) => environments.includes(pid)))
}

describe('memory', () => {
  test('does not grow with the requests that are served', async () => {
    const service = await startTestService({ maxEnvironments: 2 })
    const work = (requests: number) => load(Number(new URL(service.base).port), 8, (sent) => sent < requests)
    try {
      await work(WARM_UP)
      const watch = new MemoryWatch(memory, 0)
      await work(WATCHED)
      const trends = watch.stop()
      assert.equal(trends.length, 2)
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
      image: 'rds',
      handler: 'behaviours.leak',
      memorySize: 256,
      timeout: 10,
      environment: {},
    }
    const code = { type: 'bundle', taskRoot: join(import.meta.dirname, '../local/lambda/fixtures') } as const
    const leaking = createFunction({ wiring, code, environment: {}, log: () => {} })
    await leaking.invoke({ bytes: 0 })
    const watch = new MemoryWatch(memory, 0)
    for (let round = 0; round < 10; round++) {
      // What a request would keep that kept 40 KB, in as many requests as are watched above.
      await leaking.invoke({ bytes: (WATCHED / 10) * 40_000 })
      watch.sample()
    }
    const trends: Trend[] = watch.stop()
    await leaking.stop()
    assert.deepEqual(
      trends.map(({ grows }) => grows),
      [true],
    )
  })

  test('may go up and down, and a little up in a long time', () => {
    const points = (megabytes: (minute: number) => number) =>
      Array.from({ length: 100 }, (_, index) => [index / 10, megabytes(index / 10)] as const)
    const grows = (megabytes: (minute: number) => number) => trendOf(0, points(megabytes)).grows
    assert.equal(
      grows((minute) => 100 + 10 * Math.sin(minute * 9)),
      false,
    )
    assert.equal(
      grows((minute) => 100 + 1.9 * minute),
      false,
    )
    assert.equal(
      grows((minute) => 100 + 2.5 * minute),
      true,
    )
  })
})
