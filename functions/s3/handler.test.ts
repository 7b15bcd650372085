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

test('POST /s3 stores a file under the name that is given', async () => {
  const { status, body } = await upload(file, { name: 'filename', content: 'dir/given.png' })
  const etag = '9dd4e461268c8034f5c8564e155c67a6'
  const stored = { filename: 'dir/given.png', size: 1, contentType: 'image/png', etag }
  assert.deepEqual([status, body], [200, { message: 'File uploaded!', file: stored }])
})

test('POST /s3 says everything that is wrong with a form, a file input that was left empty too', async () => {
  const empty = { ...file, filename: '', contentType: 'application/octet-stream', content: '' }
  await invalid(upload({ name: 'filename', content: '../x' }, empty), 'filename', 'file')
  await invalid(upload({ ...file, filename: '' }, { name: 'filename', content: '' }), 'filename')
  await invalid(upload({ ...file, contentType: 'nonsense' }), 'file.contentType')
  await invalid(upload({ ...file, name: 'other' }), 'body')
  assert.equal((await ask({ method: 'POST', resource: '/s3', json: {} })).status, 415)
})

test('GET /s3 gives a URL, whether the file exists or not, and says that it is missing where it was asked to look', async () => {
  const { status, body } = await link({ filename: 'none' })
  assert.deepEqual([status, { ...body, url: '' }], [200, { url: '', expiresIn: 3600 }])
  assert.equal((await fetch(body.url)).status, 404)
  const verified = await link({ filename: 'none', verify: 'true' })
  assert.deepEqual([verified.status, verified.body.message], [404, 'There is no file none'])
  await invalid(link(), 'filename')
})

test('a Korean name from macOS, which is decomposed, is stored composed, by the API or a form, and found under both', async () => {
  const [composed, decomposed] = ['사진.png'.normalize('NFC'), '사진.png'.normalize('NFD')]
  assert.equal((await upload({ ...file, filename: decomposed })).body.file.filename, composed)
  for (const filename of [composed, decomposed])
    assert.equal(await download(await link({ filename, verify: 'true' })), 'x')
  assert.equal((await start({ filename: decomposed, size: 1 })).body.fields.key, composed)
  // Under which something else stored an object, it leads to that where it is looked up.
  await server.put(`other-${decomposed}`, 'other')
  assert.equal(await download(await link({ filename: `other-${decomposed}`, verify: 'true' })), 'other')
  assert.equal((await link({ filename: `other-${composed}`, verify: 'true' })).status, 404)
})

test('POST /s3/uploads gives a form for up to 5 GiB, or says everything that is wrong', async () => {
  const { status, body } = await start({ filename: 'big', size: 5 * 1024 ** 3, contentType: 'video/mp4' })
  assert.deepEqual([status, Object.keys(body)], [200, ['url', 'fields', 'method', 'expiresIn']])
  await invalid(start({ filename: '/x', size: 5 * 1024 ** 3 + 1, contentType: 'x' }), 'filename', 'size', 'contentType')
  await invalid(start({}), 'filename', 'size')
  await invalid(start(null), 'body')
})

test('S3 that is absent is a 503 to those who need it, and to nobody else', async () => {
  await server.store.stop()
  const { status, body } = await upload(file)
  assert.deepEqual([status, body.message], [503, 'Could not connect to S3'])
  assert.equal((await link({ filename: 'a', verify: 'true' })).status, 503)
  assert.equal((await link({ filename: 'a' })).status, 200)
  assert.equal((await start({ filename: 'a', size: 1 })).status, 200)
})

test('the image holds the authorizer, too', async () => {
  Object.assign(process.env, { JWT_ISSUER: 'https://login.example.com/', JWT_AUDIENCE: 'my-api' })
  const [own, shared] = [await import('./index.authorize.ts'), await import('../authorizer/handler.ts')]
  assert.equal(own.handler, shared.handler)
})
