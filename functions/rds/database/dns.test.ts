import assert from 'node:assert/strict'
import dns from 'node:dns'
import { test } from 'node:test'
import { startTestServer } from '../../../test/helpers/database.ts'
import { useDatabase } from '../../../test/users-and-files/helpers/rds.ts'
import { UnavailableError } from '../../http/caller-errors.ts'
import { readEnvironment } from '../../http/read-environment.ts'
import { rdsEnvironmentSchema } from '../environment.ts'
import { Database } from './database.ts'

const failures: Record<string, (callback: (error: Error) => void) => void> = {
  'a name that is not known': (callback) => callback(Object.assign(new Error('not found'), { code: 'ENOTFOUND' })),
  'a resolver that fails': (callback) => callback(Object.assign(new Error('again'), { code: 'EAI_AGAIN' })),
  'a resolver that is silent': () => undefined,
}

test('while names are not resolved the database is unavailable in time; then the first request is served', async (t) => {
  const server = await startTestServer()
  useDatabase({ ...server.database, host: 'localhost' })
  const database = new Database(readEnvironment(rdsEnvironmentSchema))
  t.after(async () => {
    database.close()
    await server.stop()
  })
  await database.read('SELECT 1')
  for (const [name, fail] of Object.entries(failures)) {
    database.close()
    const lookup = t.mock.method(dns, 'lookup', (...args: unknown[]) => fail(args.at(-1) as (error: Error) => void))
    const started = performance.now()
    await assert.rejects(database.read('SELECT 1'), UnavailableError, name)
    assert.ok(performance.now() - started < 10_000, name)
    assert.ok(lookup.mock.callCount() > 0, name)
    lookup.mock.restore()
    await database.read('SELECT 1')
  }
})
