import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import * as v from 'valibot'
import type { ApiDefinition, Schema } from '../../functions/http/api-definition.ts'
import { ApiDescription, pointer } from '../../test/helpers/openapi.ts'
import { jwt } from '../../test/helpers/settings.ts'
import { given, synthService } from '../../test/helpers/stack.ts'
import { readApis } from './openapi/apis.ts'
import { openApi, withServer } from './openapi/document.ts'
import { readStack } from './synthesized.ts'

const apis = await readApis()
const committed = new Map(
  [...apis.keys()].map((name) => [
    name,
    JSON.parse(readFileSync(new URL(`../../docs/openapi/${name}.json`, import.meta.url), 'utf8')),
  ]),
)
const [[, example] = []] = apis
const described = (settings?: Readonly<Record<string, string>>, api = example as ApiDefinition) =>
  JSON.parse(JSON.stringify(openApi(readStack(synthService(settings).json), api)))
/** The component of an object with this field. */
const field = (schema: Schema, stored: Schema = schema) => {
  const [[path, route] = ['', undefined]] = Object.entries(example?.routes ?? {})
  const body = { json: v.pipe(v.object({ field: schema, stored }), v.title('Thing')) }
  const routes = { [path]: { ...route, body } } as ApiDefinition['routes']
  return described({}, { title: 'Things', description: '', routes }).components.schemas.Thing.properties
}

test('docs/openapi/ is what the definitions of the APIs and Terraform say', () => {
  for (const [name, api] of apis)
    assert.deepEqual(committed.get(name), described({}, api), 'it is stale: run `make docs`')
})

test('it is a valid OpenAPI 3.1 document, whatever callers have to show', async () => {
  for (const document of [...committed.values(), described({ API_SECURITY: 'iam' }), described(jwt)]) {
    const validator = new Validator()
    const { valid, errors } = await validator.validate(document)
    assert.ok(valid, JSON.stringify(errors))
    assert.equal(validator.version, '3.1')
  }
})

test('every reference leads somewhere, and every shared part is used', () => {
  for (const document of committed.values()) {
    const description = new ApiDescription(document)
    const references = new Set([...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref = '']) => ref))
    for (const reference of references) assert.ok(description.resolve(reference).value, reference)
    for (const [kind, parts] of Object.entries<object>(document.components))
      for (const name of Object.keys(parts)) assert.ok(references.has(pointer('components', kind, name)), name)
  }
})

test('examples and defaults are what their schemas allow', () => {
  const visit = (description: ApiDescription, json: unknown, path: readonly string[]): void => {
    if (typeof json !== 'object' || json === null) return
    const { schema, examples, example, default: value } = json as Record<string, unknown>
    const values = [...(Array.isArray(examples) ? examples : []), ...(value === undefined ? [] : [value])]
    for (const each of values) assert.ok(description.accepts(pointer(...path), each), `${path.join('.')}: ${each}`)
    if (schema !== undefined && example !== undefined)
      assert.ok(
        description.accepts(pointer(...path, 'schema'), example),
        `${path.join('.')}: ${JSON.stringify(example)}`,
      )
    for (const [key, inner] of Object.entries(json)) visit(description, inner, [...path, key])
  }
  for (const document of committed.values()) {
    visit(new ApiDescription(document), document.paths, ['paths'])
    visit(new ApiDescription(document), document.components, ['components'])
  }
})

test('a route that Terraform does not have stops it, and so do two schemas of one name', () => {
  const [route] = Object.values(example?.routes ?? {})
  assert.throws(
    () => described({}, { title: '', description: '', routes: { 'GET /none': route as never } }),
    /no GET \/none/,
  )
  assert.throws(
    () => field(v.pipe(v.object({ a: v.string() }), v.title('A')), v.pipe(v.object({}), v.title('A'))),
    /Two of the schemas are called A/,
  )
})

test('a schema says what generators of clients need, and nothing that not every client knows', () => {
  assert.deepEqual(field(v.literal('a'), v.nullable(v.string())), {
    field: { type: 'string', const: 'a' },
    stored: { type: ['string', 'null'] },
  })
  assert.deepEqual(field(v.pipe(v.string(), v.regex(/^\p{L}$/u)), v.pipe(v.number(), v.integer())), {
    field: { type: 'string' },
    stored: { type: 'integer', format: 'int64' },
  })
  assert.deepEqual(
    field(
      v.nullable(v.picklist(['a'])),
      v.pipe(v.object({ a: v.string() }), v.metadata({ contentMediaType: 'image/png' })),
    ),
    {
      field: { anyOf: [{ type: 'string', enum: ['a'] }, { type: 'null' }] },
      stored: { type: 'string', format: 'binary', contentMediaType: 'image/png' },
    },
  )
})

test('it says what API_SECURITY asks of callers, and where a domain leads', () => {
  const first = (settings?: Readonly<Record<string, string>>) => {
    const { paths, servers } = described(settings)
    const [operation] = Object.values(
      Object.values<Record<string, { security: object; responses: object }>>(paths)[0] ?? {},
    )
    return { ...operation, servers }
  }
  assert.deepEqual(first().security, [])
  assert.equal(first().responses?.[401 as never], undefined)
  for (const type of ['iam', 'api-key']) assert.deepEqual(first({ API_SECURITY: type }).security, [{ [type]: [] }])
  const pool = 'arn:aws:cognito-idp:ap-northeast-2:123456789012:userpool/ap-northeast-2_abc'
  const cognito = first({ ...given, API_SECURITY: 'cognito', COGNITO_USER_POOL_ARN: pool })
  assert.deepEqual(cognito.security, [{ cognito: [] }])
  assert.ok(cognito.responses?.[401 as never])
  const certificate = 'arn:aws:acm:ap-northeast-2:123456789012:certificate/1'
  const { servers } = first({ DOMAIN_NAME: 'api.example.com', CERTIFICATE_ARN: certificate })
  assert.equal(servers.at(-1).url, 'https://api.example.com/users')
})

test('a copy for one server names no other', () => {
  assert.deepEqual(withServer(described(), 'http://localhost:3001/default').servers, [
    { url: 'http://localhost:3001/default' },
  ])
})
