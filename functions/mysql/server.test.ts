import assert from 'node:assert/strict'
import dns from 'node:dns'
import { join } from 'node:path'
import { test } from 'node:test'
import { onMysql } from '../../test/helpers/database.ts'
import { endsAsUnavailable } from '../../test/helpers/unavailable.ts'
import { openDatabase } from '../../test/support.ts'

const { rows, environment } = await openDatabase()
const unavailable = endsAsUnavailable('Could not connect to MySQL database')

// That of MySQL is in a root folder of its own.
if (!onMysql)
  test('a socket is spoken to', async () => {
    const [server] = await rows('SELECT @@datadir AS data, @@socket AS socket')
    const socket = environment({ DB_HOST: join(String(server?.data), String(server?.socket)) })
    assert.deepEqual(await socket.read('SELECT 1 AS one'), [{ one: 1 }])
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
    await unavailable(database.read('SELECT 1'))
    assert.ok(lookup.mock.callCount() > 0)
    lookup.mock.restore()
    await database.read('SELECT 1')
  })
}
