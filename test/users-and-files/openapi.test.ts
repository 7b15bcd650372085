/** The description held against the running program, and the program against the description. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { readSamples } from '../../tools/local/stress/samples.ts'
import { ApiDescription, pointer } from '../helpers/openapi.ts'
import { anything, key, mediaType, number, numeral, numerals, text } from './helpers/arbitraries.ts'
import { startTestService, type TestService, upload } from './helpers/service.ts'

const descriptions = ['rds', 's3'].map(
  (name) =>
    new ApiDescription(JSON.parse(readFileSync(new URL(`../../docs/openapi/${name}.json`, import.meta.url), 'utf8'))),
)
/** The one that a path belongs to. */
const describing = (path: string) =>
  descriptions.find(({ document }) => document.paths[path]) ?? assert.fail(`${path} is not described`)
/** Requests made of the examples; their paths without the stage. */
const samples = (await readSamples()).map((each) => ({ ...each, path: each.path.replace(/^\/\w+/, '') }))
let service: TestService
before(async () => {
  service = await startTestService({ maxEnvironments: 2 })
})
after(() => service.stop())

/** Statuses that the description has under `default`. */
const REFUSED_HTTP = [400, 408, 414, 431]

/** Sends a request, and holds whatever comes against the description of the route. @returns the status. */
async function send(route: string, path = route.split(' ')[1], init: RequestInit = {}): Promise<number> {
  const [method = '', template = ''] = route.split(' ')
  const response = await fetch(`${service.base}${path}`, { ...init, method })
  const answer = { status: response.status, headers: response.headers, text: await response.text() }
  const description = describing(template)
  const operation = ['paths', template, method.toLowerCase(), 'responses']
  const { value: described } = description.resolve(pointer(...operation))
  const status = described[answer.status] ? answer.status : 'default'
  const known = status !== 'default' || REFUSED_HTTP.includes(answer.status)
  assert.ok(known, `${route} answered ${answer.status}, which is not described: ${answer.text}`)
  description.check(pointer(...operation, status), answer)
  return answer.status
}

const json = (value: unknown, headers: Record<string, string> = {}): RequestInit => ({
  headers: { ...headers, 'content-type': 'application/json' },
  body: JSON.stringify(value),
})

describe('a request made of the examples succeeds', () => {
  // What is created is read and changed before it is deleted.
  const order = ['POST', 'GET', 'PUT', 'DELETE']
  const inOrder = samples.toSorted((a, b) => order.indexOf(a.method) - order.indexOf(b.method))
  for (const { route, method, path, headers, body } of inOrder)
    test(route, async () => {
      const status = await send(route, path, { headers, ...(method !== 'GET' && { body }) })
      assert.ok(status < 300, String(status))
    })
})

