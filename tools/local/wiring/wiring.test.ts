import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import path from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { broken, folder, read, ref, terraform } from '../../../test/helpers/wiring.ts'
import { readWiring } from './wiring.ts'

test('the stack that this project synthesizes can be served', async () => {
  const root = path.resolve(import.meta.dirname, '../../..')
  await promisify(execFile)(process.execPath, ['terraform/main.ts'], {
    cwd: root,
    env: { PATH: process.env.PATH, CDKTF_OUTDIR: folder },
  })
  const { functions, apis, cors } = readWiring(path.join(folder, 'stacks', 'service', 'cdk.tf.json'))
  const served = functions.map(({ name, image, handler }) => `${name}: ${image} ${handler}`)
  for (const each of ['rds: rds index.handler', 'rds-migrate: rds index.migrate', 's3: s3 index.handler'])
    assert.ok(served.includes(each), served.join())
  const routes = apis.flatMap(({ stage, methods }) => methods.map(({ resource }) => `/${stage}${resource}`))
  for (const route of ['/default/rds/{id}', '/default/s3/uploads']) assert.ok(routes.includes(route), routes.join())
  const preflights = apis.flatMap(({ methods }) => methods.filter(({ httpMethod }) => httpMethod === 'OPTIONS'))
  assert.ok(preflights.length > 0 && preflights.every(({ integration }) => integration.type === 'MOCK'))
  assert.deepEqual(cors?.methods, ['GET', 'POST'])
  const binary = apis.flatMap(({ name, binaryMediaTypes }) => binaryMediaTypes.map((type) => `${name}: ${type}`))
  assert.deepEqual(binary, ['s3: multipart/form-data'])
})

test('functions come with image, handler, limits and environment', () => {
  const environment = { DB_HOST: ref('aws_db_instance.users.address'), DB_PORT: '3306' }
  assert.deepEqual(read(terraform()).functions, [
    { name: 'rds', image: 'rds', handler: 'index.handler', memorySize: 512, timeout: 28, environment },
    { name: 'rds-migrate', image: 'rds', handler: 'index.migrate', memorySize: 128, timeout: 3, environment: {} },
  ])
})

test('routes come with their integrations, through references and aliases', () => {
  const proxy = { type: 'AWS_PROXY', functionName: 'rds', timeoutMs: 29_000 }
  const headers = { 'Access-Control-Allow-Origin': '*' }
  assert.deepEqual(read(terraform()).apis, [
    {
      name: 'users',
      stage: 'default',
      binaryMediaTypes: ['multipart/form-data'],
      rateLimit: 10_000,
      burstLimit: 5_000,
      gatewayResponseHeaders: { DEFAULT_4XX: headers },
      methods: [
        { resource: '/rds', httpMethod: 'GET', integration: proxy },
        { resource: '/rds/{id}', httpMethod: 'GET', integration: { ...proxy, timeoutMs: 5000 } },
        { resource: '/rds', httpMethod: 'OPTIONS', integration: { type: 'MOCK', statusCode: 204, headers } },
        { resource: '/', httpMethod: 'ANY', integration: proxy },
      ],
    },
  ])
})

test('the limits are those of all methods together', () => {
  const json = terraform()
  const limit = (method_path: string, throttling_rate_limit: number, throttling_burst_limit: number) => ({
    rest_api_id: ref('aws_api_gateway_rest_api.api.id'),
    method_path,
    settings: { throttling_rate_limit, throttling_burst_limit },
  })
  json.resource.aws_api_gateway_method_settings = { one: limit('rds/GET', 2, 1), all: limit('*/*', 8, 7) }
  const [{ rateLimit, burstLimit } = {}] = read(json).apis
  assert.deepEqual([rateLimit, burstLimit], [8, 7])
})

const integration = 'aws_api_gateway_integration'
const mapped = { 'gatewayresponse.header.X': 'method.request.header.Origin' }

