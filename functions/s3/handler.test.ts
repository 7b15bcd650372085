import assert from 'node:assert/strict'
import { after, describe, type TestContext, test } from 'node:test'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import type { APIGatewayProxyEvent } from 'aws-lambda'
import { type EventOptions, lambdaContext, proxyEvent } from '../../test/helpers/event.ts'
import { useStore } from '../../test/helpers/functions.ts'
import { captureLog, type LogLine } from '../../test/helpers/log.ts'
import { encodeMultipart, type PartOptions, uploadEvent } from '../../test/helpers/multipart.ts'
import { startTestStore } from '../../test/helpers/store.ts'

const server = await startTestStore()
after(() => server.stop())
useStore(server.store)
const { handler } = await import('./index.ts')

interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
  readonly lines: readonly LogLine[]
}

async function ask(t: TestContext, event: APIGatewayProxyEvent): Promise<Answer> {
  const lines = captureLog(t)
  const { statusCode, body } = await handler(event as never, lambdaContext())
  assert.equal(lines.length, 1)
  return { status: statusCode, body: JSON.parse(body), lines }
}
const upload = (t: TestContext, ...parts: PartOptions[]) => ask(t, uploadEvent(encodeMultipart(parts)))
const link = (t: TestContext, query: EventOptions['query'] = null) => ask(t, proxyEvent({ resource: '/s3', query }))
const start = (t: TestContext, body: unknown) => {
  const headers = { 'content-type': 'application/json' }
  return ask(t, proxyEvent({ method: 'POST', resource: '/s3/uploads', headers, body: JSON.stringify(body) }))
}
const paths = ({ body }: Answer) => (body.errors as { path: string }[]).map(({ path }) => path)
const file = { name: 'file', filename: 'own.png', contentType: 'image/png', content: 'x' }

describe('POST /s3', () => {
  test('stores a file under the name that is given', async (t) => {
    const { status, body } = await upload(t, file, { name: 'filename', content: 'dir/given.png' })
    const etag = '9dd4e461268c8034f5c8564e155c67a6'
    assert.equal(status, 200)
    assert.deepEqual(body, {
      message: 'File uploaded!',
      file: { filename: 'dir/given.png', size: 1, contentType: 'image/png', etag },
    })
  })

  test('says everything that is wrong with a form', async (t) => {
    assert.deepEqual(paths(await upload(t, { name: 'filename', content: '../x' })), ['filename', 'file'])
    assert.deepEqual(paths(await upload(t, { ...file, filename: '' }, { name: 'filename', content: '' })), ['filename'])
    assert.deepEqual(paths(await upload(t, { ...file, contentType: 'nonsense' })), ['file.contentType'])
    assert.deepEqual(paths(await upload(t, { ...file, name: 'other' })), ['body'])
    assert.deepEqual(paths(await upload(t)), ['body'])
    assert.equal((await ask(t, uploadEvent(Buffer.from('{}'), 'application/json'))).status, 415)
  })

  test('leaves a stored file alone where the file input was left empty', async (t) => {
    await upload(t, file, { name: 'filename', content: 'keep' })
    const empty = { ...file, filename: '', contentType: 'application/octet-stream', content: '' }
    const answer = await upload(t, empty, { name: 'filename', content: 'keep' })
    assert.deepEqual(answer.body.errors, [{ path: 'file', message: 'is required' }])
    assert.equal(await (await fetch(String((await link(t, { filename: 'keep' })).body.url))).text(), 'x')
  })

  test('logs no name that a caller chose', async (t) => {
    const name = 'private'.repeat(1000)
    const bytes = new Uint8Array([0xff])
    const answers = [
      await upload(t, { name, filename: 'a', content: '' }, file),
      await upload(t, { name, content: bytes }, file),
      await upload(t, file, { name: 'filename', content: `/${name}` }),
      await link(t, { filename: name.slice(0, 999), verify: 'true' }),
    ]
    assert.deepEqual(
      answers.map(({ status }) => status),
      [422, 422, 422, 404],
    )
    for (const { lines } of answers) assert.doesNotMatch(JSON.stringify(lines), /private/)
  })
})

describe('GET /s3', () => {
  test('gives a URL, whether the file exists or not', async (t) => {
    const { status, body, lines } = await link(t, { filename: 'none' })
    assert.equal(status, 200)
    assert.deepEqual({ ...body, url: 'url' }, { url: 'url', expiresIn: 3600 })
    assert.equal((await fetch(String(body.url))).status, 404)
    assert.doesNotMatch(JSON.stringify(lines), /X-Amz|http/)
  })

  test('says that a file is missing, where it was asked to look', async (t) => {
    const { status, body } = await link(t, { filename: 'none', verify: 'true' })
    assert.deepEqual([status, body.message], [404, 'There is no file none'])
  })

  test('needs a name', async (t) => {
    assert.deepEqual((await link(t)).body.errors, [{ path: 'filename', message: 'is required' }])
  })
})

describe('a Korean name from macOS, which is decomposed', () => {
  const [composed, decomposed] = ['사진.png'.normalize('NFC'), '사진.png'.normalize('NFD')]
  const content = async (t: TestContext, filename: string) => {
    const { status, body } = await link(t, { filename, verify: 'true' })
    return [status, status === 200 && (await (await fetch(String(body.url))).text())]
  }

  test('is stored composed, by the API or by a form, and found under both', async (t) => {
    const { body } = await upload(t, { ...file, filename: decomposed })
    assert.equal((body.file as { filename: string }).filename, composed)
    for (const filename of [composed, decomposed]) assert.deepEqual(await content(t, filename), [200, 'x'])
    const { body: form } = await start(t, { filename: decomposed, size: 1 })
    assert.equal((form.fields as Record<string, string>).key, composed)
  })

  test('under which something else stored an object leads to it, where it is looked up', async (t) => {
    const name = `other-${decomposed}`
    await server.client.send(new PutObjectCommand({ Bucket: server.store.bucket, Key: name, Body: 'other' }))
    assert.deepEqual(await content(t, name), [200, 'other'])
    assert.deepEqual(await content(t, name.normalize('NFC')), [404, false])
  })
})

describe('POST /s3/uploads', () => {
  test('gives a form for up to 5 GiB, of which nothing is logged', async (t) => {
    const { status, body, lines } = await start(t, { filename: 'big', size: 5 * 1024 ** 3, contentType: 'video/mp4' })
    assert.deepEqual([status, Object.keys(body)], [200, ['url', 'fields', 'method', 'expiresIn']])
    const { Policy } = body.fields as Record<string, string>
    assert.ok(Policy && !JSON.stringify(lines).includes(Policy))
  })

  test('says everything that is wrong', async (t) => {
    const answer = await start(t, { filename: '/x', size: 5 * 1024 ** 3 + 1, contentType: 'x' })
    assert.equal(answer.status, 422)
    assert.deepEqual(paths(answer), ['filename', 'size', 'contentType'])
    assert.deepEqual(paths(await start(t, {})), ['filename', 'size'])
    assert.deepEqual(paths(await start(t, null)), ['body'])
  })
})

test('S3 that is absent is a 503 to those who need it, and to nobody else', async (t) => {
  await server.store.stop()
  const { status, body } = await upload(t, file)
  assert.equal(status, 503)
  assert.deepEqual({ ...body, requestId: '' }, { message: 'Could not connect to S3', requestId: '' })
  assert.equal((await link(t, { filename: 'a', verify: 'true' })).status, 503)
  assert.equal((await link(t, { filename: 'a' })).status, 200)
  assert.equal((await start(t, { filename: 'a', size: 1 })).status, 200)
})
