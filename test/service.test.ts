import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { call, startTestService, type TestService, upload } from './helpers/service.ts'

let service: TestService
let base = ''

before(async () => {
  service = await startTestService()
  base = service.base
})
after(() => service.stop())

/** Every error has this shape and nothing of the inside in it. */
function assertError(answer: Awaited<ReturnType<typeof call>>, status: number, paths?: readonly string[]): void {
  assert.equal(answer.status, status, JSON.stringify(answer.body))
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/)
  assert.equal(typeof answer.body.message, 'string')
  assert.match(answer.body.requestId, /^[0-9a-f-]{36}$/)
  if (paths)
    assert.deepEqual(
      answer.body.errors.map((error: { path: string }) => error.path),
      paths,
    )
  assert.doesNotMatch(JSON.stringify(answer.body), /SELECT|127\.0\.0\.1|my-lambda|node_modules|\.ts:/)
}

describe('users', () => {
  test('are created, read, changed and deleted', async () => {
    const created = await call(`${base}/rds`, { method: 'POST', json: { name: ' 이름 😀 ', age: 36 } })
    const { id } = created.body.user
    assert.deepEqual(created.body, { message: 'User created successfully!', user: { id, name: '이름 😀', age: 36 } })
    assert.equal(created.status, 200)
    assert.match(created.headers.get('location') ?? '', new RegExp(`/rds/${id}$`))

    assert.deepEqual((await call(`${base}/rds/${id}`)).body, { user: { id, name: '이름 😀', age: 36 } })
    const changed = await call(`${base}/rds/${id}`, { method: 'PUT', json: { name: 'Ada', age: 0 } })
    assert.deepEqual([changed.status, changed.body], [200, { user: { id, name: 'Ada', age: 0 } }])
    const deleted = await call(`${base}/rds/${id}`, { method: 'DELETE' })
    assert.deepEqual([deleted.status, deleted.body], [204, undefined])
    for (const method of ['GET', 'DELETE']) assertError(await call(`${base}/rds/${id}`, { method }), 404)
    assertError(await call(`${base}/rds/${id}`, { method: 'PUT', json: { name: 'Ada', age: 0 } }), 404)
  })

  test('are listed page by page, each once, by id', async () => {
    for (let age = 1; age <= 5; age++) await call(`${base}/rds`, { method: 'POST', json: { name: 'Page', age } })
    const ages: number[] = []
    for (let next: string | null = ''; next !== null; ) {
      const page = await call(`${base}/rds?limit=2${next && `&after=${encodeURIComponent(next)}`}`)
      assert.ok(page.body.users.length <= 2)
      ages.push(...page.body.users.map((user: { age: number }) => user.age))
      next = page.body.next
    }
    assert.deepEqual(ages, [1, 2, 3, 4, 5])
  })

  test('that are invalid are refused with every reason', async () => {
    const post = (json: unknown) => call(`${base}/rds`, { method: 'POST', json })
    assertError(await post({ name: '', age: 151 }), 422, ['name', 'age'])
    assertError(await post({ name: 'x'.repeat(256), age: 1.5 }), 422, ['name', 'age'])
    assertError(await post({}), 422, ['name', 'age'])
    assertError(await post({ name: 'Once', age: -1.5 }), 422, ['age'])
    assertError(await post([]), 422)
    assert.equal((await post({ name: '😀'.repeat(255), age: 150 })).status, 200)
    const headers = { 'content-type': 'application/json' }
    assertError(await call(`${base}/rds`, { method: 'POST', headers, body: '{"name":' }), 422)
    assertError(
      await call(`${base}/rds`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' }),
      415,
    )
    for (const query of ['limit=0', 'limit=1001', 'limit=x'])
      assertError(await call(`${base}/rds?${query}`), 422, ['limit'])
  })

  describe('created with an idempotency key', () => {
    const create = (key: string, json: unknown = { name: 'Once', age: 1 }) =>
      call(`${base}/rds`, { method: 'POST', json, headers: { 'Idempotency-Key': key } })
    const stored = async (id: number) =>
      (await call(`${base}/rds?limit=1000&after=${id}`)).body.users.filter(
        ({ name }: { name: string }) => name === 'Once',
      )

    test('20 times at once are one', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => create('parallel')))
      const [first] = answers
      for (const { status, body, headers } of answers) {
        assert.deepEqual([status, body], [200, first?.body])
        assert.equal(headers.get('location'), first?.headers.get('location'))
      }
      assert.deepEqual(await stored(first?.body.user.id), [])
    })

    test('are there once when the first answer was lost', async () => {
      const { id } = (await create('before')).body.user
      const socket = connect(Number(new URL(base).port), '127.0.0.1')
      const body = '{"name":"Once","age":1}'
      socket.end(
        `POST /default/rds HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: lost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      )
      await once(socket, 'data')
      socket.destroy()
      const repeated = await create('lost')
      assert.equal(repeated.status, 200)
      assert.deepEqual(await stored(id), [repeated.body.user])
    })

    test('are refused where the key says something else', async () => {
      await create('first')
      assertError(await create('first', { name: 'Other', age: 1 }), 422, ['idempotency-key'])
      assertError(await create('x'.repeat(256), { name: '', age: 1 }), 422, ['idempotency-key', 'name'])
      const preflight = await fetch(`${base}/rds`, { method: 'OPTIONS' })
      assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /\bIdempotency-Key\b/)
    })
  })

  test('know their methods', async () => {
    const answer = await call(`${base}/rds`, { method: 'PATCH', json: {} })
    assertError(answer, 405)
    assert.match(answer.headers.get('allow') ?? '', /GET.*POST/)
    assert.equal((await call(`${base}/other`)).body.message, 'Missing Authentication Token')
  })
})

describe('files', () => {
  const bytes = Buffer.from(Array.from({ length: 4_500_000 }, (_, index) => index % 256))

  test('of 4,500,000 bytes go up and come down unchanged, one byte more is refused', async () => {
    const file = new Blob([bytes], { type: 'image/x-test; charset=utf-8' })
    const { status, body } = await call(`${base}/s3`, upload(file, { filename: 'all/bytes 한글.bin' }))
    const etag = createHash('md5').update(bytes).digest('hex')
    const expected = {
      filename: 'all/bytes 한글.bin',
      size: bytes.length,
      contentType: 'image/x-test; charset=utf-8',
      etag,
    }
    assert.deepEqual([status, body], [200, { message: 'File uploaded!', file: expected }])

    const link = await call(`${base}/s3?filename=${encodeURIComponent('all/bytes 한글.bin')}&verify=true`)
    assert.equal(link.body.expiresIn, 3600)
    const download = await fetch(link.body.url)
    assert.equal(download.headers.get('content-type'), 'image/x-test; charset=utf-8')
    assert.match(download.headers.get('content-disposition') ?? '', /^attachment; filename=".*"; filename\*=UTF-8''/)
    assert.ok(Buffer.from(await download.arrayBuffer()).equals(bytes))

    const larger = await call(`${base}/s3`, upload(Buffer.concat([bytes, Buffer.from('x')])))
    assertError(larger, 413)
    assert.match(larger.body.message, /\/s3\/uploads/)
  })

  test('take the name of their part where no other is given; an empty one is invalid', async () => {
    const { body } = await call(`${base}/s3`, upload('x', {}, 'own name.txt'))
    assert.equal(body.file.filename, 'own name.txt')
    for (const filename of ['', '/a', 'a/../b', '.', 'a\u0000b', 'x'.repeat(1025)]) {
      assertError(await call(`${base}/s3`, upload('x', { filename })), 422, ['filename'])
    }
  })

  test('have links; whether there is a file behind one is told on demand', async () => {
    const url = `${base}/s3?filename=missing.txt`
    assert.equal((await call(url)).status, 200)
    assertError(await call(`${url}&verify=true`), 404)
    assertError(await call(`${base}/s3`), 422, ['filename'])
  })

  test('of any size go straight to the bucket by a form that takes no other file', async () => {
    const json = { filename: 'direct.bin', size: 6_000_000, contentType: 'application/x-direct' }
    const { status, body } = await call(`${base}/s3/uploads`, { method: 'POST', json })
    assert.deepEqual([status, body.method, body.expiresIn], [200, 'POST', 3600])
    const send = async (size: number, fields = body.fields) =>
      (await fetch(body.url, upload(Buffer.alloc(size, 7), fields))).status
    assert.equal(await send(6_000_001), 400)
    assert.equal(await send(5_999_999), 400)
    assert.equal(await send(6_000_000, { ...body.fields, key: 'other.bin' }), 403)
    assertError(await call(`${base}/s3?filename=direct.bin&verify=true`), 404)
    assert.equal(await send(6_000_000), 204)
    const { url } = (await call(`${base}/s3?filename=direct.bin&verify=true`)).body
    const download = await fetch(url)
    assert.equal(download.headers.get('content-type'), 'application/x-direct')
    assert.equal((await download.arrayBuffer()).byteLength, 6_000_000)
    const largest = { filename: 'large', size: 5 * 1024 ** 3, contentType: 'a/b' }
    assert.equal((await call(`${base}/s3/uploads`, { method: 'POST', json: largest })).status, 200)
    assertError(
      await call(`${base}/s3/uploads`, { method: 'POST', json: { ...largest, size: largest.size + 1 } }),
      422,
      ['size'],
    )
  })

  test('are sent as forms', async () => {
    assertError(await call(`${base}/s3`, { method: 'POST', json: {} }), 415)
    const form = new FormData()
    form.append('filename', 'x')
    assertError(await call(`${base}/s3`, { method: 'POST', body: form }), 422)
    assertError(await call(`${base}/s3`, { method: 'DELETE' }), 405)
  })
})

test('text that is not UTF-8 is refused, wherever it comes in', async () => {
  // 홍길동 in code page 949, as `curl -d` sends it from a Korean console.
  const bytes = [0xc8, 0xab, 0xb1, 0xe6, 0xb5, 0xbf]
  const body = Buffer.from(`{"name":"${String.fromCharCode(...bytes)}","age":1}`, 'latin1')
  const headers = { 'content-type': 'application/json' }
  assertError(await call(`${base}/rds`, { method: 'POST', headers, body }), 422, ['name'])
  for (const name of ['\ufffd.png', '%ED%95%9C%EF%BF%BD'])
    assertError(await call(`${base}/s3`, upload('x', {}, name)), 422, ['filename'])
  for (const query of ['%C8%AB%B1%E6', '%EF%BF%BD'])
    assertError(await call(`${base}/s3?filename=${query}`), 422, ['filename'])
  const json = { filename: '\ufffd', size: 1, contentType: 'text/\ufffd' }
  assertError(await call(`${base}/s3/uploads`, { method: 'POST', json }), 422, ['filename', 'contentType'])
})

test('a browser may call from any page', async () => {
  for (const path of ['/rds', '/rds/1', '/s3', '/s3/uploads']) {
    const headers = { origin: 'http://example.com', 'access-control-request-method': 'POST' }
    const preflight = await fetch(`${base}${path}`, { method: 'OPTIONS', headers })
    assert.ok(preflight.ok)
    assert.equal(preflight.headers.get('access-control-allow-origin'), '*')
    assert.match(preflight.headers.get('access-control-allow-methods') ?? '', path === '/rds/1' ? /PUT/ : /POST/)
  }
  for (const path of ['/rds', '/rds/0', '/s3?filename=a', '/none']) {
    const { headers } = await call(`${base}${path}`, { headers: { origin: 'http://example.com' } })
    assert.equal(headers.get('access-control-allow-origin'), '*', path)
  }
})

test('the log has one line a request, with nothing private in it', async () => {
  const from = service.log.length
  await call(`${base}/rds`, { method: 'POST', json: { name: 'Confidential', age: 1 } })
  const { body } = await call(`${base}/s3?filename=private.txt`)
  assert.match((await call(`${base}/s3?filename=private.txt&verify=true`)).body.message, /private\.txt/)
  const lines = service.log.slice(from)
  assert.equal(lines.length, 3)
  assert.deepEqual(
    lines.map((line) => [JSON.parse(line).method, JSON.parse(line).status]),
    [
      ['POST', 200],
      ['GET', 200],
      ['GET', 404],
    ],
  )
  assert.doesNotMatch(lines.join(), /Confidential|private|X-Amz-Signature|password/)
  assert.ok(body.url.includes('X-Amz-Signature'))
})

test('migrations can be repeated at any time, by several at once', async () => {
  const results = await Promise.all([service.migrate(), service.migrate()])
  for (const result of results) assert.deepEqual((result as { applied: string[] }).applied, [])
})
