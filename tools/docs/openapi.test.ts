import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import * as v from 'valibot'
import type { ApiDefinition, RouteDefinition, Schema } from '../../functions/http/api-definition.ts'
import { ApiDescription, pointer } from '../../test/helpers/openapi.ts'
import { TerraformJson } from '../local/wiring/terraform.ts'
import { readApis } from './openapi/apis.ts'
import { openApi, withServer } from './openapi/document.ts'
import { synthesized } from './synthesized.ts'

const region = 'eu-west-1'
/** A stack with one API, whose one function answers every path. */
const stack = (method: object = { authorization: 'NONE' }, more: object = {}) => {
  const api = `\${aws_api_gateway_rest_api.api.id}`
  const resource = {
    aws_api_gateway_rest_api: { api: { name: 'things' } },
    aws_api_gateway_resource: {
      all: { rest_api_id: api, parent_id: `\${aws_api_gateway_rest_api.api.root_resource_id}`, path_part: '{proxy+}' },
    },
    aws_api_gateway_method: {
      any: { rest_api_id: api, resource_id: `\${aws_api_gateway_resource.all.id}`, http_method: 'ANY', ...method },
    },
    aws_api_gateway_stage: { stage: { rest_api_id: api, stage_name: 'v1' } },
    ...more,
  }
  return { terraform: new TerraformJson({ resource }), region }
}
const define = (routes: Record<string, Partial<RouteDefinition>>): ApiDefinition => ({
  title: 'Things',
  description: 'All sorts.',
  routes: Object.fromEntries(
    Object.entries(routes).map(([key, route], index) => [
      key,
      { operationId: `call${index}`, summary: 'Call it', answers: { 204: null }, ...route },
    ]),
  ),
})
const described = (routes: Record<string, Partial<RouteDefinition>>, given = stack()) =>
  JSON.parse(JSON.stringify(openApi(given, define(routes))))
/** Schemas of a body, all of them by their names. */
const schemas = (body: Schema) => {
  const { ErrorBody, FieldError, ...own } = described({ 'POST /things': { body: { json: body } } }).components.schemas
  return own
}
const field = (schema: Schema) => schemas(v.pipe(v.object({ field: schema }), v.title('Thing'))).Thing.properties.field

const thing = v.pipe(v.object({ id: v.pipe(v.number(), v.integer()) }), v.title('Thing'))
const node: v.GenericSchema = v.pipe(
  v.object({ name: v.string(), children: v.array(v.lazy(() => node)) }),
  v.title('Node'),
)
const box = v.pipe(v.object({ inside: v.object({ either: v.union([v.string(), v.number()]) }) }), v.title('Box'))
/** Something of everything that an API may have. */
const everything = described({
  'GET /things/{id}': {
    path: v.object({ id: v.pipe(v.string(), v.toNumber(), v.integer(), v.minValue(1), v.examples([1])) }),
    query: v.object({ color: v.optional(v.pipe(v.picklist(['red', 'blue']), v.title('Color'))) }),
    headers: v.object({ 'if-match': v.optional(v.string()), authorization: v.optional(v.string()) }),
    answers: {
      200: v.object({ thing, parts: v.optional(v.array(v.object({ size: v.number() }))) }),
      201: box,
      204: null,
    },
  },
  'POST /things': { body: { multipart: v.object({ note: v.string(), pictures: v.array(v.blob()) }) } },
  'PUT /tree': { body: { json: node }, answers: { 200: v.nullable(node), 201: v.object({ box }) } },
  'PUT /shapes': {
    body: {
      json: v.variant('kind', [
        v.object({ kind: v.literal('circle'), radius: v.number() }),
        v.object({ kind: v.literal('square'), side: v.number() }),
      ]),
    },
  },
})

const apis = await readApis()
const own = await synthesized('default')
const committed = new Map(
  [...apis.keys()].map((name) => [
    name,
    JSON.parse(readFileSync(new URL(`../../docs/openapi/${name}.json`, import.meta.url), 'utf8')),
  ]),
)
const documents = [...committed.values(), everything]

test('docs/openapi/ is what the definitions of the APIs and Terraform say', () => {
  for (const [name, api] of apis)
    assert.deepEqual(committed.get(name), JSON.parse(JSON.stringify(openApi(own, api))), 'it is stale: run `make docs`')
})

test('it is a valid OpenAPI 3.0 document, whatever callers have to show', async () => {
  const closed = ['AWS_IAM', 'CUSTOM', 'COGNITO_USER_POOLS'].map((authorization) =>
    described({ 'GET /things': {} }, stack({ authorization })),
  )
  for (const document of [...documents, ...closed]) {
    const validator = new Validator()
    const { valid, errors } = await validator.validate(document)
    assert.ok(valid, JSON.stringify(errors))
    assert.equal(validator.version, '3.0')
  }
})

