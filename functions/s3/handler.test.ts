import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { type Answer, type EventOptions, invoke, openStore, type PartOptions } from '../../test/support.ts'

const server = await openStore()
process.env.BUCKET_NAME = server.bucket
const { handler } = await import('./index.ts')

async function ask(options: EventOptions): Promise<Answer> {
  const answer = await invoke(handler, options)
  assert.equal(answer.lines.length, 1)
  return answer
}
const upload = (...parts: PartOptions[]) => ask({ method: 'POST', resource: '/s3', parts })
const link = (query: EventOptions['query'] = null) => ask({ resource: '/s3', query })
const start = (json: unknown) => ask({ method: 'POST', resource: '/s3/uploads', json })
const paths = ({ body }: Answer) => (body.errors as { path: string }[]).map(({ path }) => path)
const file = { name: 'file', filename: 'own.png', contentType: 'image/png', content: 'x' }

describe('POST /s3', () => {
  test('stores a file under the name that is given', async () => {
    const { status, body } = await upload(file, { name: 'filename', content: 'dir/given.png' })
    const etag = '9dd4e461268c8034f5c8564e155c67a6'
    assert.equal(status, 200)
    assert.deepEqual(body, {
      message: 'File uploaded!',
      file: { filename: 'dir/given.png', size: 1, contentType: 'image/png', etag },
    })
  })

  test('says everything that is wrong with a form', async () => {
    assert.deepEqual(paths(await upload({ name: 'filename', content: '../x' })), ['filename', 'file'])
    assert.deepEqual(paths(await upload({ ...file, filename: '' }, { name: 'filename', content: '' })), ['filename'])
    assert.deepEqual(paths(await upload({ ...file, contentType: 'nonsense' })), ['file.contentType'])
    assert.deepEqual(paths(await upload({ ...file, name: 'other' })), ['body'])
    assert.deepEqual(paths(await upload()), ['body'])
    assert.equal((await ask({ method: 'POST', resource: '/s3', json: {} })).status, 415)
  })

  test('leaves a stored file alone where the file input was left empty', async () => {
    await upload(file, { name: 'filename', content: 'keep' })
    const empty = { ...file, filename: '', contentType: 'application/octet-stream', content: '' }
    const answer = await upload(empty, { name: 'filename', content: 'keep' })
    assert.deepEqual(answer.body.errors, [{ path: 'file', message: 'is required' }])
    assert.equal(await (await fetch(String((await link({ filename: 'keep' })).body.url))).text(), 'x')
  })

  test('logs no name that a caller chose', async () => {
    const name = 'private'.repeat(1000)
    const bytes = new Uint8Array([0xff])
    const answers = [
      await upload({ name, filename: 'a', content: '' }, file),
      await upload({ name, content: bytes }, file),
      await upload(file, { name: 'filename', content: `/${name}` }),
      await link({ filename: name.slice(0, 999), verify: 'true' }),
    ]
    assert.deepEqual(
      answers.map(({ status }) => status),
      [422, 422, 422, 404],
    )
    for (const { lines } of answers) assert.doesNotMatch(JSON.stringify(lines), /private/)
  })
})

describe('GET /s3', () => {
  test('gives a URL, whether the file exists or not', async () => {
    const { status, body, lines } = await link({ filename: 'none' })
    assert.equal(status, 200)
    assert.deepEqual({ ...body, url: 'url' }, { url: 'url', expiresIn: 3600 })
    assert.equal((await fetch(String(body.url))).status, 404)
    assert.doesNotMatch(JSON.stringify(lines), /X-Amz|http/)
  })

  test('says that a file is missing, where it was asked to look', async () => {
    const { status, body } = await link({ filename: 'none', verify: 'true' })
    assert.deepEqual([status, body.message], [404, 'There is no file none'])
  })

  test('needs a name', async () => {
    assert.deepEqual((await link()).body.errors, [{ path: 'filename', message: 'is required' }])
  })
})

describe('a Korean name from macOS, which is decomposed', () => {
  const [composed, decomposed] = ['사진.png'.normalize('NFC'), '사진.png'.normalize('NFD')]
  const content = async (filename: string) => {
    const { status, body } = await link({ filename, verify: 'true' })
    return [status, status === 200 && (await (await fetch(String(body.url))).text())]
  }

  test('is stored composed, by the API or by a form, and found under both', async () => {
    const { body } = await upload({ ...file, filename: decomposed })
    assert.equal((body.file as { filename: string }).filename, composed)
    for (const filename of [composed, decomposed]) assert.deepEqual(await content(filename), [200, 'x'])
    const { body: form } = await start({ filename: decomposed, size: 1 })
    assert.equal((form.fields as Record<string, string>).key, composed)
  })

  test('under which something else stored an object leads to it, where it is looked up', async () => {
    const name = `other-${decomposed}`
    await server.client.send(new PutObjectCommand({ Bucket: server.bucket, Key: name, Body: 'other' }))
    assert.deepEqual(await content(name), [200, 'other'])
    assert.deepEqual(await content(name.normalize('NFC')), [404, false])
  })
})

describe('POST /s3/uploads', () => {
  test('gives a form for up to 5 GiB, of which nothing is logged', async () => {
    const { status, body, lines } = await start({ filename: 'big', size: 5 * 1024 ** 3, contentType: 'video/mp4' })
    assert.deepEqual([status, Object.keys(body)], [200, ['url', 'fields', 'method', 'expiresIn']])
    const { Policy } = body.fields as Record<string, string>
    assert.ok(Policy && !JSON.stringify(lines).includes(Policy))
  })

  test('says everything that is wrong', async () => {
    const answer = await start({ filename: '/x', size: 5 * 1024 ** 3 + 1, contentType: 'x' })
    assert.equal(answer.status, 422)
    assert.deepEqual(paths(answer), ['filename', 'size', 'contentType'])
    assert.deepEqual(paths(await start({})), ['filename', 'size'])
    assert.deepEqual(paths(await start(null)), ['body'])
  })
})

test('S3 that is absent is a 503 to those who need it, and to nobody else', async () => {
  await server.store.stop()
  const { status, body } = await upload(file)
  assert.equal(status, 503)
  assert.deepEqual({ ...body, requestId: '' }, { message: 'Could not connect to S3', requestId: '' })
  assert.equal((await link({ filename: 'a', verify: 'true' })).status, 503)
  assert.equal((await link({ filename: 'a' })).status, 200)
  assert.equal((await start({ filename: 'a', size: 1 })).status, 200)
})

test('the image holds the authorizer, too', async () => {
  Object.assign(process.env, { JWT_ISSUER: 'https://login.example.com/', JWT_AUDIENCE: 'my-api' })
  const [own, shared] = [await import('./index.authorize.ts'), await import('../authorizer/handler.ts')]
  assert.equal(own.handler, shared.handler)
})
