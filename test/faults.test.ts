import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { eventually } from './helpers/dev.ts'
import { call, startTestService, type TestService, upload } from './helpers/service.ts'

const get = (service: TestService) => call(`${service.base}/rds`)

function assertUnavailable(answer: Awaited<ReturnType<typeof call>>, message?: string): void {
  assert.equal(answer.status, 503)
  assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/)
  if (message) assert.equal(answer.body.message, message)
  assert.doesNotMatch(JSON.stringify(answer.body), /ECONN|127\.0\.0\.1/)
}

const recovered = (attempt: () => Promise<{ status: number }>) =>
  eventually(async () => (await attempt()).status === 200)

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

  test('a store that is away is a 503, and links are made without it', async () => {
    await service.store.stop()
    assertUnavailable(await call(`${service.base}/s3`, upload('x', { filename: 'a' })))
    assertUnavailable(await call(`${service.base}/s3?filename=a&verify=true`))
    assert.equal((await call(`${service.base}/s3?filename=a`)).status, 200)
    await service.store.start()
    await recovered(() => call(`${service.base}/s3`, upload('x', { filename: 'a' })))
  })
})
