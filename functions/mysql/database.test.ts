import assert from 'node:assert/strict'
import dns from 'node:dns'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { onMysql } from '../../test/helpers/database.ts'
import { endsAsUnavailable } from '../../test/helpers/unavailable.ts'
import { openDatabase } from '../../test/support.ts'
import { UnavailableError } from '../http/caller-errors.ts'
import type { Database } from './database.ts'

const { account, connect, other, rows, environment, sessions, waitForSession } = await openDatabase()
await other.query('CREATE TABLE notes (id INT AUTO_INCREMENT PRIMARY KEY, text VARCHAR(20) NOT NULL) ENGINE = InnoDB')

const sessionOf = async (database: Database) => {
  const [row] = await database.read<{ id: number }>('SELECT CONNECTION_ID() AS id')
  return row?.id ?? 0
}
const note = (database: Database, text: string) => database.write('INSERT INTO notes (text) VALUES (?)', [text])
const notes = async (text: string) => (await rows('SELECT id FROM notes WHERE text = ?', [text])).length
/** Kills a session, and waits until the server has removed it. */
async function kill(id: number): Promise<void> {
  await other.query(`KILL ${id}`)
  while ((await sessions()).some(({ Id }) => Id === id));
  // Its socket closed earlier; the event loop reports that in the next turn.
  for (let turn = 0; turn < 2; turn += 1) await new Promise(setImmediate)
}
/** Prepares a session. @returns its id. */
async function prepared(database: Database): Promise<number> {
  const earlier = (await sessions()).map(({ Id }) => Id)
  database.prepare()
  return waitForSession(({ Id }) => !earlier.includes(Id))
}
/** Kills the session that is executing a statement with this text. */
const killAmid = async (text: string) =>
  other.query(`KILL ${await waitForSession(({ Info }) => Info?.includes(text) === true)}`)
const unavailable = endsAsUnavailable('Could not connect to MySQL database')

test('prepared statements do not pile up on the server', async () => {
  const database = environment()
  for (let limit = 1; limit <= 40; limit++) await database.read(`SELECT id FROM notes WHERE id > ? LIMIT ${limit}`, [0])
  const status = "SHOW SESSION STATUS WHERE Variable_name IN ('Com_stmt_close', 'Com_stmt_prepare')"
  const [closed, prepared] = (await database.read<{ Value: string }>(status)).map(({ Value }) => Number(Value))
  assert.ok(Number(prepared) >= 40 && Number(prepared) - Number(closed) <= 20, `${prepared} - ${closed}`)
})

test('requests share one session; changed credentials open a new one, equal ones do not', async () => {
  const { user, password } = account
  const database = environment()
  const id = await sessionOf(database)
  database.useCredentials({ user, password })
  assert.equal(await sessionOf(database), id)
  database.useCredentials({ user, password: 'wrong' })
  await assert.rejects(sessionOf(database), { errno: 1045 })
  database.useCredentials({ user, password })
  assert.notEqual(await sessionOf(database), id)
})

describe('a prepared session', () => {
  test('serves the first call, whether connected or still connecting', async () => {
    const early = environment()
    const id = await prepared(early)
    assert.equal(await sessionOf(early), id)
    const late = environment()
    const { length } = await sessions()
    late.prepare()
    await late.read('SELECT 1')
    assert.equal((await sessions()).length, length + 1)
  })

  test('is dropped for other credentials; after a failure, the first call retries and reports its own error', async () => {
    const [wrong, nowhere] = [environment({ DB_PASS: 'wrong' }), environment({ DB_PORT: '1' })]
    for (const database of [wrong, nowhere]) database.prepare()
    wrong.useCredentials({ user: account.user, password: account.password })
    assert.ok(await sessionOf(wrong))
    await unavailable(nowhere.read('SELECT 1'))
  })
})

