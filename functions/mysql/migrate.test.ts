import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { captureLog, lambdaContext, openDatabase } from '../../test/support.ts'
import { readEnvironment } from '../http/read-environment.ts'
import type { Session } from './database.ts'
import { mysqlEnvironment } from './environment.ts'
import { applyMigrations, LOCK, type Migration, migrationHandler } from './migrate.ts'

const { account, environment, other, proxy, rows } = await openDatabase({ proxied: true })
// Longer than the wait for another deployment's migrations.
const databases = [1, 2].map(() => environment({}, 10_000))
beforeEach(async () => {
  const { name } = account
  for (const sql of [`DROP DATABASE ${name}`, `CREATE DATABASE ${name} CHARACTER SET utf8mb4`, `USE ${name}`])
    await other.query(sql)
  for (const database of databases) database.close()
})

const run = (all: readonly Migration[], database = databases[0] as Session) => applyMigrations(database, all)
const create = (version: number): Migration => ({
  version,
  name: `create t${version}`,
  sql: `CREATE TABLE t${version} (id INT)`,
})
const broken: Migration = { version: 2, name: 'break things', sql: 'CREATE TABL' }

describe('migrations', () => {
  test('are applied once, in order, and recorded; an older release leaves a newer schema unchanged', async () => {
    const two = [create(1), create(2)]
    assert.deepEqual(await run(two), { applied: ['create t1', 'create t2'], version: 2, warnings: [] })
    for (const older of [two, [create(1)]])
      assert.deepEqual(await run(older), { applied: [], version: 2, warnings: [] })
    assert.deepEqual(await run([...two, create(3)]), { applied: ['create t3'], version: 3, warnings: [] })
    const recorded = await rows('SELECT name FROM schema_migrations ORDER BY version')
    assert.deepEqual(recorded, [{ name: 'create t1' }, { name: 'create t2' }, { name: 'create t3' }])
  })

  test('stop at a failure and name it, release the lock, and resume there', async () => {
    await assert.rejects(run([create(1), broken, create(3)]), { message: 'Migration 2 (break things) failed' })
    assert.deepEqual(await rows('SELECT version FROM schema_migrations'), [{ version: 1 }])
    assert.deepEqual(await rows(`SELECT IS_FREE_LOCK(${LOCK}) AS free`), [{ free: 1 }])
    assert.deepEqual((await run([1, 2, 3].map(create))).applied, ['create t2', 'create t3'])
  })

  test('are applied once by concurrent runs', async () => {
    const all = [1, 2, 3, 4, 5].map(create)
    const results = await Promise.all(databases.map((database) => run(all, database)))
    const names = all.map(({ name }) => name)
    assert.deepEqual(results.map(({ applied }) => applied).sort(), [[], names])
  })

  test('report another run instead of starting', async () => {
    await other.query(`SELECT GET_LOCK(${LOCK}, 1)`)
    await assert.rejects(run([create(1)]), /^Error: Other migrations are running: try again when they are done$/)
    await other.query(`SELECT RELEASE_LOCK(${LOCK})`)
    assert.equal((await run([create(1)])).version, 1)
  })

  test('are named after a lost connection', async () => {
    const losing = { ...create(1), before: () => proxy.stop() }
    await assert.rejects(run([losing]), { message: 'Migration 1 (create t1) failed' })
    await proxy.start()
  })

  test('can be repeated after a crash before their record, if they add or drop a column or key', async () => {
    const sql = ['ADD COLUMN email VARCHAR(254)', 'ADD UNIQUE KEY email (email)', 'DROP KEY email', 'DROP COLUMN email']
    const all = [create(1)]
    for (const change of sql) {
      all.push({ version: all.length + 1, name: change, sql: `ALTER TABLE t1 ${change}` })
      await run(all)
      await other.query('DELETE FROM schema_migrations WHERE version = ?', [all.length])
      assert.deepEqual((await run(all)).applied, [change])
    }
  })
})

test('the handler logs its result in one line; a failure is a function error with a reason, which stops a deployment', async (t) => {
  const lines = captureLog(t)
  const variables = readEnvironment(mysqlEnvironment({}))
  const migrate = (migration: Migration) => migrationHandler(variables, [migration])({} as never, lambdaContext())
  assert.deepEqual(await migrate(create(1)), { applied: ['create t1'], version: 1, warnings: [] })
  await assert.rejects(
    migrate(broken),
    /^Error: Migration 2 \(break things\) failed: You have an error in your SQL syntax/,
  )
  const [{ level, message, version } = {}, failure, ...others] = lines
  assert.deepEqual([level, message, version, others], ['info', 'migrations applied', 1, []])
  assert.equal(failure?.level, 'error')
  assert.match(JSON.stringify(failure.error), /SQL syntax/)
})
