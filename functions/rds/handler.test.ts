import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { type Answer, type EventOptions, invoke, openDatabase } from '../../test/support.ts'
import type { User } from './api.ts'
import { migrations } from './migrations.ts'

const { proxy } = await openDatabase({ proxied: true, migrations })
const { handler } = await import('./index.ts')
const { database } = await import('./handler.ts')
after(() => database.close())

async function ask(options: EventOptions): Promise<Answer> {
  const answer = await invoke(handler, options)
  assert.equal(answer.lines.length, 1)
  return answer
}
const list = (query: EventOptions['query'] = null) => ask({ resource: '/rds', query })
const post = (json: unknown) => ask({ method: 'POST', resource: '/rds', json })
const one = (method: string, id: unknown, json?: unknown) =>
  ask({ method, resource: '/rds/{id}', path: { id: String(id) }, json })
const create = async (name = 'Ann', age = 30): Promise<User> => (await post({ name, age })).body.user
const paths = ({ body }: Answer) => (body.errors as { path: string }[]).map(({ path }) => path)

test('a user is created, and the answer says where it is, is replaced, also by the same, and deleted once', async () => {
  const { status, headers, body } = await post({ name: ' 한글 😀 ', age: 25.0 })
  const { id } = body.user as User
  const user = { id, name: '한글 😀', age: 25 }
  assert.deepEqual([status, body], [200, { message: 'User created successfully!', user }])
  assert.equal(headers.Location, `/default/rds/${id}`)
  assert.deepEqual((await one('GET', id)).body, { user })
  const first = await list({ limit: '1', after: String(id - 1) })
  assert.deepEqual([first.status, first.body], [200, { users: [user], next: null }])
  for (const _ of ['other', 'same']) {
    const replaced = await one('PUT', id, { name: 'Bob', age: 0 })
    assert.deepEqual([replaced.status, replaced.body], [200, { user: { id, name: 'Bob', age: 0 } }])
    assert.deepEqual((await one('GET', id)).body, replaced.body)
  }
  const removed = await one('DELETE', id)
  assert.deepEqual([removed.status, removed.body], [204, undefined])
})

test('a user that is not there is a 404, whatever is asked of it', async () => {
  const { id } = await create()
  await one('DELETE', id)
  for (const missing of [id, Number.MAX_SAFE_INTEGER])
    for (const [method, json] of [['GET'], ['PUT', { name: 'x', age: 1 }], ['DELETE']] as const) {
      const { status, body } = await one(method, missing, json)
      assert.deepEqual([status, body.message], [404, `There is no user ${missing}`])
    }
})

test('bad input is a 422 that says everything', async () => {
  assert.deepEqual(paths(await post({ name: '', age: 151 })), ['name', 'age'])
  assert.deepEqual(paths(await one('PUT', 'x', { name: '', age: 1 })), ['id', 'name'])
  assert.deepEqual(paths(await list({ limit: '0', after: 'x' })), ['limit', 'after'])
  const key = { 'Idempotency-Key': 'é' }
  assert.equal((await ask({ method: 'POST', resource: '/rds', headers: key, json: { name: 'a', age: 1 } })).status, 422)
})

test('bad input of any kind is never a 5xx, and never stored', async () => {
  await database.write('DELETE FROM Users')
  const value = fc.jsonValue({ maxDepth: 1 })
  const user = fc.record({ name: value, age: value }, { requiredKeys: [] }).map((each) => JSON.stringify(each))
  const headers = { 'Content-Type': 'application/json' }
  let stored = 0
  await fc.assert(
    fc.asyncProperty(fc.oneof(user, fc.string({ unit: 'binary' })), async (body) => {
      const { status } = await ask({ method: 'POST', resource: '/rds', headers, body })
      if (status === 200) stored += 1
      else assert.equal(status, 422)
    }),
  )
  assert.equal(((await list({ limit: '1000' })).body.users as User[]).length, stored)
})

test('a repeat with the Idempotency-Key of the first is that one, removed or not; another user with it is refused', async () => {
  const request = { method: 'POST', resource: '/rds', headers: { 'IDEMPOTENCY-key': 'k' }, json: { name: 'a', age: 1 } }
  const first = await ask(request)
  for (const _ of ['there', 'removed']) {
    const { status, body } = await ask(request)
    assert.deepEqual([status, body], [200, first.body])
    await one('DELETE', first.body.user.id)
  }
  assert.equal((await ask({ ...request, json: { name: 'b', age: 1 } })).status, 422)
})

test('a database that is away is a 503, and is there again when it is back', async () => {
  const { id } = await create()
  await proxy.stop()
  for (const { status, headers, body, lines } of [
    await list(),
    await post({ name: 'x', age: 1 }),
    await one('GET', id),
  ]) {
    assert.deepEqual([status, headers['Retry-After']], [503, '1'])
    assert.equal(body.message, 'Could not connect to MySQL database')
    assert.match(JSON.stringify(lines), /ECONNREFUSED/)
  }
  await proxy.start()
  assert.equal((await one('GET', id)).status, 200)
})
