import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import * as v from 'valibot'
import type { RouteDefinition, Schema } from '../../functions/http/api-definition.ts'
import { describedApi } from '../../test/helpers/described-api.ts'
import { ROOT } from '../process/command.ts'
import { readApis } from './openapi/apis.ts'
import { openApi } from './openapi/document.ts'
import { synthesized } from './synthesized.ts'

const json = (schema: Schema) => ({ 'POST /x': { body: { json: schema } } })
/** Schemas of a body, all of them by their names. */
const schemas = (body: Schema) => {
  const { ErrorBody, FieldError, ...own } = describedApi(json(body)).components.schemas
  return own
}
const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const thing = v.pipe(v.object({ id: v.pipe(v.number(), v.integer()) }), v.title('Thing'))

test('docs/openapi/ is what the definitions of the APIs and Terraform say', async () => {
  const stack = await synthesized()
  for (const [name, api] of await readApis()) {
    const committed = JSON.parse(readFileSync(join(ROOT, `docs/openapi/${name}.json`), 'utf8'))
    assert.deepEqual(committed, JSON.parse(JSON.stringify(openApi(stack, api))), 'it is stale: run `make docs`')
  }
})

describe('a schema says what generators of clients need, and nothing that not every client knows', () => {
  const text = { type: 'string' }
  const number = { type: 'number', format: 'double' }
  const integer = v.pipe(v.number(), v.integer())
  const within = { minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: true }
  const rules = v.pipe(v.string(), v.regex(/^\p{L}$/u), v.regex(/a/), v.regex(/b/i), v.description('A letter.'))
  const told = 'A letter. Matches `/^\\p{L}$/u` (JavaScript). Matches `/b/i` (JavaScript).'
  const cases: [string, Schema, object][] = [
    ['a literal', v.literal('a'), { ...text, enum: ['a'] }],
    ['a union of literals', v.union([v.literal('a'), v.literal('b')]), { ...text, enum: ['a', 'b'] }],
    ['a literal that is true', v.literal(true), { type: 'boolean', description: 'One of `true`.' }],
    ['null or text', v.nullable(v.string()), { ...text, nullable: true }],
    ['an integer', integer, { type: 'integer', format: 'int64' }],
    [
      'a small one',
      v.pipe(integer, v.maxValue(9), v.minValue(0)),
      { type: 'integer', format: 'int32', maximum: 9, minimum: 0 },
    ],
    ['a number', v.pipe(v.number(), v.gtValue(0), v.ltValue(9)), { ...number, ...within }],
    [
      'patterns, of which a schema has one that every language knows',
      rules,
      { ...text, pattern: 'a', description: told },
    ],
    ['text that becomes a date', v.pipe(v.string(), v.isoTimestamp(), v.toDate()), { ...text, format: 'date-time' }],
    ['a default that a function makes', v.optional(v.string(), () => String(Math.random())), text],
    ['examples', v.pipe(v.string(), v.examples(['a', 'b'])), { ...text, example: 'a' }],
    ['a rule without a keyword', v.pipe(v.string(), v.metadata({ not: { enum: ['a'] } })), text],
    ['a map', v.record(v.string(), v.number()), { type: 'object', additionalProperties: number }],
  ]
  for (const [name, field, expected] of cases)
    test(name, () => {
      const { Body } = schemas(v.pipe(v.object({ field }), v.title('Body')))
      assert.deepEqual(Body.properties.field, expected)
    })

  test('what has a title is a component, and is referred to with what is said of its use', () => {
    const either = v.pipe(v.union([v.string(), v.number()]), v.title('Text or number'))
    const { Body, ...others } = schemas(
      v.pipe(
        v.object({ either: v.array(either), thing: v.nullable(thing), owner: v.object({ name: v.string() }) }),
        v.title('Body'),
      ),
    )
    assert.deepEqual(Object.keys(others), ['TextOrNumber', 'Thing'])
    assert.deepEqual(Body.properties, {
      either: { type: 'array', items: reference('TextOrNumber') },
      thing: { type: 'object', nullable: true, allOf: [reference('Thing')] },
      owner: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
    })
  })

  test('what is neither text nor a number in a form is a file', () => {
    const form = v.object({ note: v.string(), pictures: v.array(v.blob()) })
    const { paths } = describedApi({ 'POST /things': { body: { multipart: form } } })
    const { schema } = paths['/things'].post.requestBody.content['multipart/form-data']
    assert.deepEqual(schema.properties, {
      note: { type: 'string' },
      pictures: { type: 'array', items: { type: 'string', format: 'binary' } },
    })
  })

  test('a parameter is what its text stands for', () => {
    const { paths } = describedApi({
      'GET /things/{id}': {
        path: v.object({ id: v.pipe(v.string(), v.toNumber(), v.integer(), v.minValue(1), v.examples([1])) }),
        query: v.object({ color: v.optional(v.pipe(v.picklist(['red', 'blue']), v.title('Color'))) }),
        headers: v.object({ 'if-match': v.optional(v.string()) }),
      },
    })
    const integer = { type: 'integer', minimum: 1, format: 'int64', example: 1 }
    assert.deepEqual(paths['/things/{id}'].get.parameters, [
      { name: 'id', in: 'path', required: true, schema: integer },
      { name: 'color', in: 'query', required: false, schema: reference('Color') },
      { name: 'If-Match', in: 'header', required: false, schema: { type: 'string' } },
    ])
  })
})