describe('a lost session', () => {
  test('is replaced for the next read or write, even if it was only prepared', async () => {
    const [reading, writing, first] = [environment(), environment(), environment()]
    const id = await sessionOf(reading)
    await kill(id)
    assert.notEqual(await sessionOf(reading), id)
    await kill(await sessionOf(writing))
    await note(writing, 'after a kill')
    await kill(await prepared(first))
    await note(first, 'after a kill')
    assert.equal(await notes('after a kill'), 2)
  })

  test('is replaced for the first write after a freeze', async () => {
    const database = environment()
    const id = await sessionOf(database)
    await database.write('SET SESSION wait_timeout = 1')
    // Blocks this process, like a frozen environment, until the server has closed the session.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2200)
    await note(database, 'after a freeze')
    assert.equal(await notes('after a freeze'), 1)
    assert.notEqual(await sessionOf(database), id)
  })

  test('retries an interrupted read', async () => {
    const reading = environment().read<{ done: number }>("SELECT SLEEP(0.5) AS done, 'amid a read'")
    await killAmid('amid a read')
    assert.equal((await reading)[0]?.done, 0)
  })

  test('never retries an interrupted write', async () => {
    const database = environment()
    const refused = unavailable(database.write("INSERT INTO notes (text) SELECT CONCAT('amid a write', SLEEP(1))"))
    await killAmid('amid a write')
    await refused
    await note(database, 'the next write')
    assert.equal(await notes('amid a write0'), 0)
  })
})

describe('a blocked statement', { concurrency: true }, () => {
  test('is unavailable in time on a locked table, and never writes', async () => {
    const locking = await connect()
    await locking.query('CREATE TABLE locked (id INT) ENGINE = InnoDB')
    await locking.query('LOCK TABLES locked WRITE')
    await unavailable(environment().write('INSERT INTO locked VALUES (1)'))
    await locking.end()
    assert.deepEqual(await rows('SELECT * FROM locked'), [])
  })

  test('is unavailable in time after a slow query, and its session is dropped', async () => {
    const database = environment({}, 700)
    const id = await sessionOf(database)
    await unavailable(database.read('SELECT SLEEP(30)'))
    assert.notEqual(await sessionOf(database), id)
    await other.query(`KILL ${id}`)
  })
})

// MySQL's socket is in a folder that only root can read.
if (!onMysql)
  test('connects over a Unix socket', async () => {
    const [server] = await rows('SELECT @@datadir AS data, @@socket AS socket')
    const socket = environment({ DB_HOST: join(String(server?.data), String(server?.socket)) })
    assert.deepEqual(await socket.read('SELECT 1 AS one'), [{ one: 1 }])
  })

describe('a failed connection', () => {
  test('is unavailable: a silent server, a closed port, an unknown host, a missing socket', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const hosts = ['none.invalid', '/nowhere/mysqld.sock'].map((DB_HOST) => ({ DB_HOST }))
    for (const wrong of [{ DB_PORT: String(port) }, { DB_PORT: '1' }, ...hosts])
      await unavailable(note(environment(wrong), 'x'))
    silent.close()
  })

  test('is unavailable in time while the resolver is silent, and recovers with the next request', async (t) => {
    const database = environment({ DB_HOST: 'localhost' })
    const lookup = t.mock.method(dns, 'lookup', () => undefined)
    await unavailable(database.read('SELECT 1'))
    assert.ok(lookup.mock.callCount() > 0)
    lookup.mock.restore()
    await database.read('SELECT 1')
  })

  test('is retried, even for a write, because no statement was sent', async (t) => {
    const failure = Object.assign(new Error('try again'), { code: 'EAI_AGAIN' })
    t.mock.method(dns, 'lookup', (...args: unknown[]) => (args.at(-1) as (error: Error) => void)(failure), { times: 1 })
    await note(environment({ DB_HOST: 'localhost' }), 'after a failure')
    assert.equal(await notes('after a failure'), 1)
  })

  test('is our fault: a wrong password, an unknown database, TLS on a server without it', async () => {
    for (const wrong of [{ DB_PASS: 'wrong' }, { DB_NAME: 'none' }, { DB_HOST: 'localhost', DB_TLS: 'true' }])
      await assert.rejects(note(environment(wrong), 'x'), (error) => !(error instanceof UnavailableError))
  })
})
