import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { api, type Blocks, ref, type Stack, terraform } from '../../../test/helpers/terraform-json.ts'
import { read as readOn } from '../../../test/helpers/wiring.ts'
import type { Machine } from './machine.ts'
import { TerraformJson } from './terraform.ts'

const folder = mkdtempSync(join(tmpdir(), 'wiring-'))
after(() => rmSync(folder, { recursive: true }))
const dockerfile = 'FROM scratch AS build\nCMD ["build.none"]\nFROM scratch\nCMD [ "main.serve" ]\n'
writeFileSync(join(folder, 'Dockerfile_notes'), dockerfile)
writeFileSync(join(folder, 'clock.zip'), 'zip')

const integration = 'aws_api_gateway_integration'
const secretArn = 'arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:'

type Change = (resource: ReturnType<typeof terraform>['resource'] & Blocks, stack: Stack) => unknown

/** Reads the fixture with added or changed resources, and another stack beside it. */
function read(change: Change = () => {}, machine: Partial<Machine> = {}, other: unknown = {}) {
  const stack = terraform()
  change(stack.resource, stack)
  const all = new TerraformJson(stack, 'app').add(other, 'other')
  return readOn(all, machine, { root: folder, stacks: folder })
}

test('reads code, handler and limits of functions from their image or Terraform', () => {
  const [notes, prepare, clock] = read().functions
  const image = { code: { image: 'notes' }, environment: {} }
  assert.deepEqual(notes, { ...image, name: 'notes', handler: 'main.serve', memorySize: 512, timeout: 28 })
  assert.deepEqual(prepare, { ...image, name: 'prepare', handler: 'main.prepare', memorySize: 128, timeout: 3 })
  assert.equal(clock?.handler, 'src/clock.now')
  assert.match(JSON.stringify(clock?.code), /clock\.zip","hash":"[0-9a-f]{64}"/)
})

test('reads routes and integrations through references, aliases and greedy paths, on every stage', () => {
  const proxy = { type: 'AWS_PROXY', functionName: 'notes', timeoutMs: 29_000 }
  const headers = { 'Access-Control-Allow-Origin': '*' }
  const access = undefined
  const first = {
    ...{ name: 'mine', stage: 'default', binaryMediaTypes: ['multipart/form-data'] },
    gatewayResponseHeaders: { DEFAULT_4XX: headers },
    methods: [
      { resource: '/notes', httpMethod: 'GET', access, integration: proxy },
      { resource: '/notes/{id}', httpMethod: 'GET', access, integration: { ...proxy, timeoutMs: 5000 } },
      { resource: '/notes', httpMethod: 'OPTIONS', access, integration: { type: 'MOCK', statusCode: 204, headers } },
      { resource: '/{proxy+}', httpMethod: 'ANY', access, integration: { ...proxy, functionName: 'clock' } },
    ],
  }
  const { apis } = read((resource) => {
    // Up to version 5 of the provider, a deployment has the stage.
    resource.aws_api_gateway_deployment = { v1: { ...api, stage_name: 'v1' }, v2: api }
  })
  assert.deepEqual(apis, [first, { ...first, stage: 'v1' }])
})

test('resolves references in variables to local values or settings, and reports the rest', () => {
  const QUEUE = ref('aws_sqs_queue.jobs.url')
  const db = (attribute: string) => ref(`aws_db_instance.db.${attribute}`)
  const variables: [name: string, text: string, value?: string][] = [
    ['URL', `mysql://${db('username')}@${db('endpoint')}/${db('db_name')}`, 'mysql://root_user@127.0.0.1:3307/app'],
    ['PORT', ref('tostring(aws_db_instance.db.port)'), '3307'],
    ['PASSWORD', db('master_user_secret[0].secret_arn'), `${secretArn}db`],
    ['BUCKET', ref('aws_s3_bucket.photos.id'), 'photos-ap-northeast-2'],
    ['TARGET', ref('aws_lambda_function.clock.arn'), 'arn:aws:lambda:ap-northeast-2:123456789012:function:clock'],
    ['SELF', `${ref('aws_api_gateway_stage.stage.invoke_url')}/notes`, 'http://localhost:3000/default/notes'],
    ['NAME', ref('aws_sqs_queue.jobs.name'), 'jobs'],
    ['MODE', ref('var.mode'), 'dev'],
    // Escaped text that looks like an expression.
    ['ESCAPED', `$${ref('a')}`, ref('a')],
    // Values from settings.
    ['TOPIC', ref('aws_sns_topic.t.arn'), 't'],
    ['SECRET', ref('var.secret'), 'hush'],
    ['HOST', 'db.example.com', 'db.example.com'],
    // Unknown values.
    ['QUEUE', QUEUE, QUEUE],
    ['PASS', ref('var.pass'), ''],
    // The local endpoint replaces the one in the cloud.
    ['AWS_ENDPOINT_URL_SQS', `https://${ref('aws_vpc_endpoint.sqs.dns_entry[0].dns_name')}`],
    ['AWS_ENDPOINT_URL_S3', '', 'http://127.0.0.1:1'],
  ]
  const { functions, unserved, given } = read(
    (resource, stack) => {
      stack.variable = { mode: { default: 'dev' } }
      resource.aws_db_instance = { db: { engine: 'mysql', db_name: 'app', username: 'root_user', port: 3306 } }
      resource.aws_s3_bucket = { photos: { bucket: `photos-${ref('data.aws_region.here.name')}` } }
      resource.aws_sqs_queue = { jobs: { name: 'jobs' } }
      const texts = Object.fromEntries(variables.map(([name, text]) => [name, text]))
      Object.assign(resource.aws_lambda_function.notes, { environment: { variables: texts } })
    },
    {
      variables: { TOPIC: 't', HOST: 'db.example.com', SECRET: 'hush' },
      database: { host: '127.0.0.1', port: 3307, password: 'secret' },
      shared: { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' },
    },
  )
  const values = variables.flatMap(([name, , value]) => (value === undefined ? [] : [[name, value]]))
  assert.deepEqual(functions[0]?.environment, Object.fromEntries(values))
  assert.deepEqual(given, { HOST: 'db.example.com' }, 'what Terraform keeps to itself is not shown')
  assert.deepEqual(unserved, ['aws_sqs_queue.jobs', `QUEUE of notes (${QUEUE}: set it by QUEUE=… make dev)`])
})

test('reads secrets, databases and buckets, also a bucket that only a policy names', () => {
  const { secrets, unserved, databases, buckets } = read(
    (resource) => {
      resource.aws_db_instance = {
        db: { db_name: 'app', username: 'u', manage_master_user_password: true },
        own: { db_name: 'other', username: 'o', password: 'p' },
        postgres: { engine: 'postgres' },
      }
      resource.aws_secretsmanager_secret = { key: { name: 'prod/key' } }
      const secret_id = ref('aws_secretsmanager_secret.key.id')
      resource.aws_secretsmanager_secret_version = { v: { secret_id, secret_string: 'hush' } }
      resource.aws_s3_bucket = { files: { bucket: 'files' } }
      const cors_rule = [{ allowed_origins: ['*'], allowed_methods: ['GET'], max_age_seconds: 5 }]
      resource.aws_s3_bucket_cors_configuration = { cors: { bucket: ref('aws_s3_bucket.files.id'), cors_rule } }
      const policy = `{"Resource":["arn:aws:s3:::given/*","arn:aws:s3:::${ref('aws_s3_bucket.files.bucket')}/*"]}`
      resource.aws_iam_role_policy = { p: { policy } }
    },
    { database: { host: 'h', port: 1, password: 'generated' } },
  )
  const user = '{"username":"u","password":"generated"}'
  assert.deepEqual(secrets, { [`${secretArn}db`]: user, [`${secretArn}prod/key`]: 'hush' })
  assert.deepEqual(unserved, ['aws_db_instance.postgres (engine postgres)'])
  assert.deepEqual(databases, [
    { name: 'app', user: 'u' },
    { name: 'other', user: 'o', password: 'p' },
  ])
  const rule = { origins: ['*'], methods: ['GET'], headers: [], exposed: [], maxAge: 5 }
  assert.deepEqual(buckets, { given: null, files: [rule] })
})

test('resolves references between stacks that share addresses', () => {
  const other = {
    resource: { aws_s3_bucket: { files: { bucket: 'of-other' } } },
    output: { name: { value: ref('aws_s3_bucket.files.bucket') } },
  }
  const change: Change = (resource, { data }) => {
    data.terraform_remote_state = { 'cross-stack-reference-input-other': {} }
    resource.aws_s3_bucket = { files: { bucket: 'of-app' } }
    const BUCKET = ref('data.terraform_remote_state.cross-stack-reference-input-other.outputs.name')
    Object.assign(resource.aws_lambda_function.notes, { environment: { variables: { BUCKET } } })
  }
  const { functions, buckets } = read(change, {}, other)
  assert.deepEqual(functions[0]?.environment, { BUCKET: 'of-other' })
  assert.deepEqual(Object.keys(buckets), ['of-app', 'of-other'])
})

test('finds migration functions by the outputs', () => {
  const functions = { value: { first: ref('aws_lambda_function.prepare.function_name') } }
  const readWith = (value: string[]) =>
    read((_, stack) => Object.assign(stack, { output: { functions, migrations: { value } } })).migrations
  assert.deepEqual([readWith(['first']), read().migrations], [['prepare'], []])
  assert.throws(() => readWith(['second']), /migrations names second, which is not a key of the output functions/)
})

test('names unsupported resources by type and name, and serves the rest', () => {
  const { unserved, apis, functions } = read((resource) => {
    resource.aws_lambda_event_source_mapping = { jobs: {} }
    resource.aws_api_gateway_request_validator = { body: {} }
    resource.aws_apigatewayv2_api = { http: {} }
    resource.aws_iam_role = { role: {} }
    Object.assign(resource.aws_lambda_function.clock, { runtime: 'python3.13' })
    Object.assign(resource.aws_lambda_function.notes, { layers: ['arn'] })
    Object.assign(resource.aws_api_gateway_integration.one, { type: 'HTTP_PROXY' })
  })
  assert.deepEqual(unserved, [
    'aws_lambda_event_source_mapping.jobs',
    'aws_api_gateway_request_validator.body',
    'aws_apigatewayv2_api.http',
    'layers of notes',
    'aws_lambda_function.clock (runtime python3.13)',
    'aws_api_gateway_method.one (GET /notes/{id})',
    'aws_api_gateway_method.rest (ANY /{proxy+})',
  ])
  assert.deepEqual([functions.length, apis[0]?.methods.length], [2, 2])
})

test('reads the authorization of each method', () => {
  const custom = { authorization: 'CUSTOM', authorizer_id: ref('aws_api_gateway_authorizer.tokens.id') }
  const access = (method: object, more: object = {}) => {
    const authorizer_uri = ref('aws_lambda_function.clock.invoke_arn')
    const { apis } = read((resource) => {
      Object.assign(resource.aws_api_gateway_method.list, method)
      resource.aws_api_gateway_authorizer = { tokens: { type: 'TOKEN', authorizer_uri, ...more } }
    })
    return apis[0]?.methods[0]?.access
  }
  assert.equal(access({ authorization: 'NONE' }), undefined)
  assert.deepEqual(access({ authorization: 'AWS_IAM' }), { type: 'iam' })
  assert.deepEqual(access({ authorization: 'NONE', api_key_required: true }), { type: 'api-key' })
  const authorizer = { type: 'authorizer', functionName: 'clock' }
  assert.deepEqual(access(custom), { ...authorizer, pattern: '.*', lifetime: 300 })
  const given = { identity_validation_expression: 'a+', authorizer_result_ttl_in_seconds: 0 }
  assert.deepEqual(access(custom, given), { ...authorizer, pattern: 'a+', lifetime: 0 })
  assert.throws(() => access({ authorization: 'COGNITO_USER_POOLS' }), /API_SECURITY=jwt and the pool as issuer/)
  assert.throws(() => access(custom, { type: 'REQUEST' }), /use type TOKEN and a Lambda function/)
})

const notStatic = { response_parameters: { 'gatewayresponse.header.X': 'x' } }
/** Message, address of a block, and its changed attributes; without them the block is removed. */
const mistakes: [message: string, address: string, change?: object][] = [
  [`aws_api_gateway_method.list (GET /notes) has no ${integration}`, `${integration}.list`],
  [`${integration}.list: uri = `, `${integration}.list`, { uri: ref('aws_lambda_function.ghost.arn') }],
  [`${integration}.list: integration_http_method must`, `${integration}.list`, { integration_http_method: 'GET' }],
  [`${integration}.preflight (MOCK) has no `, `${integration}_response.preflight`],
  ['response.4xx: ', 'aws_api_gateway_gateway_response.4xx', notStatic],
  ['aws_api_gateway_rest_api.api has no aws_api_gateway_stage', 'aws_api_gateway_stage.stage'],
  ['aws_lambda_function.clock: filename ', 'aws_lambda_function.clock', { filename: 'absent.zip' }],
]
test('rejects configuration that would fail in AWS, by its address', () => {
  const refused = (message: string, change: Change) =>
    assert.throws(() => read(change), { message: new RegExp(RegExp.escape(message)) })
  for (const [message, address, change] of mistakes)
    refused(message, (resource: Blocks) => {
      const [type = '', id = ''] = address.split('.')
      if (change) Object.assign(resource[type]?.[id], change)
      else Reflect.deleteProperty(resource[type] ?? {}, id)
    })
  const noImage = 'aws_lambda_function.ghost (its image ghost has no Dockerfile_ghost here)'
  refused(`Terraform has no aws_lambda_function that can run here: ${noImage}`, (resource: Blocks) => {
    resource.aws_lambda_function = { ghost: { function_name: 'ghost', image_uri: 'repository:ghost' } }
  })
  const other = terraform()
  other.resource.aws_api_gateway_rest_api.api.name = 'other'
  assert.throws(() => read(() => {}, {}, other), /^Error: REST APIs mine and other both have GET \/default\/notes/)
})
