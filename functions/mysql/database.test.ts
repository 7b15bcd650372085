import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, test } from 'node:test'
import { endsAsUnavailable } from '../../test/helpers/unavailable.ts'
import { openDatabase } from '../../test/support.ts'
import { UnavailableError } from '../http/caller-errors.ts'
import type { Database } from './database.ts'

const { server, other, rows, environment } = await openDatabase()
await other.query('CREATE TABLE notes (id INT AUTO_INCREMENT PRIMARY KEY, text VARCHAR(20) NOT NULL) ENGINE = InnoDB')

const sessionOf = async (database: Database) => {
  const [row] = await database.read<{ id: number }>('SELECT CONNECTION_ID() AS id')
  return row?.id ?? 0
}
const note = (database: Database, text: string) => database.write('INSERT INTO notes (text) VALUES (?)', [text])
const notes = async (text: string) => (await rows('SELECT id FROM notes WHERE text = ?', [text])).length
/** Waits until the server has no such session. */
async function sessionEnded(id: number): Promise<void> {
  while ((await rows('SELECT 1 FROM information_schema.processlist WHERE id = ?', [id])).length > 0);
  // Its socket was closed before that: what came of it is read in the next turn of the event loop.
  for (let turn = 0; turn < 2; turn += 1) await new Promise(setImmediate)
}
/** Waits until some session executes a statement like this. */
async function running(pattern: string): Promise<number> {
  for (;;) {
    const sql =
      "SELECT id AS id FROM information_schema.processlist WHERE info LIKE ? AND id <> CONNECTION_ID() AND state <> ''"
    const [row] = await rows<{ id: number }>(sql, [pattern])
    if (row) return row.id
  }
}
const unavailable = endsAsUnavailable('Could not connect to MySQL database')

