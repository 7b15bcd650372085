import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import fc from 'fast-check'
import * as v from 'valibot'
import { openDatabase } from '../../test/users-and-files/helpers/rds.ts'
import { InvalidInputError } from '../http/caller-errors.ts'
import { newUser, type User } from './api.ts'
import { createUsers } from './users.ts'

const { environment } = await openDatabase({ migrated: true })
const database = environment()
const users = createUsers(database)

describe('a name is stored as it is', () => {
  const names = ["Robert'); DROP TABLE Users;--", '"quoted" \'twice\' `and` \\ again\\', '한글 😀 👩‍👩‍👧 é é']
  for (const name of names) {
    test(JSON.stringify(name).slice(0, 40), async () => {
      const created = await users.create(v.parse(newUser, { name: ` ${name} `, age: 0 }))
      assert.deepEqual(created, { id: created.id, name, age: 0 })
      assert.deepEqual(await users.get(created.id), created)
    })
  }
  test('whatever it is', async () => {
    const name = fc.string({ unit: 'binary', maxLength: 255 }).filter((text) => v.is(newUser, { name: text, age: 0 }))
    await fc.assert(
      fc.asyncProperty(name, fc.integer({ min: 0, max: 150 }), async (text, age) => {
        const user = v.parse(newUser, { name: text, age })
        const { id } = await users.create(user)
        assert.deepEqual(await users.get(id), { id, ...user })
      }),
      { numRuns: 50 },
    )
  })
})

test('a user whom the database refuses is never stored cut off', async () => {
  const { users: earlier } = await users.list({ limit: 1000, after: 0 })
  await assert.rejects(users.create({ name: 'x'.repeat(256), age: 1 }), InvalidInputError)
  await assert.rejects(users.create({ name: 'x', age: 300 }), InvalidInputError)
  assert.deepEqual((await users.list({ limit: 1000, after: 0 })).users, earlier)
})

describe('pages', () => {
  let all: readonly User[] = []
  const walk = async (limit: number) => {
    const seen: User[] = []
    let pages = 0
    for (let next: string | null = '0'; next !== null; pages++) {
      const page = await users.list({ limit, after: Number(next) })
      assert.ok(page.users.length <= limit)
      seen.push(...page.users)
      next = page.next
    }
    return { seen, pages }
  }
  before(async () => {
    await database.write('DELETE FROM Users')
    const ids = Array.from({ length: 60 }, (_, index) => 1000 + index ** 2)
    await database.write(`INSERT INTO Users (id, name, age) VALUES ${ids.map((id) => `(${id}, 'n${id}', 1)`)}`)
    all = ids.map((id) => ({ id, name: `n${id}`, age: 1 }))
  })

  test('hold every user exactly once, in order, whatever their size', async () => {
    const limit = fc.integer({ min: 1, max: 1000 })
    await fc.assert(
      fc.asyncProperty(limit, async (size) => {
        const { seen, pages } = await walk(size)
        assert.deepEqual(seen, all)
        assert.equal(pages, Math.ceil(all.length / size))
      }),
      { numRuns: 15, examples: [[1], [7], [30], [59], [60], [61], [1000]] },
    )
  })

  test('cost the same wherever they are: rows are reached by the primary key', async () => {
    const sql = 'EXPLAIN FORMAT=TRADITIONAL SELECT id, name, age FROM Users WHERE id > ? ORDER BY id LIMIT 101'
    const [plan] = await database.read<{ key: string; type: string }>(sql, [1010])
    assert.equal(plan?.key, 'PRIMARY')
  })
})
