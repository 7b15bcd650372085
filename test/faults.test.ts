import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { call, startTestService, type TestService, upload } from './helpers/service.ts'

/** Milliseconds from a database's or store's return to the first answer. */
const RECOVERY = 2000

const get = (service: TestService) => call(`${service.base}/rds`)

function assertUnavailable(answer: Awaited<ReturnType<typeof call>>, message?: string): void {
  assert.equal(answer.status, 503)
  assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/)
  if (message) assert.equal(answer.body.message, message)
  assert.doesNotMatch(JSON.stringify(answer.body), /ECONN|127\.0\.0\.1/)
}

async function recovered(attempt: () => Promise<{ status: number }>): Promise<void> {
  for (const since = Date.now(); ; ) {
    const { status } = await attempt()
    if (status === 200) return
    assert.ok(Date.now() - since < RECOVERY, `still ${status} after ${Date.now() - since} ms`)
  }
}

test('a database that is absent at the start is a 503, until it is there', async () => {
  const service = await startTestService({ migrated: false })
  try {
    assertUnavailable(await get(service), 'Could not connect to MySQL database')
    await assert.rejects(service.migrate(), /migrations failed/)
    await service.database.start()
    await service.migrate()
    await recovered(() => get(service))
  } finally {
    await service.stop()
  }
})

describe('while it runs', () => {
  let service: TestService
  before(async () => {
    service = await startTestService()
  })
  after(() => service.stop())

  test('a database that is killed again and again loses nothing that was acknowledged', async () => {
    const acknowledged: number[] = []
    let writing = true
    const writer = async () => {
      while (writing) {
        const { status, body } = await call(`${service.base}/rds`, { method: 'POST', json: { name: 'Writer', age: 1 } })
        assert.ok(status === 200 || status === 503, String(status))
        if (status === 200) acknowledged.push(body.user.id)
      }
    }
    const writers = [writer(), writer(), writer()]
    const wrote = async (count: number) => {
      for (const target = acknowledged.length + count; acknowledged.length < target; ) await get(service)
    }
    for (let kill = 0; kill < 3; kill++) {
      await wrote(10)
      await service.database.kill()
      assertUnavailable(await get(service), 'Could not connect to MySQL database')
      await service.database.start()
      await recovered(() => get(service))
    }
    await wrote(1)
    writing = false
    await Promise.all(writers)
    const { body } = await call(`${service.base}/rds?limit=1000`)
    const stored = new Set(body.users.map((user: { id: number }) => user.id))
    assert.deepEqual(
      acknowledged.filter((id) => !stored.has(id)),
      [],
    )
  })

  test('a store that is away is a 503, and links are made without it', async () => {
    await service.store.stop()
    assertUnavailable(await call(`${service.base}/s3`, upload('x', { filename: 'a' })))
    assertUnavailable(await call(`${service.base}/s3?filename=a&verify=true`))
    assert.equal((await call(`${service.base}/s3?filename=a`)).status, 200)
    await service.store.start()
    await recovered(() => call(`${service.base}/s3`, upload('x', { filename: 'a' })))
  })
})
