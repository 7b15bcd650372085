import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Answer, type EventOptions, invoke, openDatabase } from '../../test/support.ts'
import type { User } from './api.ts'
import { migrations } from './migrations.ts'

await openDatabase({ migrations })
const { handler } = await import('./index.ts')
const { database } = await import('./handler.ts')
after(() => database.close())

type Body = { user: User; message: string; errors: { path: string }[] }

async function ask(options: EventOptions): Promise<Answer<Body>> {
  const answer = await invoke<Body>(handler, options)
  assert.equal(answer.lines.length, 1)
  return answer
}
const post = (json: unknown, headers = {}) => ask({ method: 'POST', resource: '/rds', headers, json })
const one = (method: string, id: unknown, json?: unknown) =>
  ask({ method, resource: '/rds/{id}', path: { id: String(id) }, json })

test('creates a user with its Location, replaces it, even by the same values, and deletes it once', async () => {
  const { status, headers, body } = await post({ name: ' 한글 😀 ', age: 25.0 })
  const { id } = body.user
  const user = { id, name: '한글 😀', age: 25 }
  assert.deepEqual([status, body], [200, { message: 'User created successfully!', user }])
  assert.equal(headers.Location, `/default/rds/${id}`)
  assert.deepEqual((await one('GET', id)).body, { user })
  const first = await ask({ resource: '/rds', query: { limit: '1', after: String(id - 1) } })
  assert.deepEqual([first.status, first.body], [200, { users: [user], next: null }])
  for (const _ of ['other', 'same']) {
    const replaced = await one('PUT', id, { name: 'Bob', age: 0 })
    assert.deepEqual([replaced.status, replaced.body], [200, { user: { id, name: 'Bob', age: 0 } }])
    assert.deepEqual((await one('GET', id)).body, replaced.body)
  }
  const removed = await one('DELETE', id)
  assert.deepEqual([removed.status, removed.body], [204, undefined])
  for (const [method, json] of [['GET'], ['PUT', { name: 'x', age: 1 }], ['DELETE']] as const) {
    const missing = await one(method, id, json)
    assert.deepEqual([missing.status, missing.body.message], [404, `There is no user ${id}`])
  }
})

test('bad input is a 422 that lists all problems', async () => {
  const { status, body } = await one('PUT', 'x', { name: '', age: 151 })
  assert.equal(status, 422)
  assert.deepEqual(
    body.errors.map(({ path }) => path),
    ['id', 'name', 'age'],
  )
  assert.equal((await post({ name: 'a', age: 1 }, { 'Idempotency-Key': 'é' })).status, 422)
})

test('a repeated Idempotency-Key returns the first user, deleted or not; another user with it is refused', async () => {
  const key = { 'IDEMPOTENCY-key': 'k' }
  const first = await post({ name: 'a', age: 1 }, key)
  for (const _ of ['there', 'removed']) {
    const { status, body } = await post({ name: 'a', age: 1 }, key)
    assert.deepEqual([status, body], [200, first.body])
    await one('DELETE', first.body.user.id)
  }
  assert.equal((await post({ name: 'b', age: 1 }, key)).status, 422)
})
