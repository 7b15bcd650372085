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
import { openApi } from './openapi/document.ts'
import { readStack } from './synthesized.ts'

const read = (name: string) => JSON.parse(readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8'))
const committed = read('openapi.json')
const apis = await readApis()
const described = (settings?: Readonly<Record<string, string>>, definitions: readonly ApiDefinition[] = apis) =>
  JSON.parse(JSON.stringify(openApi(readStack(synthService(settings).json), definitions)))
/** The component of an object with this field. */
const field = (schema: Schema, stored: Schema = schema) => {
  const [api] = apis
  const [[path, route] = ['', undefined]] = Object.entries(api?.routes ?? {})
  const body = { json: v.pipe(v.object({ field: schema, stored }), v.title('Thing')) }
  const routes = { [path]: { ...route, body } } as ApiDefinition['routes']
  return described({}, [{ title: 'Things', description: '', routes }]).components.schemas.Thing.properties
}

test('docs/openapi.json is what the definitions of the APIs and Terraform say', () => {
  assert.deepEqual(committed, described(), 'it is stale: run `make docs`')
})

test('it is a valid OpenAPI 3.1 document, whatever callers have to show', async () => {
  for (const document of [committed, described({ API_SECURITY: 'iam' }), described(jwt)]) {
    const validator = new Validator()
    const { valid, errors } = await validator.validate(document)
    assert.ok(valid, JSON.stringify(errors))
    assert.equal(validator.version, '3.1')
  }
})

test('every reference leads somewhere, and every shared part is used', () => {
  const description = new ApiDescription(committed)
  const references = new Set([...JSON.stringify(committed).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref = '']) => ref))
  for (const reference of references) assert.ok(description.resolve(reference).value, reference)
  for (const [kind, parts] of Object.entries<object>(committed.components))
    for (const name of Object.keys(parts)) assert.ok(references.has(pointer('components', kind, name)), name)
})

test('examples and defaults are what their schemas allow', () => {
  const description = new ApiDescription(committed)
  const visit = (json: unknown, path: readonly string[]): void => {
    if (typeof json !== 'object' || json === null) return
    const { schema, examples, example, default: value } = json as Record<string, unknown>
    const values = [...(Array.isArray(examples) ? examples : []), ...(value === undefined ? [] : [value])]
    for (const each of values) assert.ok(description.accepts(pointer(...path), each), `${path.join('.')}: ${each}`)
    if (schema !== undefined && example !== undefined)
      assert.ok(
        description.accepts(pointer(...path, 'schema'), example),
        `${path.join('.')}: ${JSON.stringify(example)}`,
      )
    for (const [key, inner] of Object.entries(json)) visit(inner, [...path, key])
  }
  visit(committed.paths, ['paths'])
  visit(committed.components, ['components'])
})

test('a route that Terraform does not have stops it, and so do two schemas of one name', () => {
  const [api] = apis
  const [route] = Object.values(api?.routes ?? {})
  assert.throws(
    () => described({}, [{ title: '', description: '', routes: { 'GET /none': route as never } }]),
    /resource \/none/,
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
  assert.deepEqual(committed.paths['/rds'].get.security, [])
  assert.equal(committed.paths['/rds'].get.responses[401], undefined)
  for (const type of ['iam', 'api-key']) {
    assert.deepEqual(described({ API_SECURITY: type }).paths['/s3'].get.security, [{ [type]: [] }])
  }
  const pool = 'arn:aws:cognito-idp:ap-northeast-2:123456789012:userpool/ap-northeast-2_abc'
  const cognito = described({ ...given, API_SECURITY: 'cognito', COGNITO_USER_POOL_ARN: pool })
  assert.deepEqual(cognito.paths['/s3'].post.security, [{ cognito: [] }])
  assert.ok(cognito.paths['/s3'].post.responses[401])
  const certificate = 'arn:aws:acm:ap-northeast-2:123456789012:certificate/1'
  const { paths } = described({ DOMAIN_NAME: 'api.example.com', CERTIFICATE_ARN: certificate })
  assert.equal(paths['/rds'].servers.at(-1).url, 'https://api.example.com/users')
  assert.equal(paths['/s3/uploads'].servers.at(-1).url, 'https://api.example.com/files')
})
