/** What needs a server of its own. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import dns from 'node:dns'
import { join } from 'node:path'
import { test } from 'node:test'
import { startTestServer, useDatabase } from '../../test/helpers/database.ts'
import { endsAsUnavailable } from '../../test/helpers/unavailable.ts'
import type { Database } from './database.ts'

const { server, environment } = await useDatabase(await startTestServer())
const read = (database: Database) => database.read('SELECT 1')
const unavailable = endsAsUnavailable('Could not connect to MySQL database')

test('a socket is spoken to', async () => {
  const DB_HOST = join(server.directory, 'mariadb', 'server.sock')
  await assert.rejects(read(environment({ DB_HOST })), /Access denied for user .*@'localhost'/)
})

const failures: Record<string, (callback: (error: Error) => void) => void> = {
  'a name that is not known': (callback) => callback(Object.assign(new Error('not found'), { code: 'ENOTFOUND' })),
  'a resolver that fails': (callback) => callback(Object.assign(new Error('again'), { code: 'EAI_AGAIN' })),
  'a resolver that is silent': () => undefined,
}
for (const [name, fail] of Object.entries(failures)) {
  test(`${name} is a database that is unavailable in time; then the first request is served`, async (t) => {
    const database = environment({ DB_HOST: 'localhost' })
    const lookup = t.mock.method(dns, 'lookup', (...args: unknown[]) => fail(args.at(-1) as (error: Error) => void))
    await unavailable(read(database))
    assert.ok(lookup.mock.callCount() > 0)
    lookup.mock.restore()
    await read(database)
  })
}

test('a server that hangs, stops and comes back', async () => {
  const [idle, busy] = [environment(), environment()]
  const both = (each: (call: Promise<unknown>) => Promise<unknown>) => Promise.all([idle, busy].map(read).map(each))
  await read(idle)
  const used = performance.now()
  while (performance.now() - used < 600) await read(busy)
  const pid = server.server.pid() as number
  process.kill(pid, 'SIGSTOP')
  try {
    // It stops some time after it was told.
    while (!execFileSync('ps', ['-o', 'state=', '-p', String(pid)]).includes('T'));
    await both(unavailable)
  } finally {
    process.kill(pid, 'SIGCONT')
  }
  await server.server.stop()
  await both(unavailable)
  await server.server.start()
  await both((call) => call)
})
