import assert from 'node:assert/strict'
import { after, describe, type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { type EventOptions, lambdaContext, proxyEvent } from '../../test/helpers/event.ts'
import { captureLog, type LogLine } from '../../test/helpers/log.ts'
import { openDatabase } from '../../test/helpers/rds.ts'
import type { User } from './api.ts'

const { proxy } = await openDatabase({ proxied: true, migrated: true })
const { handler } = await import('./index.ts')
const { database } = await import('./clients.ts')
after(() => database.close())

interface Answer {
  readonly status: number
  readonly headers: Record<string, unknown>
  readonly body: Record<string, unknown>
  readonly lines: readonly LogLine[]
}

async function ask(t: TestContext, options: EventOptions): Promise<Answer> {
  const lines = captureLog(t)
  const { statusCode, headers = {}, body } = await handler(proxyEvent(options) as never, lambdaContext())
  assert.equal(lines.length, 1)
  return { status: statusCode, headers, body: body === '' ? {} : JSON.parse(body), lines }
}
const headers = { 'Content-Type': 'application/json' }
const list = (t: TestContext, query: EventOptions['query'] = null) => ask(t, { resource: '/rds', query })
const post = (t: TestContext, body: unknown) =>
  ask(t, { method: 'POST', resource: '/rds', headers, body: typeof body === 'string' ? body : JSON.stringify(body) })
const one = (t: TestContext, method: string, id: unknown, body?: unknown) => {
  const content = body === undefined ? {} : { headers, body: JSON.stringify(body) }
  return ask(t, { method, resource: '/rds/{id}', path: { id: String(id) }, ...content })
}
const create = async (t: TestContext, name = 'Ann', age = 30) => (await post(t, { name, age })).body.user as User
const paths = ({ body }: Answer) => (body.errors as { path: string }[]).map(({ path }) => path)

describe('a user', () => {
  test('is created, and the answer says where it is', async (t) => {
    const { status, headers, body } = await post(t, { name: ' 한글 😀 ', age: 25.0 })
    const { id } = body.user as User
    assert.equal(status, 200)
    assert.deepEqual(body, { message: 'User created successfully!', user: { id, name: '한글 😀', age: 25 } })
    assert.equal(headers.Location, `/default/rds/${id}`)
    assert.deepEqual((await one(t, 'GET', id)).body, { user: { id, name: '한글 😀', age: 25 } })
  })

  test('is replaced', async (t) => {
    const { id } = await create(t)
    const { status, body } = await one(t, 'PUT', id, { name: 'Bob', age: 0 })
    assert.equal(status, 200)
    assert.deepEqual(body, { user: { id, name: 'Bob', age: 0 } })
    assert.deepEqual((await one(t, 'GET', id)).body, body)
  })

  test('is deleted', async (t) => {
    const { id } = await create(t)
    const { status, body } = await one(t, 'DELETE', id)
    assert.deepEqual([status, body], [204, {}])
    assert.equal((await one(t, 'GET', id)).status, 404)
  })

  test('that is not there is a 404, whatever is asked of it', async (t) => {
    const replacement = { name: 'x', age: 1 }
    for (const [method, body] of [['GET'], ['PUT', replacement], ['DELETE']] as const) {
      const answer = await one(t, method, 999_999, body)
      assert.deepEqual([answer.status, answer.body.message], [404, 'There is no user 999999'])
    }
  })
})

test('pages follow one another', async (t) => {
  await database.write('DELETE FROM Users')
  const all = [await create(t, 'a'), await create(t, 'b'), await create(t, 'c')]
  const first = await list(t, { limit: '2' })
  assert.deepEqual(first.body, { users: all.slice(0, 2), next: String(all[1]?.id) })
  assert.deepEqual((await list(t, { limit: '2', after: String(first.body.next) })).body, {
    users: all.slice(2),
    next: null,
  })
  assert.deepEqual((await list(t)).body, { users: all, next: null })
})

describe('bad input', () => {
  test('is a 422 that says everything', async (t) => {
    assert.deepEqual(paths(await post(t, { name: '', age: 151 })), ['name', 'age'])
    assert.deepEqual((await post(t, {})).body.errors, [
      { path: 'name', message: 'is required' },
      { path: 'age', message: 'is required' },
    ])
    assert.deepEqual(paths(await one(t, 'PUT', 'x', { name: '', age: 1 })), ['id', 'name'])
    assert.deepEqual(paths(await list(t, { limit: '0', after: 'x' })), ['limit', 'after'])
    for (const body of ['', 'null', '[', '"a"', '{"__proto__":{}}'])
      assert.equal((await post(t, body)).status, 422, body)
  })

  test('is a 415 where it is no JSON, a 405 or 404 where nothing is', async (t) => {
    assert.equal((await ask(t, { method: 'POST', resource: '/rds', body: 'a=b' })).status, 415)
    const patch = await one(t, 'PATCH', 1)
    assert.deepEqual([patch.status, patch.headers.Allow], [405, 'GET, PUT, DELETE'])
    assert.equal((await ask(t, { resource: '/other' })).status, 404)
  })

  test('of any kind is never a 5xx, and never stored', async (t) => {
    await database.write('DELETE FROM Users')
    const value = fc.jsonValue({ maxDepth: 1 })
    const body = fc.oneof(
      fc.record({ name: value, age: value }, { requiredKeys: [] }).map((user) => JSON.stringify(user)),
      fc.string({ unit: 'binary' }),
    )
    let stored = 0
    await fc.assert(
      fc.asyncProperty(body, async (text) => {
        const { status } = await post(t, text)
        if (status === 200) stored += 1
        else assert.ok(status === 422 || status === 415, `${status}`)
      }),
    )
    assert.equal(((await list(t, { limit: '1000' })).body.users as User[]).length, stored)
  })
})

test('names never get into the log', async (t) => {
  const name = 'hunter2'
  const answers = [
    await post(t, { name, age: 1 }),
    await post(t, { name, age: 151 }),
    await post(t, `{"name":"${name}"`),
    await one(t, 'PUT', 999_999, { name, age: 1 }),
  ]
  assert.doesNotMatch(JSON.stringify(answers.map(({ lines }) => lines)), /hunter2/)
})

test('a fault of the schema is a 500 that says nothing of it, but to the log', async (t) => {
  await database.write('RENAME TABLE Users TO elsewhere')
  const { status, body, lines } = await list(t)
  await database.write('RENAME TABLE elsewhere TO Users')
  assert.equal(status, 500)
  assert.deepEqual(Object.keys(body), ['message', 'requestId'])
  assert.equal(body.message, 'Internal Server Error')
  assert.match(JSON.stringify(lines), /ER_NO_SUCH_TABLE/)
})

test('a database that is away is a 503, and is there again when it is back', async (t) => {
  const { id } = await create(t)
  await proxy.stop()
  for (const answer of [await list(t), await post(t, { name: 'x', age: 1 }), await one(t, 'GET', id)]) {
    assert.deepEqual([answer.status, answer.headers['Retry-After']], [503, '1'])
    assert.deepEqual(
      { ...answer.body, requestId: '' },
      { message: 'Could not connect to MySQL database', requestId: '' },
    )
    assert.match(JSON.stringify(answer.lines), /ECONNREFUSED/)
  }
  await proxy.start()
  assert.equal((await one(t, 'GET', id)).status, 200)
})
