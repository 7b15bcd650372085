/** Uses both APIs as one who has made clients by hey-api. */
import assert from 'node:assert/strict'
import { createUser, deleteUser, getUser, listUsers, replaceUser, type UserPage } from './rds'
import { client as users } from './rds/client.gen'
import { linkFile, startUpload, uploadFile } from './s3'
import { client as files } from './s3/client.gen'

const baseUrl = process.argv[2] ?? ''
users.setConfig({ baseUrl })
files.setConfig({ baseUrl })

const created = await createUser({ body: { name: 'Grace Hopper', age: 85 }, throwOnError: true })
const { id } = created.data.user
const path = { id }

const names: (string | null)[] = []
let after: string | null = '0'
while (after !== null) {
  const { data }: { data: UserPage } = await listUsers({ query: { limit: 1, after }, throwOnError: true })
  names.push(...data.users.map(({ name }) => name))
  after = data.next
}
assert.ok(names.includes('Grace Hopper'))

assert.equal((await getUser({ path })).data?.user.age, 85)
const replaced = await replaceUser({ path, body: { name: 'Amazing Grace', age: 86 } })
assert.deepEqual(replaced.data?.user, { id, name: 'Amazing Grace', age: 86 })
assert.equal((await deleteUser({ path })).response?.status, 204)

const { error } = await getUser({ path })
assert.match((typeof error === 'string' ? error : error?.message) ?? '', /not exist|no user/i)

const content = new Uint8Array(1000).map((_, index) => index)
const uploaded = await uploadFile({
  body: { file: new File([content], 'x.bin'), filename: 'tour.bin' },
  throwOnError: true,
})
assert.equal(uploaded.data.file.size, content.length)
await assertStored('tour.bin')

const filename = 'direct.bin'
const { data: form } = await startUpload({ body: { filename, size: content.length }, throwOnError: true })
const direct = new FormData()
for (const [name, value] of Object.entries(form.fields)) direct.append(name, value)
direct.append('file', new Blob([content]))
assert.ok((await fetch(form.url, { method: form.method, body: direct })).ok)
await assertStored(filename)

async function assertStored(name: string): Promise<void> {
  const { data } = await linkFile({ query: { filename: name, verify: true }, throwOnError: true })
  assert.deepEqual(new Uint8Array(await (await fetch(data.url)).arrayBuffer()), content)
}
