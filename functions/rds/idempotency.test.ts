import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as v from 'valibot'
import { openDatabase } from '../../test/users-and-files/helpers/rds.ts'
import { InvalidInputError } from '../http/caller-errors.ts'
import { creationHeaders } from './api.ts'
import { createUsers } from './users.ts'

const { proxy, other, rows, environment: open } = await openDatabase({ proxied: true, migrated: true })
/** The users of one more execution environment. */
const environment = () => createUsers(open())
const users = environment()
const count = async (sql: string) => (await rows<{ n: number }>(`SELECT COUNT(*) AS n FROM ${sql}`))[0]?.n
const refused = (error: Error) => error instanceof InvalidInputError && error.errors[0]?.path === 'idempotency-key'

test('a repeat gives the same user and no second one', async () => {
  const ada = { name: 'Ada', age: 36 }
  const first = await users.create(ada, 'ada')
  assert.deepEqual(await users.create(ada, 'ada'), first)
  assert.deepEqual(await environment().create(ada, 'ada'), first)
  assert.equal(await count("Users WHERE name = 'Ada'"), 1)
  assert.notEqual((await users.create(ada, 'Ada')).id, first.id)
  assert.notEqual((await users.create(ada)).id, first.id)
})

test('the same key for another user is refused, and the first one stays', async () => {
  const first = await users.create({ name: 'Bob', age: 1 }, 'bob')
  await assert.rejects(users.create({ name: 'Bob', age: 2 }, 'bob'), refused)
  assert.deepEqual(await users.create({ name: 'Bob', age: 1 }, 'bob'), first)
  assert.equal(await count("Users WHERE name = 'Bob'"), 1)
})

test("a key is its caller's own: the same one of another caller, or of an open API, is another", async () => {
  const ada = { name: 'Ada of one', age: 1 }
  const bob = { name: 'Bob of another', age: 2 }
  const first = await users.create(ada, 'shared', 'one')
  const second = await users.create(bob, 'shared', 'another')
  assert.notEqual((await users.create(ada, 'shared')).id, first.id)
  assert.deepEqual(await users.create(ada, 'shared', 'one'), first)
  assert.deepEqual(await users.create(bob, 'shared', 'another'), second)
  await assert.rejects(users.create(bob, 'shared', 'one'), refused)
})

test('a user that was removed since is not made again', async () => {
  const first = await users.create({ name: 'Removed', age: 1 }, 'removed')
  await users.remove(first.id)
  assert.deepEqual(await users.create({ name: 'Removed', age: 1 }, 'removed'), first)
  assert.equal(await count("Users WHERE name = 'Removed'"), 0)
})

test('20 at once, from 5 environments, are one user; other keys do not wait', async () => {
  const environments = Array.from({ length: 5 }, environment)
  const made = await Promise.all(
    environments.map(async (each, index) => {
      const ids: number[] = []
      for (let repeat = 0; repeat < 4; repeat++) {
        ids.push((await each.create({ name: 'Parallel', age: 1 }, 'parallel')).id)
        await each.create({ name: 'Own', age: 1 }, `own ${index} ${repeat}`)
      }
      return ids
    }),
  )
  assert.equal(new Set(made.flat()).size, 1)
  assert.equal(await count("Users WHERE name = 'Parallel'"), 1)
  assert.equal(await count("Users WHERE name = 'Own'"), 20)
})

test('a creation that fails leaves its key free', async () => {
  await other.query('ALTER TABLE Users ADD CONSTRAINT adults CHECK (age < 100)')
  await assert.rejects(users.create({ name: 'Old', age: 120 }, 'old'))
  await other.query('ALTER TABLE Users DROP CONSTRAINT adults')
  assert.equal(await count("idempotency_keys WHERE idempotency_key = 'old'"), 0)
  assert.equal((await users.create({ name: 'Old', age: 120 }, 'old')).age, 120)
})

