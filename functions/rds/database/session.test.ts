import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openDatabase } from '../../../test/users-and-files/helpers/rds.ts'
import { migrations } from '../migrations.ts'
import { createUsers } from '../users.ts'
import { serverWarnings } from '../warnings.ts'
import type { Database } from './database.ts'

/** Defaults of a server that break each promise, where a session takes them. */
const DEFAULTS = [
  'autocommit = 0',
  'completion_type = 1',
  "init_connect = 'SET NAMES latin1; BEGIN'",
  "sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,NO_AUTO_VALUE_ON_ZERO'",
  "time_zone = '+09:00'",
  'sql_safe_updates = 1',
  'sql_select_limit = 1',
  'max_join_size = 1',
  'foreign_key_checks = 0',
  'innodb_flush_log_at_trx_commit = 2',
]
const ISOLATION = 'SET GLOBAL TRANSACTION ISOLATION LEVEL READ UNCOMMITTED, READ ONLY'

const globals = [...DEFAULTS.map((each) => `SET GLOBAL ${each}`), ISOLATION]
const { server, environment } = await openDatabase({ globals })
const one = environment()
const two = environment()
for (const { sql } of migrations) await one.write(sql)

const hong = { name: '홍길동 😀 "\\\'', age: 30 }
const list = async (database: Database) => (await createUsers(database).list({ limit: 10, after: 0 })).users

describe("whatever the server's defaults are", () => {
  test('a user that was created is there for others at once, character by character', async () => {
    assert.deepEqual(await list(two), [])
    const users = [await createUsers(one).create(hong), await createUsers(one).create(hong, 'key')]
    assert.deepEqual(await list(two), users)
    assert.deepEqual(await createUsers(two).create(hong, 'key'), users[1])
  })

  test('what was acknowledged outlives its connection', async () => {
    const { id } = await createUsers(one).create(hong)
    await createUsers(one).replace(id, { ...hong, age: 31 })
    one.close()
    assert.equal((await createUsers(two).get(id)).age, 31)
    await createUsers(two).remove(id)
    two.close()
    await assert.rejects(createUsers(one).get(id))
  })

  test('what others have not committed is not read', async () => {
    const other = await server.connect()
    await other.query('SET SESSION completion_type = 0')
    await other.query('SET SESSION TRANSACTION READ WRITE')
    await other.query('ROLLBACK')
    await other.query('INSERT INTO Users (name, age) VALUES (?, ?)', ['never', 1])
    assert.ok((await list(one)).every(({ name }) => name !== 'never'))
    await other.end()
  })

  test('what no session can change is told', async () => {
    assert.deepEqual(await serverWarnings(one), [
      'The server has innodb_flush_log_at_trx_commit=2, so a crash of the server loses the writes of the last second: set it to 1',
    ])
  })

  test('its session ends after two minutes without use', async () => {
    const [row] = await one.read<{ seconds: number }>('SELECT @@wait_timeout AS seconds')
    assert.equal(row?.seconds, 120)
  })
})
