import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { openDatabase } from '../../test/support.ts'
import { ConflictError, UnavailableError } from '../http/caller-errors.ts'
import type { Session } from './database.ts'

const { connect, proxy, other, rows, environment } = await openDatabase({ proxied: true })
const database = environment()
await other.query('CREATE TABLE numbers (id INT PRIMARY KEY, n INT NOT NULL) ENGINE = InnoDB')
beforeEach(() => other.query('REPLACE INTO numbers VALUES (1, 0), (2, 0), (3, 0), (4, 0), (5, 0)'))

const add = (session: Session, id: number) => session.write('UPDATE numbers SET n = n + 1 WHERE id = ?', [id])
const both = async (session: Session) => {
  await add(session, 1)
  await add(session, 2)
}
/** What 1 and 2 are; the session serves what comes next, outside of any transaction. */
async function assertNumbers(...expected: number[]): Promise<void> {
  const read = (id: string) => rows<{ n: number }>(`SELECT n FROM numbers WHERE id ${id} ORDER BY id`)
  const found = (await read('< 3')).map(({ n }) => n)
  assert.deepEqual(found, expected)
  const [before] = await read('= 3')
  await add(database, 3)
  assert.deepEqual(await read('= 3'), [{ n: Number(before?.n) + 1 }])
}
/** Ends the connection before or after the server has committed. */
function breakCommit(when: 'before' | 'after'): void {
  let committing = false
  proxy.intercept = (bytes, from) => {
    const commits = from === 'client' && bytes.includes('COMMIT')
    const broken = when === 'before' ? commits : committing
    committing ||= commits
    if (!broken) return
    proxy.intercept = () => undefined
    return 'reset'
  }
}

test('all of it is done, and its result given', async () => {
  assert.equal(await database.transaction((session) => both(session).then(() => 'done')), 'done')
  await assertNumbers(1, 1)
})

describe('nothing of it is done', () => {
  const failures: Record<string, (session: Session) => Promise<unknown>> = {
    'where its own code fails': () => Promise.reject(new ConflictError('no')),
    'where a statement is refused': (session) => session.write("INSERT INTO numbers VALUES (9, 'nine')"),
    'where a statement is wrong': (session) => session.read('SELEC 1'),
  }
  for (const [name, fail] of Object.entries(failures)) {
    test(name, async () => {
      const work = database.transaction((session) => both(session).then(() => fail(session)))
      await assert.rejects(work, (error: Error) => !(error instanceof UnavailableError))
      await assertNumbers(0, 0)
    })
  }

  test('where its session is ended, which is not repeated', async () => {
    let runs = 0
    const work = database.transaction(async (session) => {
      runs += 1
      await both(session)
      const [row] = await session.read<{ id: number }>('SELECT CONNECTION_ID() AS id')
      await other.query(`KILL ${row?.id}`)
      await add(session, 1)
    })
    await assert.rejects(work, UnavailableError)
    assert.equal(runs, 1)
    await assertNumbers(0, 0)
  })

  test('where a lock is not to be had, which keeps no lock', async () => {
    const locking = await connect()
    await locking.query('BEGIN')
    await locking.query('SELECT * FROM numbers WHERE id = 2 FOR UPDATE')
    await assert.rejects(database.transaction(both), UnavailableError)
    await locking.query('UPDATE numbers SET n = 5 WHERE id = 1')
    await locking.query('ROLLBACK')
    await locking.end()
    await assertNumbers(0, 0)
  })
})

test('the victim of a deadlock is done once more, whole', async () => {
  const locking = await connect()
  await locking.query('BEGIN')
  await locking.query('UPDATE numbers SET n = n + 10 WHERE id >= 2')
  let runs = 0
  let holding: Promise<unknown> = Promise.resolve()
  await database.transaction(async (session) => {
    runs += 1
    await add(session, 1)
    // The other session has changed more, so it is this one that the server rolls back.
    holding = runs === 1 ? locking.query('UPDATE numbers SET n = n + 10 WHERE id = 1') : holding
    await add(session, 2).finally(() => holding.then(() => locking.query('COMMIT')))
  })
  await locking.end()
  assert.equal(runs, 2)
  await assertNumbers(11, 11)
})

for (const when of ['before', 'after'] as const) {
  test(`a connection that breaks ${when} the commit is done: unavailable, all or nothing; a repeatable one is repeated`, async () => {
    breakCommit(when)
    await assert.rejects(database.transaction(both), UnavailableError)
    await assertNumbers(...(when === 'before' ? [0, 0] : [1, 1]))
    breakCommit(when)
    await database.transaction((session) => session.write('UPDATE numbers SET n = 7 WHERE id < 3'), true)
    await assertNumbers(7, 7)
  })
}