test('every reference leads somewhere and has nothing beside it, and every shared part is used', () => {
  for (const document of documents) {
    const description = new ApiDescription(document)
    const references = new Set(
      [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"(.)/g)].map(([, ref = '', next]) => {
        assert.equal(next, '}', ref)
        return ref
      }),
    )
    for (const reference of references) assert.ok(description.resolve(reference).value, reference)
    for (const [kind, parts] of Object.entries<object>(document.components))
      for (const name of Object.keys(parts))
        assert.ok(references.has(pointer('components', kind, name)) || kind === 'securitySchemes', name)
  }
})

test('every schema has a type, and examples and defaults are what it allows', () => {
  const visit = (description: ApiDescription, json: unknown, path: readonly string[]): void => {
    if (typeof json !== 'object' || json === null) return
    const { schema, example, default: value, type, properties } = json as Record<string, unknown>
    const at = schema === undefined ? path : [...path, 'schema']
    if (schema !== undefined || type !== undefined)
      for (const each of [example, value])
        assert.ok(each === undefined || description.accepts(pointer(...at), each), `${path.join('.')}: ${each}`)
    for (const [name, each] of Object.entries((type === 'object' ? properties : undefined) ?? {})) {
      const known = ['type', '$ref', 'allOf'].some((keyword) => keyword in (each as object))
      assert.ok(known, `${path.join('.')}.${name} has no type`)
    }
    for (const [key, inner] of Object.entries(json)) visit(description, inner, [...path, key])
  }
  for (const document of documents) {
    visit(new ApiDescription(document), document.paths, ['paths'])
    visit(new ApiDescription(document), document.components, ['components'])
  }
})

describe('a schema says what generators of clients need, and nothing that not every client knows', () => {
  const cases: [string, Schema, object][] = [
    ['a literal', v.literal('a'), { type: 'string', enum: ['a'] }],
    ['a union of literals', v.union([v.literal('a'), v.literal('b')]), { type: 'string', enum: ['a', 'b'] }],
    ['a literal that is true', v.literal(true), { type: 'boolean', description: 'One of `true`.' }],
    ['null or text', v.nullable(v.string()), { type: 'string', nullable: true }],
    ['a union with null', v.union([v.string(), v.null()]), { type: 'string', nullable: true }],
    ['an integer', v.pipe(v.number(), v.integer()), { type: 'integer', format: 'int64' }],
    [
      'a small integer',
      v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(9)),
      { type: 'integer', minimum: 0, maximum: 9, format: 'int32' },
    ],
    [
      'a number',
      v.pipe(v.number(), v.gtValue(0)),
      { type: 'number', minimum: 0, exclusiveMinimum: true, format: 'double' },
    ],
    ['a pattern', v.pipe(v.string(), v.regex(/^\u00e9\/-$/u)), { type: 'string', pattern: '^\\xe9/-$' }],
    [
      'a pattern that not every language has',
      v.pipe(v.string(), v.regex(/^\p{L}$/u), v.description('A letter.')),
      { type: 'string', description: 'A letter. Matches `/^\\p{L}$/u` (JavaScript).' },
    ],
    [
      'patterns, of which a schema has one',
      v.pipe(v.string(), v.regex(/a/), v.regex(/b/i), v.regex(/c/)),
      { type: 'string', pattern: 'a', description: 'Matches `/b/i` (JavaScript). Matches `/c/` (JavaScript).' },
    ],
    [
      'text that becomes a date',
      v.pipe(v.string(), v.isoTimestamp(), v.toDate()),
      { type: 'string', format: 'date-time' },
    ],
    ['a default that a function makes', v.optional(v.string(), () => String(Math.random())), { type: 'string' }],
    ['examples', v.pipe(v.string(), v.examples(['a', 'b'])), { type: 'string', example: 'a' }],
    ['a rule without a keyword', v.pipe(v.string(), v.metadata({ not: { enum: ['a'] } })), { type: 'string' }],
    ['any JSON', v.unknown(), {}],
    [
      'a map',
      v.record(v.string(), v.number()),
      { type: 'object', additionalProperties: { type: 'number', format: 'double' } },
    ],
  ]
  for (const [name, schema, expected] of cases) test(name, () => assert.deepEqual(field(schema), expected))

  test('objects and unions have names: their title, or where they stand', () => {
    const body = v.object({
      owner: v.object({ name: v.string() }),
      either: v.array(v.union([v.string(), v.number()])),
      'not-a-word': v.optional(v.nullable(thing)),
    })
    const found = schemas(body)
    assert.deepEqual(Object.keys(found), ['Call0RequestOwner', 'Call0RequestEitherItem', 'Thing', 'Call0Request'])
    assert.deepEqual(found.Call0Request.properties['not-a-word'], {
      type: 'object',
      nullable: true,
      allOf: [{ $ref: '#/components/schemas/Thing' }],
    })
  })

  test('intersections of objects are one', () => {
    const { Call0Request } = schemas(
      v.intersect([v.object({ a: v.string() }), v.object({ b: v.optional(v.string()) })]),
    )
    const text = { type: 'string' }
    assert.deepEqual(Call0Request, { type: 'object', properties: { a: text, b: text }, required: ['a'] })
  })

  test('a variant says by which field, and which value is which', () => {
    assert.deepEqual(everything.components.schemas.Call3Request.discriminator, {
      propertyName: 'kind',
      mapping: { circle: '#/components/schemas/Call3RequestCircle', square: '#/components/schemas/Call3RequestSquare' },
    })
  })

  test('what is neither text nor a number in a form is a file', () => {
    const { note, pictures } = everything.components.schemas.Call1Request.properties
    assert.deepEqual(note, { type: 'string' })
    assert.deepEqual(pictures, { type: 'array', items: { type: 'string', format: 'binary' } })
  })

  test('a parameter is what its text stands for, and has no name that OpenAPI passes over', () => {
    const [id, color, match, ...others] = everything.paths['/things/{id}'].get.parameters
    assert.deepEqual(id.schema, { type: 'integer', minimum: 1, format: 'int64', example: 1 })
    assert.deepEqual(color.schema, { $ref: '#/components/schemas/Color' })
    assert.equal(match.name, 'If-Match')
    assert.deepEqual(others, [])
  })
})

