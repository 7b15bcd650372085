import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { openDatabase } from '../../test/support.ts'
import type { Session } from '../mysql/database.ts'
import { applyMigrations } from '../mysql/migrate.ts'
import { migrations } from './migrations.ts'
import { createUsers } from './users.ts'

const { environment, other, rows } = await openDatabase()
const database = environment({}, 20_000)
const list = async () => (await createUsers(database).list({ limit: 10, after: 0 })).users
const tables = async () =>
  Object.fromEntries((await rows("SHOW FULL TABLES LIKE '_sers'")).map((row) => Object.values(row)))
const RENAMED = { Users: 'BASE TABLE', users: 'VIEW' }
const BOTH = { Users: 'BASE TABLE', users: 'BASE TABLE' }
const ADA = { id: 1, name: 'Ada', age: 36 }

/** Restores the schema of the previous version, with one user. */
async function earlierVersion(): Promise<void> {
  for (const sql of [
    'DROP VIEW IF EXISTS users',
    'DROP TABLE IF EXISTS users, users_before, Users, schema_migrations, idempotency_keys',
    'CREATE TABLE users (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255) NOT NULL, age TINYINT UNSIGNED NOT NULL)',
    'CREATE TABLE schema_migrations (version INT PRIMARY KEY, name VARCHAR(255), applied_at TIMESTAMP)',
    "INSERT INTO schema_migrations (version, name) VALUES (1, 'create users'), (2, 'keys')",
    "INSERT INTO users (name, age) VALUES ('Ada', 36)",
  ])
    await other.query(sql)
}
beforeEach(earlierVersion)

describe('the migration to Users', () => {
  test("renames the previous version's table, whose functions keep using the old name", async () => {
    // Prepared by a function of that version, before the migration.
    const insert = () => other.execute('INSERT INTO users (name, age) VALUES (?, ?)', ['Bob', 1])
    await insert()
    assert.deepEqual((await applyMigrations(database, migrations)).applied, ['create Users'])
    assert.deepEqual(await tables(), RENAMED)
    await insert()
    assert.deepEqual(await list(), [ADA, { id: 2, name: 'Bob', age: 1 }, { id: 3, name: 'Bob', age: 1 }])
    assert.deepEqual((await applyMigrations(database, migrations)).applied, [])
  })

  test('resumes after an interruption before any statement', async () => {
    for (let last = 0, finished = false; !finished; last += 1) {
      await earlierVersion()
      let left = last
      const until = (way: 'read' | 'write') => async (sql: string, values?: []) => {
        if (left-- === 0) throw new Error('crash')
        return database[way](sql, values)
      }
      const crashing = { read: until('read'), write: until('write') } as Session
      finished = await applyMigrations(crashing, migrations).then(
        () => true,
        () => false,
      )
      await applyMigrations(database, migrations)
      assert.deepEqual([await tables(), await list()], [RENAMED, [ADA]])
    }
  })

  test('uses Users, from the course, beside an empty users, and changes neither', async () => {
    await other.query('DELETE FROM users')
    await other.query(
      'CREATE TABLE Users (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255), age INT) CHARACTER SET euckr',
    )
    await other.query("INSERT INTO Users (name, age) VALUES ('홍길동', 4000), (NULL, NULL)")
    const definition = await rows('SHOW CREATE TABLE Users')
    await applyMigrations(database, migrations)
    assert.deepEqual([await rows('SHOW CREATE TABLE Users'), await tables()], [definition, BOTH])
    assert.deepEqual(await list(), [
      { id: 1, name: '홍길동', age: 4000 },
      { id: 2, name: null, age: null },
    ])
  })

  test('stops if both have rows, names both, and changes neither', async () => {
    await other.query("CREATE TABLE Users SELECT 1 AS id, 'Ann' AS name, 30 AS age")
    await assert.rejects(applyMigrations(database, migrations), ({ cause }: Error) =>
      /^The tables Users and users both exist, and users has rows/.test((cause as Error).message),
    )
    assert.deepEqual(await tables(), BOTH)
    await other.query('RENAME TABLE users TO users_before')
    await applyMigrations(database, migrations)
    assert.deepEqual(await tables(), RENAMED)
  })
})
