import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import fc from 'fast-check'
import * as v from 'valibot'
import { captureLog, lambdaContext, openDatabase } from '../../test/support.ts'
import { ConflictError, InvalidInputError } from '../http/caller-errors.ts'
import { newUser, type User } from './api.ts'
import { migrations } from './migrations.ts'
import { createUsers } from './users.ts'

const { environment, other } = await openDatabase({ migrations })
const database = environment()
const users = createUsers(database)

test('stores a name unchanged', async () => {
  const name = fc.string({ unit: 'binary', maxLength: 255 }).filter((text) => v.is(newUser, { name: text, age: 0 }))
  const odd = ["Robert'); DROP TABLE Users;--", '"quoted" \'twice\' `and` \\ again\\', ' 한글 😀 👩‍👩‍👧 é é ']
  await fc.assert(
    fc.asyncProperty(name, fc.integer({ min: 0, max: 150 }), async (text, age) => {
      const user = v.parse(newUser, { name: text, age })
      const created = await users.create(user)
      assert.deepEqual(created, { id: created.id, name: text.trim(), age })
      assert.deepEqual(await users.get(created.id), created)
    }),
    { numRuns: 50, examples: odd.map((each) => [each, 0]) },
  )
})

describe('pages', () => {
  const all: readonly User[] = Array.from({ length: 60 }, (_, index) => ({ id: 1000 + index ** 2, name: 'n', age: 1 }))
  before(async () => {
    await database.write('DELETE FROM Users')
    await database.write(`INSERT INTO Users (id, name, age) VALUES ${all.map(({ id }) => `(${id}, 'n', 1)`)}`)
  })
  const walk = async (limit: number) => {
    const pages: (readonly User[])[] = []
    for (let next: string | null = '0'; next !== null; ) {
      const page = await users.list({ limit, after: Number(next) })
      pages.push(page.users)
      next = page.next
    }
    return pages
  }

  test('hold every user exactly once, in order, at any size', async () => {
    for (const limit of [1, 7, 30, 59, 60, 61, 1000]) {
      const pages = await walk(limit)
      assert.deepEqual(pages.flat(), all)
      assert.ok(pages.every(({ length }) => length <= limit) && pages.length === Math.ceil(all.length / limit))
    }
  })

  test('cost the same at any position: rows are read by primary key', async () => {
    const sql = 'EXPLAIN FORMAT=TRADITIONAL SELECT id, name, age FROM Users WHERE id > ? ORDER BY id LIMIT 101'
    const [plan] = await database.read<{ key: string; type: string }>(sql, [1010])
    assert.equal(plan?.key, 'PRIMARY')
  })
})

test("refuses values that the original's table cannot store, instead of altering them", async () => {
  await other.query('DROP TABLE Users')
  const columns = 'id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255), age INT, CHECK (age < 100)'
  await other.query(`CREATE TABLE Users (${columns}) ENGINE = InnoDB DEFAULT CHARSET = latin1`)
  for (const [name, age] of Object.entries({ '😀': 1, 홍길동: 1, Ann: 120 }))
    for (const key of [undefined, 'refused']) await assert.rejects(users.create({ name, age }, key), InvalidInputError)
  const last = { id: 2147483647, name: 'last', age: -1 }
  await other.query("INSERT INTO Users (id, name, age) VALUES (2147483647, 'last', -1)")
  await assert.rejects(users.create({ name: 'Ann', age: 1 }), ConflictError)
  assert.deepEqual((await users.list({ limit: 10, after: 0 })).users, [last])
})

test('the migration handler applies all migrations in order', async (t) => {
  captureLog(t)
  const { handler } = await import('./index.migrate.ts')
  const { applied } = await handler({} as never, lambdaContext())
  assert.deepEqual(
    applied,
    migrations.map(({ name }) => name),
  )
})
