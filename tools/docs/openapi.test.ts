import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import type { RouteDefinition, Schema } from '../../functions/http/api-definition.ts'
import { describedApi } from '../../test/helpers/described-api.ts'

const json = (schema: Schema) => ({ 'POST /x': { body: { json: schema } } })
const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const thing = v.pipe(v.object({ id: v.pipe(v.number(), v.integer()) }), v.title('Thing'))

test('writes schemas for client generators, with keywords that every client knows', () => {
  const text = { type: 'string' }
  const number = { type: 'number', format: 'double' }
  const integer = v.pipe(v.number(), v.integer())
  const within = { minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: true }
  const rules = v.pipe(v.string(), v.regex(/^\p{L}$/u), v.regex(/a/), v.regex(/b/i), v.description('A letter.'))
  const told = 'A letter. Matches `/^\\p{L}$/u` (JavaScript). Matches `/b/i` (JavaScript).'
  const orNull = { description: 'Or null.' }
  const digit = v.pipe(integer, v.maxValue(9), v.minValue(0))
  const either = v.pipe(v.union([v.string(), v.number()]), v.title('New text or number'))
  const fields: Record<string, [Schema, object]> = {
    literal: [v.literal('a'), { ...text, enum: ['a'] }],
    literals: [v.union([v.literal('a'), v.literal('b')]), { ...text, enum: ['a', 'b'] }],
    true: [v.literal(true), { type: 'boolean', description: 'One of `true`.' }],
    nullable: [v.nullable(v.string()), { ...text, nullable: true }],
    integer: [integer, { type: 'integer', format: 'int64' }],
    digit: [digit, { type: 'integer', format: 'int32', maximum: 9, minimum: 0 }],
    number: [v.pipe(v.number(), v.gtValue(0), v.ltValue(9)), { ...number, ...within }],
    // One pattern of several stays: one that every language knows.
    patterns: [rules, { ...text, pattern: 'a', description: told }],
    date: [v.pipe(v.string(), v.isoTimestamp(), v.toDate()), { ...text, format: 'date-time' }],
    made: [v.optional(v.string(), () => String(Math.random())), text],
    examples: [v.pipe(v.string(), v.examples(['a', 'b'])), { ...text, example: 'a' }],
    withoutKeyword: [v.pipe(v.string(), v.metadata({ not: { enum: ['a'] } })), text],
    map: [v.record(v.string(), v.number()), { type: 'object', additionalProperties: number }],
    // A titled schema becomes a component; its reference keeps the description.
    list: [v.array(either), { type: 'array', items: reference('TextOrNumberInput') }],
    thing: [v.nullable(thing), { type: 'object', nullable: true, allOf: [reference('Thing'), orNull] }],
    owner: [v.object({ name: v.string() }), { type: 'object', properties: { name: text }, required: ['name'] }],
  }
  const columnOf = (index: 0 | 1) =>
    Object.fromEntries(Object.entries(fields).map(([name, pair]) => [name, pair[index]]))
  const body = v.pipe(v.object(columnOf(0) as Record<string, Schema>), v.title('Body'))
  const { Body, ErrorBody, FieldError, ...others } = describedApi(json(body)).components.schemas
  assert.deepEqual(Body.properties, columnOf(1))
  assert.deepEqual(Object.keys(others), ['TextOrNumberInput', 'Thing'])
})

test('describes files of a form, and parameters by their parsed type', () => {
  const { paths } = describedApi({
    'POST /things': { body: { multipart: v.object({ pictures: v.array(v.blob()) }) } },
    'GET /things/{id}': {
      path: v.object({ id: v.pipe(v.string(), v.toNumber(), v.integer(), v.minValue(1), v.examples([1])) }),
      query: v.object({ color: v.optional(v.pipe(v.picklist(['red', 'blue']), v.title('Color'))) }),
      headers: v.object({ 'if-match': v.optional(v.string()) }),
    },
  })
  const { schema } = paths['/things'].post.requestBody.content['multipart/form-data']
  assert.deepEqual(schema.properties, { pictures: { type: 'array', items: { type: 'string', format: 'binary' } } })
  const integer = { type: 'integer', minimum: 1, format: 'int64', example: 1 }
  assert.deepEqual(paths['/things/{id}'].get.parameters, [
    { name: 'id', in: 'path', required: true, schema: integer },
    { name: 'color', in: 'query', required: false, schema: reference('Color') },
    { name: 'If-Match', in: 'header', required: false, schema: { type: 'string' } },
  ])
})

test('rejects schemas without a client type, naming route and field', () => {
  const other = v.pipe(v.object({ a: v.string() }), v.title('Thing'))
  const cases: [Record<string, Partial<RouteDefinition>>, RegExp][] = [
    [json(v.object({ at: v.array(v.date()) })), /^Error: POST \/x: request\.at\[\]: .* v\.date\(\)/],
    [json(v.object({ a: v.union([v.string(), v.null()]) })), /request\.a\|2: .* v\.null\(\)/],
    [json(v.object({ a: v.lazy(() => v.string()) })), /request\.a: .* v\.lazy\(\)/],
    [json(v.object({ a: thing, b: other })), /Two of the schemas are called Thing/],
    [{ 'GET /x': { query: v.object({ a: v.object({}) }) } }, /GET \/x: query\.a must be text/],
    [{ 'GET /x': { body: { json: thing } } }, /GET \/x: .* body/],
  ]
  for (const [routes, message] of cases) assert.throws(() => describedApi(routes), message)
  assert.throws(() => describedApi({ 'GET /x': {} }, { http_method: 'POST' }), /Terraform has no GET \/x/)
})

test('has the servers of the API and the security of its callers', () => {
  for (const [access, method] of Object.entries({
    open: { authorization: 'NONE' },
    iam: { authorization: 'AWS_IAM' },
    'api-key': { authorization: 'NONE', api_key_required: true },
    cognito: { authorization: 'COGNITO_USER_POOLS' },
    jwt: { authorization: 'CUSTOM' },
  })) {
    const { paths, components, servers } = describedApi({ 'GET /x': {} }, method)
    const { security, responses } = paths['/x'].get
    assert.deepEqual(security, access === 'open' ? [] : [{ [access]: [] }])
    assert.deepEqual(Object.keys(components.securitySchemes), access === 'open' ? [] : [access])
    assert.equal('401' in responses, access === 'cognito' || access === 'jwt')
    const urls = [{ url: 'http://127.0.0.1:3000/v1' }, { url: 'https://{api}.execute-api.{region}.amazonaws.com/v1' }]
    assert.partialDeepStrictEqual(servers, urls)
  }
})
