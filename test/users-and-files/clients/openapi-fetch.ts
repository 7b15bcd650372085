/** Uses both APIs as one who has made clients by openapi-typescript. */
import assert from 'node:assert/strict'
import createClient from 'openapi-fetch'
import type { paths as Users } from './rds.types'
import type { paths as Files } from './s3.types'

const baseUrl = process.argv[2] ?? ''
const users = createClient<Users>({ baseUrl })
const files = createClient<Files>({ baseUrl })

const created = await users.POST('/rds', { body: { name: 'Ada Lovelace', age: 36 } })
assert.ok(created.data)
const { id } = created.data.user
const params = { path: { id } }

const names: (string | null)[] = []
let after: string | undefined
do {
  const { data } = await users.GET('/rds', { params: { query: { limit: 1, ...(after !== undefined && { after }) } } })
  names.push(...(data?.users ?? []).map(({ name }) => name))
  after = data?.next ?? undefined
} while (after !== undefined)
assert.ok(names.includes('Ada Lovelace'))

assert.equal((await users.GET('/rds/{id}', { params })).data?.user.age, 36)
const replaced = await users.PUT('/rds/{id}', { params, body: { name: 'Ada King', age: 37 } })
assert.deepEqual(replaced.data?.user, { id, name: 'Ada King', age: 37 })
assert.equal((await users.DELETE('/rds/{id}', { params })).response.status, 204)

const { error } = await users.GET('/rds/{id}', { params })
// Plain text is what API Gateway has for a few limits of HTTP.
const message = typeof error === 'string' ? error : error?.message
assert.match(message ?? '', /not exist|no user/i)

const content = new Uint8Array(1000).map((_, index) => index)
const form = new FormData()
form.append('file', new Blob([content], { type: 'application/x-tour' }), 'tour.bin')
const uploaded = await files.POST('/s3', { body: { file: '' }, bodySerializer: () => form })
assert.equal(uploaded.data?.file.contentType, 'application/x-tour')
await assertStored(uploaded.data.file.filename)

const filename = 'direct.bin'
const started = await files.POST('/s3/uploads', {
  body: { filename, size: content.length, contentType: 'application/octet-stream' },
})
assert.ok(started.data)
const direct = new FormData()
for (const [name, value] of Object.entries(started.data.fields)) direct.append(name, value)
direct.append('file', new Blob([content]))
assert.ok((await fetch(started.data.url, { method: started.data.method, body: direct })).ok)
await assertStored(filename)

async function assertStored(name: string): Promise<void> {
  const { data } = await files.GET('/s3', { params: { query: { filename: name, verify: true } } })
  assert.deepEqual(new Uint8Array(await (await fetch(data?.url ?? '')).arrayBuffer()), content)
}
