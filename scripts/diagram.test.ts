import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { given, synthService } from '../terraform/test-stack.ts'
import { drawArchitecture } from './diagram/architecture.ts'
import { readArchitecture } from './diagram/model.ts'
import { drawRequest, shownStatuses } from './diagram/request.ts'
import { stackOrder } from './diagram/stack-order.ts'
import { readStack } from './synthesized.ts'

const read = (name: string) => readFileSync(new URL(`../docs/${name}`, import.meta.url), 'utf8')
const architecture = (settings?: Readonly<Record<string, string>>) =>
  drawArchitecture(readArchitecture(readStack(synthService(settings).json)))
const stale = 'it is stale: run `make diagram`'

const layers = await stackOrder()
const jwt = { API_SECURITY: 'jwt', JWT_ISSUER: 'https://login.example.com/', JWT_AUDIENCE: 'my-api' }
const everything = {
  ...jwt,
  ENVIRONMENT: 'staging',
  DB_PROXY: 'true',
  KMS_KEY: 'create',
  ALARM_EMAIL: 'me@example.com',
  TRACING: 'true',
  PROVISIONED_CONCURRENCY: '2',
  RESERVED_CONCURRENCY: '10',
  DOMAIN_NAME: 'api.example.com',
  CERTIFICATE_ARN: 'arn:aws:acm:ap-northeast-2:123456789012:certificate/1',
}
const beside = {
  ...given,
  SUBNET_IDS: '',
  SECURITY_GROUP_IDS: '',
  DB_SECRET_ID: 'prod/users',
  SECRETS_ENDPOINT: 'existing',
}

describe('docs/architecture.svg', () => {
  test('is what Terraform makes of the default settings', () => {
    assert.ok(read('architecture.svg') === architecture(), stale)
  })

  test('shows what the settings change', () => {
    const standard = architecture()
    assert.match(standard, /10\.0\.0\.0\/16/)
    assert.doesNotMatch(standard, /yours|RDS Proxy|authorizer|alarms/)
    const other = architecture(beside)
    assert.match(other, /VPC vpc-1 · yours.*yours: db\.example\.com.*yours: prod\/users/s)
    assert.doesNotMatch(other, /10\.0\.|db\.t4g\.micro/)
    const all = architecture(everything)
    for (const part of [
      /RDS Proxy/,
      /staging-authorizer/,
      /a key of its own/,
      /\d+ alarms/,
      /X-Ray/,
      /2 kept warm/,
      /at most 10 at once/,
      /api\.example\.com\/users/,
    ])
      assert.match(all, part)
    assert.match(architecture({ API_SECURITY: 'api-key' }), /with an API key/)
    assert.match(architecture({ MEMORY_S3: '1024' }), /1024 MB/)
  })

  test('has a line where a security group lets something in, and none elsewhere', () => {
    const ports = (settings?: Readonly<Record<string, string>>) =>
      readArchitecture(readStack(synthService(settings).json)).edges.flatMap(({ label }) => label || [])
    assert.deepEqual(ports(), ['TCP 3306', 'TCP 443'])
    assert.deepEqual(ports({ DB_PROXY: 'true' }), ['TCP 3306', 'TCP 3306', 'TCP 443'])
    assert.deepEqual(ports({ ...given, DB_PORT: '3307' }), ['TCP 3307'])
  })
})

describe('docs/request.svg', () => {
  test('has the middlewares of functions/http/stack.ts, in their order', () => {
    assert.ok(read('request.svg') === drawRequest(layers), stale)
    assert.deepEqual(layers.at(0)?.phases, ['before', 'after', 'onError'])
    assert.ok(drawRequest(layers.toReversed()) !== drawRequest(layers))
    assert.throws(
      () => drawRequest([...layers, { name: 'cache', phases: ['before'] }]),
      /Say .* what the middleware cache does/,
    )
    assert.throws(() => drawRequest([{ name: 'validate', phases: ['after'] }]), /validate acts after/)
  })

  test('has every status that the description of the APIs has, and no other', () => {
    const { paths, components } = JSON.parse(read('openapi.json'))
    const described = Object.values<Record<string, { responses?: object }>>(paths).flatMap((item) =>
      Object.values(item).flatMap(({ responses = {} }) => Object.keys(responses).map(Number)),
    )
    assert.ok(components.responses.MethodNotAllowed && components.responses.Unauthorized)
    assert.deepEqual([...shownStatuses(layers)].sort(), [...new Set([...described, 401, 405])].sort())
  })
})