test('one session serves one request after the other, strict whatever the server is', async () => {
  const database = environment()
  const id = await sessionOf(database)
  assert.equal(await sessionOf(database), id)
  const [session] = await database.read(
    'SELECT @@sql_mode AS mode, @@time_zone AS zone, @@innodb_lock_wait_timeout AS wait',
  )
  assert.deepEqual(session, { mode: 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', zone: '+00:00', wait: 1 })
})

test('statements of many shapes do not pile up on the server', async () => {
  const database = environment()
  for (let limit = 1; limit <= 40; limit++) await database.read(`SELECT id FROM notes WHERE id > ? LIMIT ${limit}`, [0])
  const status = "SHOW SESSION STATUS WHERE Variable_name IN ('Com_stmt_prepare', 'Com_stmt_close')"
  const rows = await database.read<{ Variable_name: string; Value: string }>(status)
  const count = Object.fromEntries(rows.map(({ Variable_name, Value }) => [Variable_name, Number(Value)]))
  assert.ok(Number(count.Com_stmt_prepare) >= 40)
  assert.ok(Number(count.Com_stmt_prepare) - Number(count.Com_stmt_close) <= 20)
})

test('other credentials are a new session, the same are not', async () => {
  const { user, password } = server.database
  const database = environment()
  const id = await sessionOf(database)
  database.useCredentials({ user, password })
  assert.equal(await sessionOf(database), id)
  database.useCredentials({ user, password: 'wrong' })
  await assert.rejects(sessionOf(database), { errno: 1045 })
  database.useCredentials({ user, password })
  assert.notEqual(await sessionOf(database), id)
})

describe('a session that was prepared', () => {
  const sessions = async () => {
    const sql = 'SELECT id AS id FROM information_schema.processlist WHERE id <> CONNECTION_ID()'
    return (await rows<{ id: number }>(sql)).map(({ id }) => id)
  }
  /** Waits until there is another session than these. */
  async function prepared(database: Database): Promise<number> {
    const earlier = new Set(await sessions())
    database.prepare()
    for (;;) {
      const id = (await sessions()).find((each) => !earlier.has(each))
      if (id !== undefined) return id
    }
  }

  test('is the one that the first call uses, made or still in the making', async () => {
    const early = environment()
    const id = await prepared(early)
    assert.equal(await sessionOf(early), id)
    const late = environment()
    const count = (await sessions()).length
    late.prepare()
    await late.read('SELECT 1')
    assert.equal((await sessions()).length, count + 1)
  })

  test('and ended before the first call is not noticed, by a write neither', async () => {
    const database = environment()
    const id = await prepared(database)
    await other.query(`KILL ${id}`)
    await sessionEnded(id)
    await note(database, 'after the kill')
    assert.equal(await notes('after the kill'), 1)
  })

  test('for other credentials is given up', async () => {
    const database = environment({ DB_PASS: 'wrong' })
    database.prepare()
    database.useCredentials({ user: server.database.user, password: server.database.password })
    assert.ok(await sessionOf(database))
  })

  test('in vain is tried again by the first call, whose error it is', async () => {
    const database = environment({ DB_PORT: '1' })
    database.prepare()
    await unavailable(database.read('SELECT 1'))
  })
})

describe('a session that was ended', () => {
  for (const kind of ['read', 'write'] as const) {
    test(`is not noticed by the next ${kind}`, async () => {
      const database = environment()
      const id = await sessionOf(database)
      await other.query(`KILL ${id}`)
      await sessionEnded(id)
      if (kind === 'write') await note(database, 'after a kill')
      assert.notEqual(await sessionOf(database), id)
    })
  }

  test('while the environment was frozen is not noticed by the first write', async () => {
    const database = environment()
    const id = await sessionOf(database)
    await database.write('SET SESSION wait_timeout = 1')
    // Nothing of this process runs, as in a frozen environment, until the server has let go of the session.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2200)
    await note(database, 'after a freeze')
    assert.equal(await notes('after a freeze'), 1)
    assert.notEqual(await sessionOf(database), id)
  })

  test('amid a read: the read is repeated', async () => {
    const database = environment()
    const reading = database.read<{ done: number }>("SELECT SLEEP(0.5) AS done, 'amid a read'")
    await other.query(`KILL ${await running('%amid a read%')}`)
    assert.equal((await reading)[0]?.done, 0)
  })

  test('amid a write: the write is never repeated', async () => {
    const database = environment()
    const refused = unavailable(database.write("INSERT INTO notes (text) SELECT CONCAT('amid a write', SLEEP(1))"))
    await other.query(`KILL ${await running('%amid a write%')}`)
    await refused
    await note(database, 'the next write')
    assert.equal(await notes('amid a write0'), 0)
  })
})

describe('locks of others', { concurrency: true }, () => {
  test('on a table: unavailable in time, and the write never happens', async () => {
    const locking = await server.connect()
    await locking.query('CREATE TABLE locked (text VARCHAR(20)) ENGINE = InnoDB')
    await locking.query('LOCK TABLES locked WRITE')
    await unavailable(environment().write("INSERT INTO locked VALUES ('never')"))
    await locking.query('UNLOCK TABLES')
    assert.deepEqual(await rows('SELECT * FROM locked'), [])
    await locking.end()
  })

  test('on a row: unavailable in time, and the write never happens', async () => {
    const locking = await server.connect()
    await locking.query("INSERT INTO notes (id, text) VALUES (900, 'row')")
    await locking.query('BEGIN')
    await locking.query('SELECT * FROM notes WHERE id = 900 FOR UPDATE')
    await unavailable(environment().write('UPDATE notes SET text = ? WHERE id = 900', ['never']))
    await locking.query('COMMIT')
    assert.equal(await notes('never'), 0)
    await locking.end()
  })

  test('in a deadlock: the statement is repeated', async () => {
    const locking = await server.connect()
    await locking.query('CREATE TABLE pairs (id INT PRIMARY KEY, n INT) ENGINE = InnoDB')
    await locking.query(`INSERT INTO pairs VALUES ${Array.from({ length: 50 }, (_, id) => `(${id}, 0)`)}`)
    // The server rolls back the session that changed less.
    await locking.query('BEGIN')
    await locking.query('UPDATE pairs SET n = 1 WHERE id >= 2')
    const writing = environment().write('UPDATE pairs SET n = n + 10 WHERE id IN (1, 2) ORDER BY id')
    await running('UPDATE pairs SET n = n +%')
    await locking.query('UPDATE pairs SET n = 1 WHERE id = 1')
    await locking.query('COMMIT')
    assert.equal((await writing).affectedRows, 2)
    assert.deepEqual(await rows('SELECT n FROM pairs WHERE id IN (1, 2)'), [{ n: 11 }, { n: 11 }])
    await locking.end()
  })

  test('a query without an end is unavailable in time, and its session is given up', async () => {
    const database = environment({}, 700)
    const id = await sessionOf(database)
    await unavailable(database.read('SELECT SLEEP(30)'))
    assert.notEqual(await sessionOf(database), id)
    await other.query(`KILL ${id}`)
  })
})

describe('a database that cannot be had', { concurrency: true }, () => {
  test('a server that accepts and never speaks', async () => {
    const silent = createServer(() => {})
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    await unavailable(note(environment({ DB_PORT: String(port) }), 'x'))
    silent.close()
  })

  test('no server, or no such host', async () => {
    await unavailable(note(environment({ DB_PORT: '1' }), 'x'))
    await unavailable(note(environment({ DB_HOST: 'none.invalid' }), 'x'))
    await unavailable(note(environment({ DB_HOST: '/nowhere/mysqld.sock' }), 'x'))
  })

  test('a wrong password, a wrong name: a fault of ours', async () => {
    await assert.rejects(note(environment({ DB_PASS: 'wrong' }), 'x'), { errno: 1045 })
    await assert.rejects(
      note(environment({ DB_NAME: 'none' }), 'x'),
      (error: Error) => !(error instanceof UnavailableError),
    )
  })

  test('a server without TLS, where TLS is on', async () => {
    const plain = environment({ DB_HOST: 'localhost', DB_TLS: 'true' })
    await assert.rejects(note(plain, 'x'), (error: Error) => !(error instanceof UnavailableError))
  })
})
