import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { openDatabase } from '../../test/users-and-files/helpers/rds.ts'
import type { Database } from './database/database.ts'
import { migrations } from './migrations.ts'
import { renameUsers } from './rename-users.ts'
import { createUsers } from './users.ts'

const { server, environment, other, rows, empty } = await openDatabase()
const database = environment({}, 20_000)
const { applyMigrations } = await import('./migrate.ts')
beforeEach(empty)

const migrate = () => applyMigrations(database, migrations)
const tables = async () => {
  const found = await rows("SHOW FULL TABLES LIKE '_sers'")
  return Object.fromEntries(found.map((row) => Object.values(row)))
}
const RENAMED = { Users: 'BASE TABLE', users: 'VIEW' }

/** What the version before left behind, with a user in it. */
async function earlierVersion(): Promise<void> {
  await other.query(`CREATE TABLE users (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255) NOT NULL, age TINYINT UNSIGNED NOT NULL
  ) ENGINE = InnoDB`)
  await other.query('CREATE TABLE schema_migrations (version INT PRIMARY KEY, name VARCHAR(255), applied_at TIMESTAMP)')
  await other.query("INSERT INTO schema_migrations (version, name) VALUES (1, 'create users'), (2, 'keys')")
  await other.query("INSERT INTO users (name, age) VALUES ('Ada', 36)")
}
const courseTable = (charset: string) =>
  other.query(
    `CREATE TABLE Users (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255), age INT) CHARACTER SET ${charset}`,
  )
const INSERT = 'INSERT INTO users (name, age) VALUES (?, ?)'

describe('migrations', () => {
  test('create Users in an empty database, and nothing beside it', async () => {
    await migrate()
    assert.deepEqual(await tables(), { Users: 'BASE TABLE' })
  })

  test("rename an earlier version's table, whose functions and rollback go on by its name", async () => {
    await earlierVersion()
    // Statements that functions of that version have prepared before.
    const running = await server.connect()
    await running.execute(INSERT, ['Bob', 1])
    assert.deepEqual((await migrate()).applied, ['create Users'])
    assert.deepEqual(await tables(), RENAMED)
    const [{ insertId }] = (await running.execute(INSERT, ['Cid', 2])) as unknown as [{ insertId: number }]
    assert.equal(insertId, 3)
    await running.execute('UPDATE users SET name = ?, age = ? WHERE id = ?', ['Eve', 3, 2])
    await running.execute('DELETE FROM users WHERE id = ?', [1])
    await running.end()
    const { users } = await createUsers(database).list({ limit: 10, after: 0 })
    assert.deepEqual(users, [
      { id: 2, name: 'Eve', age: 3 },
      { id: 3, name: 'Cid', age: 2 },
    ])
    assert.deepEqual(await migrate(), { applied: [], version: 3, warnings: [] })
  })

  test('that are interrupted before any of their statements end as if they had not been', async () => {
    for (let last = 0, finished = false; !finished; last += 1) {
      await other.query('DROP VIEW IF EXISTS users')
      await other.query('DROP TABLE IF EXISTS users, Users, schema_migrations, idempotency_keys')
      await earlierVersion()
      let left = last
      const statement = () => {
        if (left-- === 0) throw new Error('crash')
      }
      const crashing: Pick<Database, 'read' | 'write'> = {
        read: async (sql, values) => {
          statement()
          return database.read(sql, values)
        },
        write: async (sql, values) => {
          statement()
          return database.write(sql, values)
        },
      }
      finished = await applyMigrations(crashing, migrations).then(
        () => true,
        () => false,
      )
      await migrate()
      assert.deepEqual(await tables(), RENAMED)
      assert.deepEqual(await rows('SELECT id, name, age FROM Users'), [{ id: 1, name: 'Ada', age: 36 }])
    }
  })

  test('use Users where users is there and empty, and change neither', async () => {
    await courseTable('euckr')
    await other.query("INSERT INTO Users (name, age) VALUES ('홍길동', 4000), (NULL, NULL)")
    await earlierVersion()
    await other.query('DELETE FROM users')
    const definition = await rows('SHOW CREATE TABLE Users')
    await migrate()
    assert.deepEqual(await rows('SHOW CREATE TABLE Users'), definition)
    assert.deepEqual(await tables(), { Users: 'BASE TABLE', users: 'BASE TABLE' })
    const { users } = await createUsers(database).list({ limit: 10, after: 0 })
    assert.deepEqual(users, [
      { id: 1, name: '홍길동', age: 4000 },
      { id: 2, name: null, age: null },
    ])
  })

  test('stop where both have rows, name both, and change neither', async () => {
    await courseTable('utf8mb3')
    await other.query("INSERT INTO Users (name, age) VALUES ('Ann', 30)")
    await earlierVersion()
    await assert.rejects(migrate(), /^Error: The tables Users and users both exist, and users has rows/)
    assert.deepEqual(await tables(), { Users: 'BASE TABLE', users: 'BASE TABLE' })
    assert.equal((await rows('SELECT * FROM users')).length + (await rows('SELECT * FROM Users')).length, 2)
    await other.query('RENAME TABLE users TO users_before')
    await migrate()
    assert.deepEqual(await tables(), RENAMED)
  })

  test('that may not create a view change nothing, and say what they need', async () => {
    await earlierVersion()
    const refused = {
      read: database.read.bind(database),
      write: (sql: string) => (sql.includes('VIEW') ? Promise.reject(new Error('denied')) : database.write(sql)),
    }
    await assert.rejects(renameUsers(refused, 2), /grant CREATE VIEW/)
    assert.deepEqual(await tables(), { users: 'BASE TABLE' })
  })
})

test('where the server tells no case of names apart, both are one table, which stays', async () => {
  const folded = {
    read: async () => [{ folded: 1 }] as never,
    write: async () => assert.fail('nothing is to be changed'),
  }
  await renameUsers(folded, 2)
})
