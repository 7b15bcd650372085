import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { given, synthService } from '../terraform/test-stack.ts'
import { ApiDescription, pointer } from '../test/helpers/openapi.ts'
import { descriptions } from './openapi/descriptions.ts'
import { openApi } from './openapi/document.ts'
import type { Description } from './openapi/operation.ts'
import { users } from './openapi/users.ts'
import { readStack } from './synthesized.ts'

const read = (name: string) => JSON.parse(readFileSync(new URL(`../docs/${name}`, import.meta.url), 'utf8'))
const committed = read('openapi.json')
const described = (settings?: Readonly<Record<string, string>>, descriptions?: readonly Description[]) =>
  JSON.parse(JSON.stringify(openApi(readStack(synthService(settings).json), descriptions)))

test('docs/openapi.json is what schemas, Terraform and descriptions say', () => {
  assert.deepEqual(committed, described(), 'it is stale: run `make docs`')
})

test('it is a valid OpenAPI 3.1 document, whatever callers have to show', async () => {
  const jwt = { API_SECURITY: 'jwt', JWT_ISSUER: 'https://login.example.com/', JWT_AUDIENCE: 'my-api' }
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
  const { schemas, headers, responses } = committed.components
  const unused = (kind: string, parts: object) =>
    Object.keys(parts).filter((name) => !references.has(pointer('components', kind, name)))
  assert.deepEqual(unused('schemas', schemas), [])
  assert.deepEqual(unused('headers', headers), [])
  // Those of some routes stand with them; 401 is for callers with tokens, and 405 for methods that a path does not have.
  const shown = ['Unauthorized', 'NotFound', 'MethodNotAllowed', 'UnsupportedMediaType', 'InvalidInput']
  for (const name of unused('responses', responses)) assert.ok(shown.includes(name), name)
})

test('examples and defaults are what their schemas allow', () => {
  const description = new ApiDescription(committed)
  const visit = (json: unknown, path: readonly string[]): void => {
    if (typeof json !== 'object' || json === null) return
    const { schema, examples, example, default: value } = json as Record<string, unknown>
    const values = Array.isArray(examples) ? examples : []
    if (value !== undefined && path[0] !== 'paths') values.push(value)
    for (const each of values) assert.ok(description.accepts(pointer(...path), each), `${path.join('.')}: ${each}`)
    if (schema !== undefined) {
      const named = Object.values((examples ?? {}) as Record<string, { value: unknown }>).map((each) => each.value)
      for (const each of [...named, ...(example === undefined ? [] : [example])]) {
        assert.ok(description.accepts(pointer(...path, 'schema'), each), `${path.join('.')}: ${JSON.stringify(each)}`)
      }
    }
    for (const [key, inner] of Object.entries(json)) visit(inner, [...path, key])
  }
  visit(committed.paths, ['paths'])
  visit(committed.components, ['components'])
})

test('a route of Terraform’s that nobody described stops it, and so does a description of no route', () => {
  const others = descriptions.filter((each) => each !== users)
  const { 'DELETE /rds/{id}': _, ...operations } = users.operations
  assert.throws(() => described({}, [{ ...users, operations }, ...others]), /DELETE \/rds\/\{id\} is not described/)
  const more = { ...users.operations, 'GET /none': users.operations['GET /rds'] as never }
  assert.throws(() => described({}, [{ ...users, operations: more }, ...others]), /no route GET \/none/)
})

test('it says what API_SECURITY asks of callers, and where a domain leads', () => {
  assert.deepEqual(committed.security, [])
  assert.equal(committed.paths['/rds'].get.responses[401], undefined)
  for (const type of ['iam', 'api-key']) {
    assert.deepEqual(described({ API_SECURITY: type }).security, [{ [type]: [] }])
  }
  const pool = 'arn:aws:cognito-idp:ap-northeast-2:123456789012:userpool/ap-northeast-2_abc'
  const cognito = described({ ...given, API_SECURITY: 'cognito', COGNITO_USER_POOL_ARN: pool })
  assert.deepEqual(cognito.security, [{ cognito: [] }])
  assert.ok(cognito.paths['/s3'].post.responses[401])
  const certificate = 'arn:aws:acm:ap-northeast-2:123456789012:certificate/1'
  const { paths } = described({ DOMAIN_NAME: 'api.example.com', CERTIFICATE_ARN: certificate })
  assert.equal(paths['/rds'].servers.at(-1).url, 'https://api.example.com/users')
  assert.equal(paths['/s3/uploads'].servers.at(-1).url, 'https://api.example.com/files')
})