describe('what no client can be made from stops it, with route and field', () => {
  const other = v.pipe(v.object({ a: v.string() }), v.title('Thing'))
  const cases: [string, Record<string, Partial<RouteDefinition>>, RegExp][] = [
    [
      'a type that JSON does not have',
      json(v.object({ at: v.array(v.date()) })),
      /^Error: POST \/x: request\.at\[\]: .* v\.date\(\)/,
    ],
    ['null as a type', json(v.object({ a: v.union([v.string(), v.null()]) })), /request\.a\|2: .* v\.null\(\)/],
    [
      'a parameter that is an object',
      { 'GET /x': { query: v.object({ a: v.object({}) }) } },
      /GET \/x: query\.a must be text/,
    ],
    ['a body of GET', { 'GET /x': { body: { json: thing } } }, /GET \/x: .* body/],
    ['two schemas of one name', json(v.object({ a: thing, b: other })), /Two of the schemas are called Thing/],
    ['a schema that contains itself', json(v.object({ a: v.lazy(() => v.string()) })), /request\.a: .* v\.lazy\(\)/],
  ]
  for (const [name, routes, message] of cases) test(name, () => assert.throws(() => describedApi(routes), message))

  test('a route that Terraform does not have', () => {
    const none = { aws_api_gateway_method: {} }
    assert.throws(() => describedApi({ 'GET /x': {} }, {}, none), /Terraform has no GET \/x/)
  })
})

describe('where the API is, and what callers have to show', () => {
  test('each kind of access', () => {
    for (const [access, method] of Object.entries({
      open: { authorization: 'NONE' },
      iam: { authorization: 'AWS_IAM' },
      'api-key': { authorization: 'NONE', api_key_required: true },
      cognito: { authorization: 'COGNITO_USER_POOLS' },
      jwt: { authorization: 'CUSTOM' },
    })) {
      const { paths, components } = describedApi({ 'GET /x': {} }, method)
      const { security, responses } = paths['/x'].get
      assert.deepEqual(security, access === 'open' ? [] : [{ [access]: [] }])
      assert.deepEqual(Object.keys(components.securitySchemes), access === 'open' ? [] : [access])
      assert.equal('401' in responses, access === 'cognito' || access === 'jwt')
    }
  })

  test('the server of make dev, and that in AWS', () => {
    const { servers } = describedApi({ 'GET /x': {} })
    assert.deepEqual(
      servers.map(({ url }: { url: string }) => url),
      ['http://127.0.0.1:3000/v1', 'https://{api}.execute-api.{region}.amazonaws.com/v1'],
    )
  })
})
