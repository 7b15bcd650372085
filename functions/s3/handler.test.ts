import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answer, type EventOptions, invoke, openStore, type PartOptions } from '../../test/support.ts'

const server = await openStore()
process.env.BUCKET_NAME = server.bucket
const { handler } = await import('./index.ts')

type Body = {
  file: { filename: string }
  url: string
  fields: { key: string }
  message: string
  errors: { path: string }[]
}

async function ask(options: EventOptions): Promise<Answer<Body>> {
  const answer = await invoke<Body>(handler, options)
  assert.equal(answer.lines.length, 1)
  return answer
}
const upload = (...parts: PartOptions[]) => ask({ method: 'POST', resource: '/s3', parts })
const link = (query: EventOptions['query'] = null) => ask({ resource: '/s3', query })
const start = (json: unknown) => ask({ method: 'POST', resource: '/s3/uploads', json })
const download = async ({ body }: Answer<Body>) => (await fetch(body.url)).text()
const file = { name: 'file', filename: 'own.png', contentType: 'image/png', content: 'x' }

async function invalid(answer: Promise<Answer<Body>>, ...paths: string[]): Promise<void> {
  const { status, body } = await answer
  const found = body.errors.map(({ path }) => path)
  assert.deepEqual([status, found], [422, paths])
}

test('POST /s3 stores a file under the given name', async () => {
  const { status, body } = await upload(file, { name: 'filename', content: 'dir/given.png' })
  const etag = '9dd4e461268c8034f5c8564e155c67a6'
  const stored = { filename: 'dir/given.png', size: 1, contentType: 'image/png', etag }
  assert.deepEqual([status, body], [200, { message: 'File uploaded!', file: stored }])
})

test('POST /s3 lists all problems of a form, including an empty file input', async () => {
  const empty = { ...file, filename: '', contentType: 'application/octet-stream', content: '' }
  await invalid(upload({ name: 'filename', content: '../x' }, empty), 'filename', 'file')
  await invalid(upload({ ...file, filename: '' }, { name: 'filename', content: '' }), 'filename')
  await invalid(upload({ ...file, contentType: 'nonsense' }), 'file.contentType')
  await invalid(upload({ ...file, name: 'other' }), 'body')
  assert.equal((await ask({ method: 'POST', resource: '/s3', json: {} })).status, 415)
})

test('GET /s3 returns a URL for any key, and reports a missing file if asked to verify', async () => {
  const { status, body } = await link({ filename: 'none' })
  assert.deepEqual([status, { ...body, url: '' }], [200, { url: '', expiresIn: 3600 }])
  assert.equal((await fetch(body.url)).status, 404)
  const verified = await link({ filename: 'none', verify: 'true' })
  assert.deepEqual([verified.status, verified.body.message], [404, 'There is no file none'])
  await invalid(link(), 'filename')
})

test('the API and forms store a decomposed Korean name from macOS composed; both spellings find it', async () => {
  const [composed, decomposed] = ['사진.png'.normalize('NFC'), '사진.png'.normalize('NFD')]
  assert.equal((await upload({ ...file, filename: decomposed })).body.file.filename, composed)
  for (const filename of [composed, decomposed])
    assert.equal(await download(await link({ filename, verify: 'true' })), 'x')
  assert.equal((await start({ filename: decomposed, size: 1 })).body.fields.key, composed)
  // A look-up finds an object that another program stored under the decomposed name.
  await server.put(`other-${decomposed}`, 'other')
  assert.equal(await download(await link({ filename: `other-${decomposed}`, verify: 'true' })), 'other')
  assert.equal((await link({ filename: `other-${composed}`, verify: 'true' })).status, 404)
})

test('POST /s3/uploads returns a form for up to 5 GiB, or lists all problems', async () => {
  const { status, body } = await start({ filename: 'big', size: 5 * 1024 ** 3, contentType: 'video/mp4' })
  assert.deepEqual([status, Object.keys(body)], [200, ['url', 'fields', 'method', 'expiresIn']])
  await invalid(start({ filename: '/x', size: 5 * 1024 ** 3 + 1, contentType: 'x' }), 'filename', 'size', 'contentType')
  await invalid(start({}), 'filename', 'size')
  await invalid(start(null), 'body')
})

test('an absent S3 is a 503 only for requests that need it', async () => {
  await server.store.stop()
  const { status, body } = await upload(file)
  assert.deepEqual([status, body.message], [503, 'Could not connect to S3'])
  assert.equal((await link({ filename: 'a', verify: 'true' })).status, 503)
  assert.equal((await link({ filename: 'a' })).status, 200)
  assert.equal((await start({ filename: 'a', size: 1 })).status, 200)
})

test('the image also holds the authorizer', async () => {
  Object.assign(process.env, { JWT_ISSUER: 'https://login.example.com/', JWT_AUDIENCE: 'my-api' })
  const [own, shared] = [await import('./index.authorize.ts'), await import('../authorizer/handler.ts')]
  assert.equal(own.handler, shared.handler)
})
