import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openDatabase } from '../../test/support.ts'
import { InvalidInputError } from '../http/caller-errors.ts'
import type { Database } from './database.ts'
import { IDEMPOTENCY_KEYS, once } from './idempotency.ts'

const table = `CREATE TABLE notes (id INT AUTO_INCREMENT PRIMARY KEY, text VARCHAR(99), CHECK (text <> 'never')) ENGINE = InnoDB`
const migrations = [IDEMPOTENCY_KEYS, table].map((sql) => ({ sql }))
const { proxy, other, rows, environment } = await openDatabase({ proxied: true, migrations })
const database = environment()

/** Creates a note for a caller and a key. */
const create = (text: string, key = text, caller?: string, by: Database = database) =>
  once(by, { key, caller, request: [text] }, async (session) => {
    return (await session.write('INSERT INTO notes (text) VALUES (?)', [text])).insertId
  })
const count = async (sql: string) => (await rows<{ n: number }>(`SELECT COUNT(*) AS n FROM ${sql}`))[0]?.n
const refused = (error: Error) => error instanceof InvalidInputError && error.errors[0]?.path === 'idempotency-key'

test('a repeat in any environment returns the same id; another key creates a note; another request is refused', async () => {
  const first = await create('Ada')
  await assert.rejects(create('Bob', 'Ada'), refused)
  for (const each of [database, environment()]) assert.equal(await create('Ada', 'Ada', undefined, each), first)
  assert.equal(await count('notes'), 1)
  const ids = new Set([first])
  for (const key of ['ada', 'Ada ', ' Ada', 'x'.repeat(255)]) ids.add(await create('Ada', key))
  assert.equal(ids.size, 5)
})

test('keys are separate for each caller and for an open API', async () => {
  const [one, another] = [await create('one', 'shared', 'one'), await create('another', 'shared', 'another')]
  assert.notEqual(await create('one', 'shared'), one)
  assert.equal(await create('one', 'shared', 'one'), one)
  assert.equal(await create('another', 'shared', 'another'), another)
  await assert.rejects(create('another', 'shared', 'one'), refused)
})

test('20 concurrent requests from 5 environments create once; other keys do not wait', async () => {
  const environments = Array.from({ length: 5 }, () => environment())
  const made = await Promise.all(
    environments.map(async (each, index) => {
      const ids: number[] = []
      for (let repeat = 0; repeat < 4; repeat++) {
        ids.push(await create('Parallel', 'parallel', undefined, each))
        await create('Own', `own ${index} ${repeat}`, undefined, each)
      }
      return ids
    }),
  )
  assert.equal(new Set(made.flat()).size, 1)
  assert.equal(await count("notes WHERE text = 'Parallel'"), 1)
  assert.equal(await count("notes WHERE text = 'Own'"), 20)
})

test('a failed creation releases its key', async () => {
  await assert.rejects(create('never', 'free'))
  assert.equal(await count("idempotency_keys WHERE idempotency_key = 'free'"), 0)
  assert.ok(await create('now', 'free'))
})

// Each packet of a creation, from the client or the server, in turn.
for (let packet = 1; packet <= 24; packet++) {
  test(`creates once, without an error, if the connection is lost at packet ${packet}`, async () => {
    const each = environment()
    await each.read('SELECT 1')
    let seen = 0
    proxy.intercept = () => {
      seen += 1
      return seen === packet ? 'reset' : undefined
    }
    const text = `Broken ${packet}`
    const id = await create(text, text, undefined, each)
    proxy.intercept = () => undefined
    assert.deepEqual(await rows('SELECT id FROM notes WHERE text = ?', [text]), [{ id }])
    assert.equal(await count(`idempotency_keys WHERE idempotency_key = '${text}'`), 1)
  })
}

describe('keys', () => {
  test('expire after 24 hours, and may then serve another request', async () => {
    const first = await create('Early', 'early')
    const age = (interval: string) =>
      other.query(`UPDATE idempotency_keys SET expires_at = expires_at - INTERVAL ${interval}`)
    await age('86390 SECOND')
    assert.equal(await create('Early', 'early'), first)
    await age('11 SECOND')
    assert.notEqual(await create('Late', 'early'), first)
  })

  test('are deleted after they expire, a few at a time', async () => {
    await other.query('UPDATE idempotency_keys SET expires_at = NOW() - INTERVAL 1 HOUR')
    for (let n = 0; n < 10; n++) await create('Sweep', `sweep ${n}`)
    assert.equal(await count('idempotency_keys WHERE expires_at < NOW()'), 0)
    const many = Array.from({ length: 500 }, (_, n) => `('many ${n}', '', 1, NOW() + INTERVAL ${n + 1} MINUTE)`)
    await other.query(`INSERT INTO idempotency_keys VALUES ${many}`)
    const sql = 'SELECT idempotency_key FROM idempotency_keys WHERE expires_at <= NOW() ORDER BY expires_at LIMIT 10'
    const [plan] = await rows<{ key: string }>(`EXPLAIN FORMAT=TRADITIONAL ${sql}`)
    assert.equal(plan?.key, 'expires_at')
  })
})
