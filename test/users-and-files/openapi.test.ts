/** The description held against the running program, and the program against the description. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { readSamples } from '../../tools/local/stress/samples.ts'
import { ApiDescription, pointer } from '../helpers/openapi.ts'
import { anything, key, mediaType, number, numeral, numerals, text } from './helpers/arbitraries.ts'
import { startTestService, type TestService } from './helpers/service.ts'

const descriptions = ['rds', 's3'].map(
  (name) =>
    new ApiDescription(JSON.parse(readFileSync(new URL(`../../docs/openapi/${name}.json`, import.meta.url), 'utf8'))),
)
/** The one that a path belongs to. */
const describing = (path: string) =>
  descriptions.find(({ document }) => document.paths[path]) ?? assert.fail(`${path} is not described`)
const samples = await readSamples()
let service: TestService
before(async () => {
  service = await startTestService({ maxEnvironments: 2 })
})
after(() => service.stop())

/** Statuses that the description has under `default`. */
const REFUSED_HTTP = [400, 408, 414, 431]

/** Sends a request, and holds whatever comes against the description of the route. */
async function send(route: string, path: string, init: RequestInit = {}) {
  const [method = '', template = ''] = route.split(' ')
  const response = await fetch(`${service.base}${path}`, { ...init, method })
  const answer = { status: response.status, headers: response.headers, text: await response.text() }
  const description = describing(template)
  const described = description.document.paths[template][method.toLowerCase()].responses
  const status = described[answer.status] ? answer.status : 'default'
  assert.ok(
    status !== 'default' || REFUSED_HTTP.includes(answer.status),
    `${route} answered ${answer.status}, which is not described: ${answer.text}`,
  )
  description.check(pointer('paths', template, method.toLowerCase(), 'responses', status), answer)
  return answer
}

const json = (value: unknown): RequestInit => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
})

describe('a request made of the examples succeeds', () => {
  // What is created is read and changed before it is deleted.
  const order = ['POST', 'GET', 'PUT', 'DELETE']
  for (const { route, method, path, headers, body } of samples.toSorted(
    (a, b) => order.indexOf(a.method) - order.indexOf(b.method),
  ))
    test(route, async () => {
      const target = path.slice(new URL(service.base).pathname.length)
      const { status, text } = await send(route, target, { headers, ...(method !== 'GET' && { body }) })
      assert.ok(status < 300, text)
    })
})

describe('what the description accepts the API accepts, and what it refuses is a 422', () => {
  const runs = { numRuns: 150 }
  const agree = async (accepted: boolean, { status, text: body }: { status: number; text: string }) =>
    assert.equal(status, accepted ? 200 : 422, body)

  // What the descriptions say in words: patterns of these classes are not for every client.
  const visible = (value: unknown) => {
    const { name } = value as { name: string }
    return (
      name.isWellFormed() &&
      /[\p{L}\p{N}\p{P}\p{S}]/u.test(name.replace(/[\p{DI}\u2800\ufffc\u{13441}\u{13442}\u{1d159}]/gu, ''))
    )
  }
  const fits = (name: unknown) =>
    typeof name !== 'string' || (Buffer.byteLength(name.normalize()) <= 1024 && name.isWellFormed())

  test('users', async () => {
    const user = fc.record(
      {
        name: fc.oneof({ weight: 4, arbitrary: text }, anything),
        age: fc.oneof({ weight: 4, arbitrary: number }, anything),
      },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(fc.oneof({ weight: 9, arbitrary: user }, anything), async (value) => {
        const accepted = describing('/rds').accepts('#/components/schemas/NewUser', value) && visible(value)
        await agree(accepted, await send('POST /rds', '/rds', json(value)))
      }),
      runs,
    )
  })

  test('direct uploads', async () => {
    const size = fc.oneof(number, fc.constantFrom(5 * 1024 ** 3, 5 * 1024 ** 3 + 1))
    const request = fc.record(
      {
        filename: fc.oneof({ weight: 6, arbitrary: key }, anything),
        size: fc.oneof({ weight: 6, arbitrary: size }, anything),
        contentType: mediaType,
      },
      { requiredKeys: ['filename', 'size'] },
    )
    await fc.assert(
      fc.asyncProperty(request, async (value) => {
        const accepted =
          describing('/s3').accepts('#/components/schemas/UploadRequest', value) &&
          fits(value.filename) &&
          !String(value.filename).includes(`$\{filename}`)
        await agree(accepted, await send('POST /s3/uploads', '/s3/uploads', json(value)))
      }),
      runs,
    )
  })

  test('names in a form', async () => {
    await fc.assert(
      fc.asyncProperty(
        key.filter((name) => name.isWellFormed()),
        async (filename) => {
          const body = new FormData()
          body.append('filename', filename)
          body.append('file', new Blob(['x']), 'x')
          // Line breaks reach the API as CR LF, which is what forms make of them.
          const accepted =
            describing('/s3').accepts('#/components/schemas/Upload', { file: 'x', filename }) && fits(filename)
          await agree(accepted, await send('POST /s3', '/s3', { body }))
        },
      ),
      { numRuns: 60 },
    )
  })

  /** Text of a parameter as its schema reads it: what is no number, or no truth value, stays text. */
  const parsed = (value: string) =>
    /^-?(0|[1-9]\d*)$/.test(value) ? Number(value) : /^(true|false)$/.test(value) ? value === 'true' : value
  const parameter = (route: string, index: number, value: string) => {
    const [method = '', path = ''] = route.split(' ')
    const schema = pointer('paths', path, method.toLowerCase(), 'parameters', index, 'schema')
    const description = describing(path)
    const { type } = description.resolve(schema).value
    return description.accepts(schema, type === 'string' ? value : parsed(value))
  }
  const beyond = (name: string, value: string) => name === 'after' && Number(value) > Number.MAX_SAFE_INTEGER
  test('parameters in the query', async () => {
    const cases: [string, string, number, fc.Arbitrary<string>][] = [
      ['GET /rds', 'limit', 0, numeral],
      ['GET /rds', 'after', 1, numeral],
      ['GET /s3', 'filename', 0, key.filter((name) => name.isWellFormed() && fits(name))],
      ['GET /s3', 'verify', 1, fc.constantFrom('true', 'false', 'TRUE', '1', '')],
    ]
    for (const [route, name, index, arbitrary] of cases) {
      await fc.assert(
        fc.asyncProperty(arbitrary, async (value) => {
          const path = route.split(' ')[1] ?? ''
          const query = new URLSearchParams({
            ...(name === 'verify' && { filename: 'texts/hello.txt' }),
            [name]: value,
          })
          await agree(parameter(route, index, value) && !beyond(name, value), await send(route, `${path}?${query}`))
        }),
        { numRuns: 50, ...(arbitrary === numeral && { examples: numerals.map((value): [string] => [value]) }) },
      )
    }
  })

  test('ids in the path', async () => {
    for (const id of ['0', '1', '01', '-1', '1.0', 'x', '%20', '9007199254740991', '9007199254740992']) {
      const { status, text: body } = await send('GET /rds/{id}', `/rds/${id}`)
      assert.equal(status === 422, !parameter('GET /rds/{id}', 0, decodeURIComponent(id)), `${id}: ${body}`)
    }
  })

  test('keys of creations', async () => {
    for (const value of ['x', '~', 'x'.repeat(255), 'x'.repeat(256), 'a b', 'é', 'a\tb', '']) {
      const { headers, body } = json({ name: value || 'x', age: 1 }) as {
        headers: Record<string, string>
        body: string
      }
      const answer = await send('POST /rds', '/rds', {
        headers: { ...headers, 'idempotency-key': value },
        body: value.length > 255 ? '{}' : body,
      })
      assert.equal(answer.status === 422, !parameter('POST /rds', 0, value), `${value}: ${answer.text}`)
    }
  })
})

