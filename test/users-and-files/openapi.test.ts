/** The description held against the running program, and the program against the description. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import * as v from 'valibot'
import { creationHeaders, newUser, page, userPath } from '../../functions/rds/api.ts'
import { fileUpload, linkQuery, MAX_POST_SIZE, uploadRequest } from '../../functions/s3/api.ts'
import { readSamples } from '../../tools/docs/samples.ts'
import { ApiDescription, pointer } from '../helpers/openapi.ts'
import { anything, key, mediaType, number, numeral, text } from './helpers/arbitraries.ts'
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

describe('what the description accepts the schemas of the API accept, and nothing else', () => {
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
  const signable = ({ filename }: { filename?: unknown }) =>
    fits(filename) && !String(filename).includes(`$\{filename}`)
  const isSafe = (value: string) => !(Number(value) > Number.MAX_SAFE_INTEGER)

  const component = (path: string, name: string) => (value: unknown) =>
    describing(path).accepts(pointer('components', 'schemas', name), value)
  /** Whether a parameter may have this text; what is no number, or no truth value, stays text. */
  const parameter = (method: string, path: string, index: number) => (value: string) => {
    const schema = pointer('paths', path, method, 'parameters', index, 'schema')
    const { type } = describing(path).resolve(schema).value
    const isJson = type !== 'string' && /^(-?(0|[1-9]\d*)|true|false)$/.test(value)
    return describing(path).accepts(schema, isJson ? JSON.parse(value) : value)
  }

  const or = (arbitrary: fc.Arbitrary<unknown>, weight: number) => fc.oneof({ weight, arbitrary }, anything)
  const user = fc.record({ name: or(text, 4), age: or(number, 4) }, { requiredKeys: [] })
  const size = fc.oneof(number, fc.constantFrom(MAX_POST_SIZE, MAX_POST_SIZE + 1))
  const upload = fc.record(
    { filename: or(key, 6), size: or(size, 6), contentType: mediaType },
    { requiredKeys: ['filename', 'size'] },
  )
  const keys = fc.oneof(text, fc.stringMatching(/^[\x20-\x7e]{1,256}$/))

  /** @param input what the schema is given. @param also what stands in words. */
  const agree = <T>(
    name: string,
    arbitrary: fc.Arbitrary<T>,
    schema: v.GenericSchema,
    input: (value: T) => unknown,
    described: (value: T) => boolean,
    also: (value: T) => boolean = () => true,
  ) =>
    test(name, () => {
      const property = fc.property(arbitrary, (value) => {
        assert.equal(v.safeParse(schema, input(value)).success, described(value) && also(value))
      })
      fc.assert(property, { numRuns: 1000 })
    })
  const file = { content: Buffer.from('x'), contentType: 'text/plain', filename: undefined }
  const same = (value: unknown) => value
  agree('users', or(user, 9), newUser, same, component('/rds', 'NewUser'), visible)
  agree('direct uploads', upload, uploadRequest, same, component('/s3', 'UploadRequest'), signable)
  const formOf = (filename: string) => component('/s3', 'Upload')({ file: 'x', filename })
  agree('names in a form', key, fileUpload, (filename) => ({ filename, file }), formOf, fits)
  agree('limit', numeral, page, (limit) => ({ limit }), parameter('get', '/rds', 0))
  agree('after', numeral, page, (after) => ({ after }), parameter('get', '/rds', 1), isSafe)
  agree('id', numeral, userPath, (id) => ({ id }), parameter('get', '/rds/{id}', 0), isSafe)
  agree('filename', key, linkQuery, (filename) => ({ filename }), parameter('get', '/s3', 0), fits)
  const flags = fc.constantFrom('true', 'false', 'TRUE', '1', '')
  agree('verify', flags, linkQuery, (verify) => ({ filename: 'x', verify }), parameter('get', '/s3', 1))
  const headers = (value: string) => ({ 'idempotency-key': value })
  agree('keys of creations', keys, creationHeaders, headers, parameter('post', '/rds', 0))
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
