import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { openDatabase } from '../../test/users-and-files/helpers/rds.ts'
import { ConflictError, InvalidInputError } from '../http/caller-errors.ts'
import { migrations } from './migrations.ts'
import { createUsers } from './users.ts'
import { tableWarnings } from './warnings.ts'

const { environment, other } = await openDatabase()
const database = environment()
beforeEach(() => other.query('DROP TABLE IF EXISTS Users'))

const migrate = async () => {
  for (const { sql } of migrations) await other.query(sql)
}
const create = async (columns: string, options = 'ENGINE = InnoDB DEFAULT CHARSET = utf8mb4') => {
  await other.query(`CREATE TABLE Users (${columns}) ${options}`)
  await migrate()
}
const ID = 'id INT AUTO_INCREMENT PRIMARY KEY'

describe('of a table that is given', () => {
  test('nothing is wrong with that of the migrations, nor with the usual one', async () => {
    await migrate()
    assert.deepEqual(await tableWarnings(database), [])
    await other.query('DROP TABLE Users')
    await create(`${ID}, name VARCHAR(255), age INT`)
    assert.deepEqual(await tableWarnings(database), [])
  })

  const cases: readonly (readonly [title: string, columns: string, options: string | undefined, problem: RegExp])[] = [
    ['a character set', `${ID}, name VARCHAR(255) NOT NULL, age INT`, 'DEFAULT CHARSET = latin1', /name is latin1/],
    ['a short name', `${ID}, name VARCHAR(50) NOT NULL, age INT`, undefined, /name is varchar\(50\)/],
    ['a name of bytes', `${ID}, name VARBINARY(255), age INT`, undefined, /name is varbinary\(255\)/],
    ['a small age', `${ID}, name VARCHAR(255), age TINYINT`, undefined, /age is tinyint/],
    ['an age in text', `${ID}, name VARCHAR(255), age VARCHAR(10)`, undefined, /age is varchar\(10\)/],
    ['ids by hand', 'id INT PRIMARY KEY, name VARCHAR(255), age INT', undefined, /id is not AUTO_INCREMENT/],
    ['another column', `${ID}, name VARCHAR(255), age INT, team INT NOT NULL`, undefined, /team has no default/],
    ['an engine', `${ID}, name VARCHAR(255), age INT`, 'ENGINE = MyISAM DEFAULT CHARSET = utf8mb4', /in MyISAM/],
  ]
  for (const [title, columns, options, expected] of cases) {
    test(`${title} is told, and the statement that is told with it mends it`, async () => {
      await create(columns, options)
      await other
        .query("INSERT INTO Users SET id = 7, name = 'Zoe', age = 36")
        .catch(() => other.query("INSERT INTO Users SET id = 7, name = 'Zoe', age = 36, team = 1"))
      const problems = await tableWarnings(database)
      assert.equal(problems.length, 1, problems.join('\n'))
      assert.match(problems[0] ?? '', expected)
      await other.query(/ALTER TABLE .*$/.exec(problems[0] ?? '')?.[0] ?? '')
      assert.deepEqual(await tableWarnings(database), [])
      const users = createUsers(database)
      assert.deepEqual(await users.get(7), { id: 7, name: 'Zoe', age: 36 })
      const longest = { name: '김😀'.repeat(127), age: 150 }
      assert.deepEqual(await users.get((await users.create(longest)).id), { id: 8, ...longest })
    })
  }

  test('what it cannot store is refused, and never stored as something else', async () => {
    await create(`${ID}, name VARCHAR(255), age INT, CHECK (age < 100)`, 'DEFAULT CHARSET = latin1')
    const users = createUsers(database)
    await assert.rejects(users.create({ name: '😀', age: 1 }), InvalidInputError)
    await assert.rejects(users.create({ name: '홍길동', age: 1 }, 'key'), InvalidInputError)
    await assert.rejects(users.create({ name: 'Ann', age: 120 }), InvalidInputError)
    await other.query("INSERT INTO Users (id, name, age) VALUES (2147483647, 'last', -1)")
    await assert.rejects(users.create({ name: 'Ann', age: 1 }), ConflictError)
    const last = { id: 2147483647, name: 'last', age: -1 }
    assert.deepEqual((await users.list({ limit: 10, after: 0 })).users, [last])
  })

  test('ids that cannot be asked for are told', async () => {
    await create('id BIGINT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255), age INT')
    await other.query("INSERT INTO Users (id, name, age) VALUES (-5, 'Ann', 30)")
    assert.match((await tableWarnings(database)).join(), /the first -5, cannot be asked for/)
  })

  test('users without a name or an age are told, and read as they are', async () => {
    await create(`${ID}, name VARCHAR(255), age INT`)
    await other.query("INSERT INTO Users (name, age) VALUES ('Ann', 30), (NULL, NULL)")
    assert.match((await tableWarnings(database)).join(), /the first with id 2, are answered with null/)
    assert.deepEqual((await createUsers(database).list({ limit: 10, after: 0 })).users[1], {
      id: 2,
      name: null,
      age: null,
    })
  })
})
