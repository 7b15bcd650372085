import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { captureLog, lambdaContext } from '../../test/support.ts'
import { openDatabase } from '../../test/users-and-files/helpers/rds.ts'
import type { Database } from './database/database.ts'
import { type Migration, migrations } from './migrations.ts'

const { environment, other, rows, empty } = await openDatabase()
// Longer than the wait for another deployment's migrations.
const databases = [1, 2].map(() => environment({}, 10_000))
const { applyMigrations } = await import('./migrate.ts')
const { migrate } = await import('./index.ts')
beforeEach(empty)

const run = (all: readonly Migration[], database = databases[0] as Database) => applyMigrations(database, all)
const create = (version: number, table = `t${version}`): Migration => ({
  version,
  name: `create ${table}`,
  sql: `CREATE TABLE ${table} (id INT)`,
})
const broken: Migration = { version: 2, name: 'break things', sql: 'CREATE TABL' }

describe('migrations', () => {
  test('are applied once, in their order, and recorded', async () => {
    const two = [create(1), create(2)]
    assert.deepEqual(await run(two), { applied: ['create t1', 'create t2'], version: 2, warnings: [] })
    assert.deepEqual(await run(two), { applied: [], version: 2, warnings: [] })
    assert.deepEqual(await run([...two, create(3)]), { applied: ['create t3'], version: 3, warnings: [] })
    const recorded = await rows('SELECT name FROM schema_migrations ORDER BY version')
    assert.deepEqual(
      recorded.map(({ name }) => name),
      ['create t1', 'create t2', 'create t3'],
    )
  })

  test('of an older release do nothing to a newer schema', async () => {
    await run([create(1), create(2)])
    assert.deepEqual(await run([create(1)]), { applied: [], version: 2, warnings: [] })
  })

  test('stop at the one that fails, which is named, leave no lock behind, and go on from there', async () => {
    await assert.rejects(run([create(1), broken, create(3)]), { message: 'Migration 2 (break things) failed' })
    assert.deepEqual(await rows('SELECT version FROM schema_migrations'), [{ version: 1 }])
    assert.deepEqual(await rows("SELECT IS_FREE_LOCK('my_lambda.migrations') AS free"), [{ free: 1 }])
    const mended = [create(1), create(2), create(3)]
    assert.deepEqual(await run(mended), { applied: ['create t2', 'create t3'], version: 3, warnings: [] })
  })

  test('by two at once are applied once', async () => {
    const all = [1, 2, 3, 4, 5].map((version) => create(version))
    const results = await Promise.all(databases.map((database) => run(all, database)))
    assert.deepEqual(
      results.map(({ version }) => version),
      [5, 5],
    )
    assert.deepEqual(
      results.flatMap(({ applied }) => applied),
      all.map(({ name }) => name),
    )
  })

  test('do not start while others run, and say so', async () => {
    await other.query("SELECT GET_LOCK('my_lambda.migrations', 1)")
    await assert.rejects(run([create(1)]), /^Error: Other migrations are running: try again when they are done$/)
    await other.query("SELECT RELEASE_LOCK('my_lambda.migrations')")
    assert.equal((await run([create(1)])).version, 1)
  })

  test('that fail with the connection are named all the same', async () => {
    const lost = new Error('lost')
    const database = {
      read: async <TRow>(sql: string) => {
        if (sql.includes('RELEASE_LOCK')) throw lost
        return (sql.includes('GET_LOCK') ? [{ free: 1 }] : []) as TRow[]
      },
      write: async (sql: string) => {
        if (sql.includes('t1')) throw lost
        return {} as never
      },
    }
    await assert.rejects(applyMigrations(database, [create(1)]), {
      message: 'Migration 1 (create t1) failed',
      cause: lost,
    })
  })
})

describe("the program's own migrations", () => {
  test('count up, without gaps', () => {
    assert.deepEqual(
      migrations.map(({ version }) => version),
      migrations.map((_, index) => index + 2),
    )
  })

  test('can each be repeated, as after a crash between one and its record', async () => {
    await run(migrations)
    await other.query('DELETE FROM schema_migrations')
    assert.equal((await run(migrations)).applied.length, migrations.length)
  })

  test('that add or drop a column or a key can be repeated, too', async () => {
    const sql = ['ADD COLUMN email VARCHAR(254)', 'ADD UNIQUE KEY email (email)', 'DROP KEY email', 'DROP COLUMN email']
    const changes = sql.map((change, index) => ({
      version: index + 4,
      name: change,
      sql: `ALTER TABLE Users ${change}`,
    }))
    for (const last of changes) {
      const all = [...migrations, ...changes.filter(({ version }) => version <= last.version)]
      await run(all)
      await other.query('DELETE FROM schema_migrations WHERE version = ?', [last.version])
      assert.deepEqual((await run(all)).applied, [last.name])
    }
  })

  test("leave the original's table and its users as they are", async () => {
    await other.query(
      'CREATE TABLE Users (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255) NOT NULL, age INT NOT NULL)',
    )
    await other.query("INSERT INTO Users (name, age) VALUES ('Ann', 30)")
    const columns = "SHOW COLUMNS FROM Users WHERE Field IN ('id', 'name', 'age')"
    const before = await rows(columns)
    await run(migrations)
    assert.deepEqual(await rows(columns), before)
    assert.deepEqual(await rows('SELECT id, name, age FROM Users'), [{ id: 1, name: 'Ann', age: 30 }])
  })

  test('say what that table does not take', async () => {
    await other.query(
      'CREATE TABLE Users (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255), age INT) DEFAULT CHARSET = latin1',
    )
    assert.match((await run(migrations)).warnings.join(), /^Users.name is latin1/)
    assert.equal((await run(migrations)).warnings.length, 1)
  })
})

describe('the handler', () => {
  const invoke = () => migrate({} as never, lambdaContext())
  const latest = migrations.at(-1)?.version
  test('answers with what was done, and says it in one line', async (t) => {
    const lines = captureLog(t)
    const names = migrations.map(({ name }) => name)
    assert.deepEqual(await invoke(), { applied: names, version: latest, warnings: [] })
    assert.deepEqual(await invoke(), { applied: [], version: latest, warnings: [] })
    assert.deepEqual(
      lines.map(({ level, message, version }) => ({ level, message, version })),
      [1, 2].map(() => ({ level: 'info', message: 'migrations applied', version: latest })),
    )
  })

  test('fails as a function, so that a deployment stops, and says why in one line', async (t) => {
    const lines = captureLog(t)
    await other.query('CREATE TABLE schema_migrations (wrong INT)')
    await assert.rejects(invoke(), /Unknown column/)
    assert.equal(lines.length, 1)
    assert.equal(lines[0]?.level, 'error')
    assert.match(JSON.stringify(lines[0]?.error), /Unknown column/)
  })
})