describe('what the description accepts the API accepts, and what it refuses is a 422', () => {
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
  const accepts = (path: string, schema: string, value: unknown) =>
    describing(path).accepts(pointer('components', 'schemas', schema), value)
  /** Whether a parameter may have this text; what is no number, or no truth value, stays text. */
  const parameter = (route: string, index: number, value: string) => {
    const [method = '', path = ''] = route.split(' ')
    const schema = pointer('paths', path, method.toLowerCase(), 'parameters', index, 'schema')
    const { type } = describing(path).resolve(schema).value
    const isJson = type !== 'string' && /^(-?(0|[1-9]\d*)|true|false)$/.test(value)
    return describing(path).accepts(schema, isJson ? JSON.parse(value) : value)
  }
  const query =
    (route: string, name: string, index: number, also: (value: string) => boolean = () => true) =>
    async (value: string): Promise<[boolean, number]> => {
      const parameters = new URLSearchParams({
        ...(name === 'verify' && { filename: 'texts/hello.txt' }),
        [name]: value,
      })
      return [parameter(route, index, value) && also(value), await send(route, `${route.split(' ')[1]}?${parameters}`)]
    }

  const or = (arbitrary: fc.Arbitrary<unknown>, weight: number) => fc.oneof({ weight, arbitrary }, anything)
  const user = fc.record({ name: or(text, 4), age: or(number, 4) }, { requiredKeys: [] })
  const size = fc.oneof(number, fc.constantFrom(5 * 1024 ** 3, 5 * 1024 ** 3 + 1))
  const request = fc.record(
    { filename: or(key, 6), size: or(size, 6), contentType: mediaType },
    { requiredKeys: ['filename', 'size'] },
  )
  const sendable = key.filter((name) => name.isWellFormed())
  const examples = numerals.map((value): [string] => [value])

  /** Values, and for each whether it is described as right and what the API answers. */
  const property = <T>(
    name: string,
    arbitrary: fc.Arbitrary<T>,
    tried: (value: T) => Promise<[accepted: boolean, status: number]>,
    parameters: fc.Parameters<[T]>,
  ) =>
    test(name, () =>
      fc.assert(
        fc.asyncProperty(arbitrary, async (value) => {
          const [accepted, status] = await tried(value)
          assert.equal(status, accepted ? 200 : 422)
        }),
        parameters,
      ),
    )
  property(
    'users',
    or(user, 9),
    async (value) => [
      accepts('/rds', 'NewUser', value) && visible(value),
      await send('POST /rds', '/rds', json(value)),
    ],
    { numRuns: 150 },
  )
  property(
    'direct uploads',
    request,
    async (value) => [
      accepts('/s3', 'UploadRequest', value) &&
        fits(value.filename) &&
        !String(value.filename).includes(`$\{filename}`),
      await send('POST /s3/uploads', '/s3/uploads', json(value)),
    ],
    { numRuns: 150 },
  )
  // Line breaks reach the API as CR LF, which is what forms make of them.
  property(
    'names in a form',
    sendable,
    async (filename) => [
      accepts('/s3', 'Upload', { file: 'x', filename }) && fits(filename),
      await send('POST /s3', '/s3', upload('x', { filename })),
    ],
    { numRuns: 60 },
  )
  const notBeyond = (value: string) => !(Number(value) > Number.MAX_SAFE_INTEGER)
  property('limit', numeral, query('GET /rds', 'limit', 0), { numRuns: 50, examples })
  property('after', numeral, query('GET /rds', 'after', 1, notBeyond), { numRuns: 50, examples })
  property('filename', sendable.filter(fits), query('GET /s3', 'filename', 0), { numRuns: 50 })
  property('verify', fc.constantFrom('true', 'false', 'TRUE', '1', ''), query('GET /s3', 'verify', 1), { numRuns: 10 })

  test('ids in the path', async () => {
    for (const id of ['0', '1', '01', '-1', '1.0', 'x', '%20', '9007199254740991', '9007199254740992'])
      assert.equal(
        (await send('GET /rds/{id}', `/rds/${id}`)) !== 422,
        parameter('GET /rds/{id}', 0, decodeURIComponent(id)),
        id,
      )
  })

  test('keys of creations', async () => {
    for (const value of ['x', '~', 'x'.repeat(255), 'x'.repeat(256), 'a b', 'é', 'a\tb', '']) {
      const init = json({ name: value.slice(0, 255) || 'x', age: 1 }, { 'idempotency-key': value })
      assert.equal((await send('POST /rds', '/rds', init)) !== 422, parameter('POST /rds', 0, value), value)
    }
  })
})

describe('answers that are errors', () => {
  test('405, with the methods that are described and no others', async () => {
    for (const [path, methods] of descriptions.flatMap(({ document }) => Object.entries<object>(document.paths))) {
      const response = await fetch(`${service.base}${path.replace('{id}', '1')}`, { method: 'PATCH' })
      assert.equal(response.status, 405)
      assert.ok(describing(path).accepts('#/components/schemas/ErrorBody', await response.json()))
      assert.deepEqual(response.headers.get('allow')?.toLowerCase().split(', ').sort(), Object.keys(methods).sort())
    }
  })

  test('415 of another media type', async () => {
    for (const { route, path, body } of samples.filter(({ body }) => body !== ''))
      assert.equal(await send(route, path, { headers: { 'content-type': 'text/plain' }, body }), 415)
  })

  const file = (bytes: number) => upload(Buffer.alloc(bytes))
  const cases: [number, string, string, string, RequestInit?][] = [
    [404, 'of a user that does not exist', 'GET /rds/{id}', '/rds/404000'],
    [404, 'of a file that does not exist', 'GET /s3', '/s3?filename=none&verify=true'],
    [413, 'of the function', 'POST /s3', '/s3', file(4_500_001)],
    [413, 'of Lambda', 'POST /s3', '/s3', file(6_000_000)],
    [413, 'of the gateway', 'POST /s3', '/s3', file(11_000_000)],
    [414, 'of a long path', 'GET /s3', `/s3?filename=${'x'.repeat(11_000)}`],
    [431, 'of long headers', 'GET /rds', '/rds', { headers: { x: 'x'.repeat(11_000) } }],
  ]
  for (const [status, what, route, path, init] of cases)
    test(`${status} ${what}`, async () => assert.equal(await send(route, path, init), status))

  test('500 where a table is missing', async () => {
    const admin = await service.admin()
    await admin.query('RENAME TABLE Users TO gone')
    assert.equal(await send('GET /rds'), 500)
    await admin.query('RENAME TABLE gone TO Users')
    await admin.end()
  })

  test('503 while MySQL or S3 is away', async () => {
    await service.database.stop()
    await service.store.stop()
    assert.equal(await send('GET /rds'), 503)
    assert.equal(await send('POST /s3', '/s3', file(1)), 503)
  })
})