describe('what no client can be made from stops it, with route and field', () => {
  const json = (schema: Schema) => ({ 'POST /x': { body: { json: schema } } })
  const cases: [string, Record<string, Partial<RouteDefinition>>, RegExp][] = [
    [
      'a type that JSON does not have',
      json(v.object({ at: v.array(v.date()) })),
      /^Error: POST \/x: request\.at\[\]: JSON has no v\.date\(\)/,
    ],
    [
      'a parameter that is an object',
      { 'GET /x': { query: v.object({ a: v.object({}) }) } },
      /GET \/x: query\.a must be text/,
    ],
    ['a path without its parameter', { 'GET /x/{id}': {} }, /GET \/x\/\{id\}: .* describes \[\], the route has \[id\]/],
    ['a body of GET', { 'GET /x': { body: { json: thing } } }, /GET \/x: .* body/],
    ['a name that is no word', { 'GET /x': { operationId: 'a b' } }, /GET \/x: operationId a b/],
    [
      'two operations of one name',
      { 'GET /x': { operationId: 'a' }, 'GET /y': { operationId: 'a' } },
      /GET \/y: .* a is that of GET \/x/,
    ],
    [
      'two schemas of one name',
      json(v.object({ a: thing, b: v.pipe(v.object({ a: v.string() }), v.title('Thing')) })),
      /Two of the schemas are called Thing/,
    ],
    [
      'a schema that contains itself without a name',
      json(v.object({ a: v.lazy(() => v.string()) })),
      /POST \/x: .*v\.title/,
    ],
  ]
  for (const [name, routes, message] of cases) test(name, () => assert.throws(() => described(routes), message))

  test('a route that Terraform does not have', () => {
    const { terraform } = stack()
    const none = { terraform: new TerraformJson({ resource: { ...terraform, aws_api_gateway_method: {} } }), region }
    assert.throws(() => described({ 'GET /x': {} }, none), /Terraform has no GET \/x/)
  })
})

describe('where the API is, and what callers have to show', () => {
  const one = (method: object, more?: object) => {
    const { servers, paths, components } = described({ 'GET /x': {} }, stack(method, more))
    return { servers, ...paths['/x'].get, schemes: Object.keys(components.securitySchemes) }
  }
  test('each kind of access', () => {
    assert.deepEqual(one({ authorization: 'NONE' }).security, [])
    assert.equal(one({ authorization: 'NONE' }).responses[401], undefined)
    assert.deepEqual(one({ authorization: 'AWS_IAM' }).security, [{ iam: [] }])
    assert.deepEqual(one({ authorization: 'NONE', api_key_required: true }).security, [{ 'api-key': [] }])
    const cognito = one({ authorization: 'COGNITO_USER_POOLS' })
    assert.deepEqual([cognito.security, cognito.schemes], [[{ cognito: [] }], ['cognito']])
    assert.ok(cognito.responses[401])
  })

  test('one list of servers, with a domain where there is one', () => {
    const mapping = {
      api_id: `\${aws_api_gateway_rest_api.api.id}`,
      domain_name: 'api.example.com',
      base_path: 'things',
    }
    const { servers } = one({ authorization: 'NONE' }, { aws_api_gateway_base_path_mapping: { one: mapping } })
    assert.deepEqual(
      servers.map(({ url }: { url: string }) => url),
      [
        'http://127.0.0.1:3000/v1',
        'https://{api}.execute-api.{region}.amazonaws.com/v1',
        'https://api.example.com/things',
      ],
    )
  })

  test('a copy for one server names no other', () => {
    assert.deepEqual(withServer(everything, 'http://localhost:3001/v1').servers, [{ url: 'http://localhost:3001/v1' }])
  })
})
