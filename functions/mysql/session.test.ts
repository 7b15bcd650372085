import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openDatabase } from '../../test/support.ts'
import { IDEMPOTENCY_KEYS, once } from './idempotency.ts'
import { applyMigrations } from './migrate.ts'

/** Server settings, each of which breaks a guarantee if a session inherits it. */
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
  'TRANSACTION ISOLATION LEVEL READ UNCOMMITTED, READ ONLY',
]
const { connect, environment } = await openDatabase({ globals: DEFAULTS.map((each) => `SET GLOBAL ${each}`) })
const [one, two] = [environment(), environment()]
const table = 'CREATE TABLE notes (id INT AUTO_INCREMENT PRIMARY KEY, text VARCHAR(99)) CHARACTER SET utf8mb4'
for (const sql of [IDEMPOTENCY_KEYS, `${table} ENGINE = InnoDB`]) await one.write(sql)

const text = '홍길동 😀 "\\\''
const insert = async (session = one) => (await session.write('INSERT INTO notes (text) VALUES (?)', [text])).insertId
const create = (database = one) => once(database, { key: 'key', caller: undefined, request: text }, () => insert())
const list = () => two.read<{ id: number; text: string }>('SELECT id, text FROM notes ORDER BY id')

describe('with any server defaults', () => {
  test('others read a write at once and unchanged', async () => {
    assert.deepEqual(await list(), [])
    const ids = [await insert(), await create()]
    assert.deepEqual(
      await list(),
      ids.map((id) => ({ id, text })),
    )
    assert.equal(await create(two), ids[1])
  })

  test('an acknowledged write outlives its connection', async () => {
    const id = await insert()
    await one.write("UPDATE notes SET text = 'changed' WHERE id = ?", [id])
    one.close()
    assert.deepEqual((await list()).at(-1), { id, text: 'changed' })
  })

  test('uncommitted rows of others are not read', async () => {
    const other = await connect()
    await other.query('SET SESSION completion_type = 0')
    await other.query('SET SESSION TRANSACTION READ WRITE')
    await other.query('ROLLBACK')
    await other.query("INSERT INTO notes (text) VALUES ('never')")
    assert.ok((await list()).every((note) => note.text !== 'never'))
    await other.end()
  })

  test('a session is strict, in UTC, waits 1 s for locks, and ends after two idle minutes', async () => {
    const variables =
      '@@sql_mode AS mode, @@time_zone AS zone, @@innodb_lock_wait_timeout AS lock_wait, @@wait_timeout AS idle'
    const expected = { mode: 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', zone: '+00:00', lock_wait: 1, idle: 120 }
    assert.deepEqual(await one.read(`SELECT ${variables}`), [expected])
  })
  test('migrations report settings that no session can change, with the fix', async () => {
    const expected =
      'The server has innodb_flush_log_at_trx_commit=2, so a crash of the server loses the writes of the last second: set it to 1'
    assert.deepEqual((await applyMigrations(one, [])).warnings, [expected])
  })
})
