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
/** Checks the numbers 1 and 2, and that the session serves later statements outside any transaction. */
async function assertNumbers(...expected: number[]): Promise<void> {
  await add(database, 3)
  const found = [...expected, 1].map((n) => ({ n }))
  assert.deepEqual(await rows('SELECT n FROM numbers WHERE id <= 3 ORDER BY id'), found)
}

describe('a transaction is rolled back', () => {
  test('after an error in its own code', async () => {
    const work = database.transaction((session) => both(session).then(() => Promise.reject(new ConflictError('no'))))
    await assert.rejects(work, ConflictError)
    await assertNumbers(0, 0)
  })

  test('after a lock timeout, and releases its locks', async () => {
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

test('retries the whole victim of a deadlock', async () => {
  const locking = await connect()
  await locking.query('BEGIN')
  await locking.query('UPDATE numbers SET n = n + 10 WHERE id IN (2, 4, 5)')
  let runs = 0
  let holding: Promise<unknown> = Promise.resolve()
  await database.transaction(async (session) => {
    runs += 1
    await add(session, 1)
    // The server rolls back the session with fewer changes, which is this one.
    holding = runs === 1 ? locking.query('UPDATE numbers SET n = n + 10 WHERE id = 1') : holding
    await add(session, 2).finally(() => holding.then(() => locking.query('COMMIT')))
  })
  await locking.end()
  assert.equal(runs, 2)
  await assertNumbers(11, 11)
})

for (const [moment, from] of [
  ['before', 'client'],
  ['after', 'server'],
] as const) {
  test(`a connection lost ${moment} the commit is unavailable, and writes all or nothing`, async () => {
    let committing = false
    proxy.intercept = (bytes, sender) => {
      committing ||= bytes.includes('COMMIT')
      if (!committing || sender !== from) return undefined
      proxy.intercept = () => undefined
      return 'reset'
    }
    await assert.rejects(database.transaction(both), UnavailableError)
    await assertNumbers(...(moment === 'before' ? [0, 0] : [1, 1]))
  })
}
