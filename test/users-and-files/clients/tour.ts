/** A tour of both APIs by generated clients. */
import assert from 'node:assert/strict'

interface Answer<TData> {
  readonly data?: TData | undefined
  // API Gateway answers some HTTP limits in plain text.
  readonly error?: string | { readonly message?: string | null } | undefined
  readonly response?: Response | undefined
}
interface NewUser {
  readonly name: string
  readonly age: number
}
interface OneUser {
  readonly user: { readonly id: number; readonly name: string | null; readonly age: number | null }
}

/** Calls of both APIs, each one line of a generated client, whose types must match. */
export interface Client {
  createUser(user: NewUser): Promise<Answer<OneUser & { readonly message: 'User created successfully!' }>>
  /** Lists one user a page. */
  listUsers(after: string): Promise<Answer<{ readonly users: OneUser['user'][]; readonly next: string | null }>>
  getUser(id: number): Promise<Answer<OneUser>>
  replaceUser(id: number, user: NewUser): Promise<Answer<OneUser>>
  deleteUser(id: number): Promise<Answer<unknown>>
  uploadFile(
    file: File,
  ): Promise<Answer<{ readonly file: { readonly filename: string; readonly contentType: string } }>>
  startUpload(filename: string, size: number): Promise<Answer<{ url: string; fields: Record<string, string> }>>
  linkFile(filename: string): Promise<Answer<{ readonly url: string }>>
}

export async function tour(client: Client): Promise<void> {
  const created = await client.createUser({ name: 'Ada Lovelace', age: 36 })
  const { id } = created.data?.user ?? assert.fail(String(created.error))
  const names: (string | null)[] = []
  let after: string | null = '0'
  while (after !== null) {
    const { data }: Awaited<ReturnType<Client['listUsers']>> = await client.listUsers(after)
    names.push(...(data?.users ?? []).map(({ name }) => name))
    after = data?.next ?? null
  }
  assert.ok(names.includes('Ada Lovelace'))
  assert.equal((await client.getUser(id)).data?.user.age, 36)
  const replaced = await client.replaceUser(id, { name: 'Ada King', age: 37 })
  assert.deepEqual(replaced.data?.user, { id, name: 'Ada King', age: 37 })
  assert.equal((await client.deleteUser(id)).response?.status, 204)
  const { error } = await client.getUser(id)
  assert.match((typeof error === 'string' ? error : error?.message) ?? '', /not exist|no user/i)

  const content = new Uint8Array(1000).map((_, index) => index)
  const assertStored = async (filename: string) => {
    const { data } = await client.linkFile(filename)
    assert.deepEqual(new Uint8Array(await (await fetch(data?.url ?? '')).arrayBuffer()), content)
  }
  const uploaded = await client.uploadFile(new File([content], 'tour.bin', { type: 'application/x-tour' }))
  assert.equal(uploaded.data?.file.contentType, 'application/x-tour')
  await assertStored(uploaded.data.file.filename)
  const { data } = await client.startUpload('direct.bin', content.length)
  const form = new FormData()
  for (const [name, value] of Object.entries(data?.fields ?? {})) form.append(name, value)
  form.append('file', new Blob([content]))
  assert.ok((await fetch(data?.url ?? '', { method: 'POST', body: form })).ok)
  await assertStored('direct.bin')
}