describe('a connection that breaks', () => {
  // Every packet of a creation, of the client and of the server, in turn.
  for (let packet = 1; packet <= 24; packet++) {
    test(`at its packet ${packet} is not noticed, and there is one user`, async () => {
      const each = environment()
      await each.list({ limit: 1, after: 0 })
      let seen = 0
      proxy.intercept = () => {
        seen += 1
        return seen === packet ? 'reset' : undefined
      }
      const name = `Broken ${packet}`
      const { id } = await each.create({ name, age: 1 }, name)
      proxy.intercept = () => undefined
      assert.deepEqual(await each.get(id), { id, name, age: 1 })
      assert.equal(await count(`Users WHERE name = '${name}'`), 1)
      assert.equal(await count(`idempotency_keys WHERE idempotency_key = '${name}'`), 1)
    })
  }
})

describe('keys', () => {
  test('are forgotten after 24 hours, and may then mean another user', async () => {
    const first = await users.create({ name: 'Early', age: 1 }, 'early')
    const at = (interval: string) =>
      other.query(`UPDATE idempotency_keys SET expires_at = expires_at - INTERVAL ${interval}`)
    await at('86390 SECOND')
    assert.deepEqual(await users.create({ name: 'Early', age: 1 }, 'early'), first)
    await at('11 SECOND')
    assert.notEqual((await users.create({ name: 'Early', age: 2 }, 'early')).id, first.id)
  })

  test('go away when they have expired, a few at a time', async () => {
    await other.query('UPDATE idempotency_keys SET expires_at = NOW() - INTERVAL 1 HOUR')
    for (let n = 0; n < 10; n++) await users.create({ name: 'Sweep', age: 1 }, `sweep ${n}`)
    assert.equal(await count('idempotency_keys WHERE expires_at < NOW()'), 0)
    const many = Array.from(
      { length: 500 },
      (_, n) => `('many ${n}', REPEAT('x', 32), 1, NOW() + INTERVAL ${n + 1} MINUTE)`,
    )
    await other.query(`INSERT INTO idempotency_keys VALUES ${many}`)
    const sql = 'SELECT idempotency_key FROM idempotency_keys WHERE expires_at <= NOW() ORDER BY expires_at LIMIT 10'
    const [plan] = await rows<{ key: string }>(`EXPLAIN FORMAT=TRADITIONAL ${sql}`)
    assert.equal(plan?.key, 'expires_at')
  })

  test('that are still expired when they come again are taken for new', async () => {
    const first = await users.create({ name: 'Backlog', age: 1 }, 'backlog')
    await other.query('UPDATE idempotency_keys SET expires_at = NOW() - INTERVAL 1 HOUR')
    await other.query(
      `INSERT INTO idempotency_keys VALUES ${Array.from({ length: 30 }, (_, n) => `('older ${n}', REPEAT('x', 32), 1, NOW() - INTERVAL 1 DAY)`)}`,
    )
    const second = await users.create({ name: 'Backlog', age: 1 }, 'backlog')
    assert.notEqual(second.id, first.id)
    assert.deepEqual(await users.create({ name: 'Backlog', age: 1 }, 'backlog'), second)
  })

  test('have 1 to 255 printable ASCII characters, of which each counts', async () => {
    const is = (key: string) => v.is(creationHeaders, { 'idempotency-key': key })
    for (const key of ['a', '"8e03978e-40d5-43dd-bc93-6894a57f9324"', ' ~!', 'x'.repeat(255)]) assert.ok(is(key), key)
    for (const key of ['', 'x'.repeat(256), 'é', 'a\tb', 'a\u0000', '😀']) assert.ok(!is(key), key)
    const ids = new Set<number>()
    for (const key of ['k', 'K', 'k ', ' k', 'x'.repeat(255)])
      ids.add((await users.create({ name: 'K', age: 1 }, key)).id)
    assert.equal(ids.size, 5)
  })
})