describe('answers that are errors', () => {
  test('404 of what does not exist', async () => {
    assert.equal((await send('GET /rds/{id}', '/rds/404000')).status, 404)
    assert.equal((await send('GET /s3', '/s3?filename=none&verify=true')).status, 404)
  })

  test('405, with the methods that are described and no others', async () => {
    for (const [path, methods] of descriptions.flatMap(({ document }) => Object.entries<object>(document.paths))) {
      const response = await fetch(`${service.base}${path.replace('{id}', '1')}`, { method: 'PATCH' })
      assert.equal(response.status, 405)
      assert.ok(describing(path).accepts('#/components/schemas/ErrorBody', await response.json()))
      assert.deepEqual(response.headers.get('allow')?.toLowerCase().split(', ').sort(), Object.keys(methods).sort())
    }
  })

  test('415 of another media type', async () => {
    for (const { route, path, body } of samples.filter(({ body }) => body !== '')) {
      const target = path.slice(new URL(service.base).pathname.length)
      assert.equal((await send(route, target, { headers: { 'content-type': 'text/plain' }, body })).status, 415)
    }
  })

  test('413 of the function, of Lambda and of the gateway', async () => {
    for (const [size, type] of [
      [4_500_001, 'application/json'],
      [6_000_000, 'application/json'],
      [11_000_000, 'text/plain'],
    ] as const) {
      const body = new FormData()
      body.append('file', new Blob([Buffer.alloc(size)]), 'x')
      const { status, headers } = await send('POST /s3', '/s3', { body })
      assert.deepEqual([status, headers.get('content-type')], [413, type])
    }
  })

  test('414 and 431', async () => {
    assert.equal((await send('GET /s3', `/s3?filename=${'x'.repeat(11_000)}`)).status, 414)
    assert.equal((await send('GET /rds', '/rds', { headers: { x: 'x'.repeat(11_000) } })).status, 431)
  })

  test('500 where a table is missing', async () => {
    const admin = await service.admin()
    await admin.query('RENAME TABLE Users TO gone')
    assert.equal((await send('GET /rds', '/rds')).status, 500)
    await admin.query('RENAME TABLE gone TO Users')
    await admin.end()
  })

  test('503 while MySQL or S3 is away', async () => {
    await service.database.stop()
    await service.store.stop()
    const body = new FormData()
    body.append('file', new Blob(['x']), 'x')
    assert.equal((await send('GET /rds', '/rds')).status, 503)
    assert.equal((await send('POST /s3', '/s3', { body })).status, 503)
  })

  // The last, since the limit by the second holds for a while; MySQL is still away.
  test('429 over the limits', async () => {
    const answers = await Promise.all(Array.from({ length: 300 }, () => send('GET /rds', '/rds')))
    assert.deepEqual([...new Set(answers.map(({ status }) => status))].sort(), [429, 503])
  })
})