/** A change, and what is said about it; without an attribute the block is gone. */
const mistakes: [change: Parameters<typeof broken>, message: string][] = [
  [['aws_lambda_function', 'rds', 'image_uri', 'my:rds'], 'rds: image_uri = "my:rds" refers to nothing'],
  [[integration, 'list'], 'aws_api_gateway_method.list (GET /rds) has no aws_api_gateway_integration'],
  [[integration, 'list', 'uri', ref('aws_lambda_function.ghost.invoke_arn')], `${integration}.list: uri = `],
  [[integration, 'list', 'type', 'HTTP_PROXY'], `${integration}.list: type HTTP_PROXY cannot be served here`],
  [
    [integration, 'list', 'integration_http_method', 'GET'],
    `${integration}.list: integration_http_method must be POST`,
  ],
  [['aws_api_gateway_integration_response', 'preflight'], `${integration}.preflight (MOCK) has no `],
  [['aws_api_gateway_gateway_response', '4xx', 'response_parameters', mapped], 'response.4xx: '],
  [['aws_api_gateway_stage', 'stage'], 'aws_api_gateway_rest_api.api has no aws_api_gateway_stage'],
]
for (const [change, message] of mistakes)
  test(`refused: ${message}`, () => {
    assert.throws(
      () => read(broken(...change)),
      (error: Error) => error.message.includes(message),
    )
  })

test('a stack without functions, or with one that has no folder, is refused', () => {
  assert.throws(() => read({ resource: {} }), /the stack has no aws_lambda_function/)
  const image_uri = ref('data.aws_ecr_image.ghost.image_uri')
  const resource = { aws_lambda_function: { ghost: { function_name: 'ghost', image_uri } } }
  const message = /data\.aws_ecr_image\.ghost is unknown: there is no functions\/ghost/
  assert.throws(() => read({ data: { aws_ecr_image: { ghost: {} } }, resource }), message)
})

test('two APIs may not claim the same URL', () => {
  const json = terraform()
  for (const [type, blocks] of Object.entries(json.resource)) {
    if (!type.startsWith('aws_api_gateway_')) continue
    const copy = JSON.parse(JSON.stringify(blocks).replaceAll(/(aws_api_gateway_\w+)\.([\w-]+)/g, '$1.$2-copy'))
    for (const [id, block] of Object.entries(copy)) blocks[`${id}-copy`] = block as Record<string, unknown>
  }
  Object.assign(json.resource.aws_api_gateway_rest_api?.['api-copy'] ?? {}, { name: 'other' })
  assert.throws(() => read(json), /REST APIs users and other both have GET \/default\/rds/)
})

test('a file that is missing or no JSON is said to be so', () => {
  assert.throws(() => readWiring(path.join(folder, 'absent.json')), /absent\.json is not what "npm run synth" writes/)
})

/** The fixture with other attributes of the method GET /rds, and an authorizer. */
function withAccess(method: Record<string, unknown>, authorizer: Record<string, unknown> = {}) {
  const json = terraform()
  Object.assign(json.resource.aws_api_gateway_method?.list ?? {}, method)
  const complete = { type: 'TOKEN', authorizer_uri: ref('aws_lambda_function.rds.invoke_arn'), ...authorizer }
  Object.assign(json.resource, { aws_api_gateway_authorizer: { tokens: complete } })
  return () =>
    read(json).apis[0]?.methods.find(({ httpMethod, resource }) => `${httpMethod} ${resource}` === 'GET /rds')
}
const custom = { authorization: 'CUSTOM', authorizer_id: ref('aws_api_gateway_authorizer.tokens.id') }

test('what a method asks of its callers', () => {
  assert.equal(withAccess({ authorization: 'NONE' })()?.access, undefined)
  assert.deepEqual(withAccess({ authorization: 'AWS_IAM' })()?.access, { type: 'iam' })
  assert.deepEqual(withAccess({ authorization: 'NONE', api_key_required: true })()?.access, { type: 'api-key' })
  const authorizer = { type: 'authorizer', functionName: 'rds' }
  assert.deepEqual(withAccess(custom)()?.access, { ...authorizer, pattern: '.*', lifetime: 300 })
  const given = { identity_validation_expression: 'a+', authorizer_result_ttl_in_seconds: 0 }
  assert.deepEqual(withAccess(custom, given)()?.access, { ...authorizer, pattern: 'a+', lifetime: 0 })
})

test('what only AWS can ask is told with another way', () => {
  assert.throws(withAccess({ authorization: 'COGNITO_USER_POOLS' }), /API_SECURITY=jwt and the pool as JWT_ISSUER/)
  assert.throws(withAccess({ authorization: 'OTHER' }), /authorization OTHER cannot be served here/)
  assert.throws(withAccess(custom, { type: 'REQUEST' }), /use type TOKEN and a Lambda function/)
  assert.throws(withAccess(custom, { authorizer_uri: ref('aws_api_gateway_rest_api.api.id') }), /use type TOKEN/)
})
