import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { read as readOn } from '../../../test/helpers/wiring.ts'
import type { Machine } from './machine.ts'
import { TerraformJson } from './terraform.ts'
import { readStorage } from './wiring.ts'

type Blocks = Record<string, Record<string, Record<string, unknown>>>
type Stack = { data: Blocks; resource: Blocks; output?: Record<string, { value: unknown }>; variable?: Blocks[string] }

const folder = mkdtempSync(path.join(tmpdir(), 'wiring-'))
after(() => rmSync(folder, { recursive: true }))
writeFileSync(
  path.join(folder, 'Dockerfile_notes'),
  'FROM scratch AS build\nCMD ["build.none"]\nFROM scratch\nCMD [ "main.serve" ]\n',
)
writeFileSync(path.join(folder, 'clock.zip'), 'zip')

/** A reference as Terraform JSON has it. */
const ref = (address: string) => `\${${address}}`

/** As cdktf writes it: functions from an image and from a zip file behind one API, with an alias, a preflight and a gateway response. */
function terraform(): Stack {
  const api = { rest_api_id: ref('aws_api_gateway_rest_api.api.id') }
  const rootId = ref('aws_api_gateway_rest_api.api.root_resource_id')
  const on = (id: string) => ({ ...api, resource_id: ref(`aws_api_gateway_resource.${id}.id`) })
  const origin = (of: string) => ({ [`${of}.header.Access-Control-Allow-Origin`]: "'*'" })
  const proxy = { type: 'AWS_PROXY', integration_http_method: 'POST' }
  const preflight = { ...on('notes'), http_method: 'OPTIONS' }
  const image_uri = ref('data.aws_ecr_image.any.image_uri')
  return {
    data: { aws_ecr_image: { any: { repository_name: 'r', image_tag: 'notes' } }, aws_region: { here: {} } },
    resource: {
      aws_lambda_function: {
        notes: { function_name: 'notes', image_uri, memory_size: 512, timeout: 28 },
        prepare: { function_name: 'prepare', image_uri, image_config: [{ command: ['main.prepare'] }] },
        clock: { function_name: 'clock', filename: 'clock.zip', runtime: 'nodejs24.x', handler: 'src/clock.now' },
      },
      aws_lambda_alias: { live: { name: 'live', function_name: ref('aws_lambda_function.notes.function_name') } },
      aws_api_gateway_rest_api: { api: { name: 'mine', binary_media_types: ['multipart/form-data'] } },
      aws_api_gateway_resource: {
        notes: { ...api, parent_id: rootId, path_part: 'notes' },
        note: { ...api, parent_id: ref('aws_api_gateway_resource.notes.id'), path_part: '{id}' },
        rest: { ...api, parent_id: rootId, path_part: '{proxy+}' },
      },
      aws_api_gateway_method: {
        list: { ...on('notes'), http_method: 'GET' },
        one: { ...on('note'), http_method: 'GET' },
        preflight,
        rest: { ...on('rest'), http_method: 'ANY' },
      },
      aws_api_gateway_integration: {
        list: { ...on('notes'), ...proxy, http_method: 'GET', uri: ref('aws_lambda_function.notes.invoke_arn') },
        one: {
          ...proxy,
          ...api,
          resource_id: ref('aws_api_gateway_method.one.resource_id'),
          http_method: ref('aws_api_gateway_method.one.http_method'),
          timeout_milliseconds: 5000,
          uri: ref('aws_lambda_alias.live.invoke_arn'),
        },
        preflight: { ...preflight, type: 'MOCK', request_templates: { 'application/json': '{"statusCode": 204}' } },
        rest: {
          ...on('rest'),
          ...proxy,
          http_method: 'ANY',
          uri: `arn:aws:apigateway:${ref('data.aws_region.here.name')}:lambda:path/${ref('aws_lambda_function.clock.arn')}/invocations`,
        },
      },
      aws_api_gateway_integration_response: {
        preflight: { ...preflight, status_code: '204', response_parameters: origin('method.response') },
      },
      aws_api_gateway_stage: { stage: { ...api, stage_name: 'default' } },
      aws_api_gateway_gateway_response: {
        '4xx': { ...api, response_type: 'DEFAULT_4XX', response_parameters: origin('gatewayresponse') },
      },
    },
  }
}

const read = (json: unknown, machine: Partial<Machine> = {}) =>
  readOn(new TerraformJson(json), machine, { root: folder, folder: () => folder })

/** The fixture with more resources, or with other attributes of those it has. */
function changed(change: (resource: Blocks, stack: Stack) => unknown): Stack {
  const stack = terraform()
  change(stack.resource, stack)
  return stack
}

/** What a function gets of these variables. */
const environment = (variables: Record<string, string>, more: Blocks = {}, machine: Partial<Machine> = {}) =>
  read(
    changed((resource) => {
      Object.assign(resource, more)
      Object.assign(resource.aws_lambda_function?.notes ?? {}, { environment: { variables } })
    }),
    machine,
  ).functions[0]?.environment

test('functions come with code, handler and limits: of their image or of Terraform', () => {
  const [notes, prepare, clock] = read(terraform()).functions
  const image = { code: { image: 'notes' }, environment: {} }
  assert.deepEqual(notes, { ...image, name: 'notes', handler: 'main.serve', memorySize: 512, timeout: 28 })
  assert.deepEqual(prepare, { ...image, name: 'prepare', handler: 'main.prepare', memorySize: 128, timeout: 3 })
  assert.equal(clock?.handler, 'src/clock.now')
  assert.match(JSON.stringify(clock?.code), /clock\.zip","hash":"[0-9a-f]{64}"/)
})

test('routes come with their integrations, through references, aliases and greedy paths', () => {
  const proxy = { type: 'AWS_PROXY', functionName: 'notes', timeoutMs: 29_000 }
  const headers = { 'Access-Control-Allow-Origin': '*' }
  assert.deepEqual(read(terraform()).apis, [
    {
      name: 'mine',
      stage: 'default',
      region: 'ap-northeast-2',
      binaryMediaTypes: ['multipart/form-data'],
      gatewayResponseHeaders: { DEFAULT_4XX: headers },
      methods: [
        { resource: '/notes', httpMethod: 'GET', integration: proxy },
        { resource: '/notes/{id}', httpMethod: 'GET', integration: { ...proxy, timeoutMs: 5000 } },
        { resource: '/notes', httpMethod: 'OPTIONS', integration: { type: 'MOCK', statusCode: 204, headers } },
        { resource: '/{proxy+}', httpMethod: 'ANY', integration: { ...proxy, functionName: 'clock' } },
      ],
    },
  ])
})

test('every stage is served, one that the deployment has too', () => {
  const api = { rest_api_id: ref('aws_api_gateway_rest_api.api.id') }
  const { apis } = read(
    changed((resource) => {
      resource.aws_api_gateway_deployment = { v1: { ...api, stage_name: 'v1' }, v2: api }
    }),
  )
  assert.deepEqual(
    apis.map(({ stage, methods }) => [stage, methods.length]),
    [
      ['default', 4],
      ['v1', 4],
    ],
  )
})

test('variables that refer to other resources have values of this machine, inside of a longer text too', () => {
  const database = { host: '127.0.0.1', port: 3307, password: 'secret' }
  const variables = {
    URL: `mysql://${ref('aws_db_instance.db.username')}@${ref('aws_db_instance.db.endpoint')}/${ref('aws_db_instance.db.db_name')}`,
    PORT: ref('tostring(aws_db_instance.db.port)'),
    SECRET: ref('aws_db_instance.db.master_user_secret[0].secret_arn'),
    BUCKET: ref('aws_s3_bucket.photos.id'),
    TARGET: ref('aws_lambda_function.clock.arn'),
    SELF: `${ref('aws_api_gateway_stage.stage.invoke_url')}/notes`,
    HOST: `https://${ref('aws_api_gateway_rest_api.api.id')}.execute-api.${ref('data.aws_region.here.name')}.amazonaws.com/default`,
    TABLE: ref('aws_dynamodb_table.t.name'),
    TEXT: 'costs $${5}',
  }
  const more = {
    aws_db_instance: { db: { engine: 'mysql', db_name: 'app', username: 'root_user', port: 3306 } },
    aws_s3_bucket: { photos: { bucket: `photos-${ref('data.aws_region.here.name')}` } },
    aws_dynamodb_table: { t: { name: 'things' } },
  }
  assert.deepEqual(environment(variables, more, { database, shared: { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' } }), {
    URL: 'mysql://root_user@127.0.0.1:3307/app',
    PORT: '3307',
    SECRET: 'arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:db',
    BUCKET: 'photos-ap-northeast-2',
    TARGET: 'arn:aws:lambda:ap-northeast-2:123456789012:function:clock',
    SELF: 'http://localhost:3000/default/notes',
    HOST: 'http://localhost:3000/default',
    TABLE: 'things',
    TEXT: `costs ${ref('5')}`,
    AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
  })
})

test('an open value is that of settings and environment, is told where there is none, and an endpoint in the cloud is left out', () => {
  const stack = changed((resource) => {
    resource.aws_sqs_queue = { jobs: { name: 'jobs' } }
    const variables = {
      QUEUE: ref('aws_sqs_queue.jobs.url'),
      TOPIC: ref('aws_sns_topic.t.arn'),
      HOST: 'db.example.com',
      SECRET: ref('var.secret'),
      PASS: ref('var.pass'),
      MODE: ref('var.mode'),
      AWS_ENDPOINT_URL_SQS: `https://${ref('aws_vpc_endpoint.sqs.dns_entry[0].dns_name')}`,
    }
    Object.assign(resource.aws_lambda_function?.notes ?? {}, { environment: { variables } })
  })
  const { functions, unserved, given } = read(
    { ...stack, variable: { mode: { default: 'dev' } } },
    { variables: { TOPIC: 't', HOST: 'db.example.com', SECRET: 'hush' } },
  )
  const QUEUE = ref('aws_sqs_queue.jobs.url')
  assert.deepEqual(functions[0]?.environment, {
    QUEUE,
    TOPIC: 't',
    PASS: '',
    MODE: 'dev',
    ...{ HOST: 'db.example.com', SECRET: 'hush' },
  })
  assert.deepEqual(given, { HOST: 'db.example.com' }, 'what Terraform keeps to itself is not shown')
  assert.deepEqual(unserved, ['aws_sqs_queue.jobs', `QUEUE of notes (${QUEUE}: give it a value by QUEUE=… make dev)`])
})

test('secrets, databases and buckets are those of Terraform; a bucket that only a policy names is one too', () => {
  const json = changed((resource) => {
    resource.aws_db_instance = {
      db: { db_name: 'app', username: 'u', manage_master_user_password: true },
      own: { db_name: 'other', username: 'o', password: 'p' },
      postgres: { engine: 'postgres' },
    }
    resource.aws_secretsmanager_secret = { key: { name: 'prod/key' } }
    resource.aws_secretsmanager_secret_version = {
      v: { secret_id: ref('aws_secretsmanager_secret.key.id'), secret_string: 'hush' },
    }
    const bucket = ref('aws_s3_bucket.files.id')
    resource.aws_s3_bucket = { files: { bucket: 'files' } }
    const cors_rule = [
      { allowed_origins: ['*'], allowed_methods: ['GET'], max_age_seconds: 5 },
      { allowed_origins: ['https://a'], allowed_methods: ['PUT'] },
    ]
    resource.aws_s3_bucket_cors_configuration = { cors: { bucket, cors_rule } }
    const policy = `{"Resource":["arn:aws:s3:::given/*","arn:aws:s3:::${ref('aws_s3_bucket.files.bucket')}/*"]}`
    resource.aws_iam_role_policy = { p: { policy } }
  })
  const { secrets, unserved } = read(json, { database: { host: 'h', port: 1, password: 'generated' } })
  const arn = 'arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:'
  assert.deepEqual(secrets, { [`${arn}db`]: '{"username":"u","password":"generated"}', [`${arn}prod/key`]: 'hush' })
  assert.deepEqual(unserved, ['aws_db_instance.postgres (engine postgres)'])
  const { databases, buckets } = readStorage(new TerraformJson(json))
  assert.deepEqual(databases, [
    { name: 'app', user: 'u' },
    { name: 'other', user: 'o', password: 'p' },
  ])
  const rule = { headers: [], exposed: [] }
  assert.deepEqual(buckets, {
    given: null,
    files: [
      { ...rule, origins: ['*'], methods: ['GET'], maxAge: 5 },
      { ...rule, origins: ['https://a'], methods: ['PUT'] },
    ],
  })
})

test('a stack may refer to another one, and both to the same addresses', () => {
  const json = changed((resource, { data }) => {
    data.terraform_remote_state = { 'cross-stack-reference-input-data': {} }
    resource.aws_s3_bucket = { files: { bucket: 'of-app' } }
    const BUCKET = ref('data.terraform_remote_state.cross-stack-reference-input-data.outputs.name')
    Object.assign(resource.aws_lambda_function?.notes ?? {}, { environment: { variables: { BUCKET } } })
  })
  const other = {
    resource: { aws_s3_bucket: { files: { bucket: 'of-data' } } },
    output: { name: { value: ref('aws_s3_bucket.files.bucket') } },
  }
  const all = new TerraformJson(json, 'app').add(other, 'data')
  const wiring = readOn(all, {}, { root: folder, folder: () => folder })
  assert.deepEqual(wiring.functions[0]?.environment, { BUCKET: 'of-data' })
  assert.deepEqual(Object.keys(wiring.buckets), ['of-app', 'of-data'])
})

test('functions that migrate are named by the outputs', () => {
  const functions = { value: { first: ref('aws_lambda_function.prepare.function_name') } }
  const output = { functions, migrations: { value: ['first'] } }
  assert.deepEqual(read({ ...terraform(), output }).migrations, ['prepare'])
  assert.deepEqual(read(terraform()).migrations, [])
  const wrong = { ...output, migrations: { value: ['second'] } }
  assert.throws(
    () => read({ ...terraform(), output: wrong }),
    /migrations names second, which is no key of the output functions/,
  )
})

test('what is not served is said by type and name, and the rest is served', () => {
  const { unserved, apis, functions } = read(
    changed((resource) => {
      resource.aws_lambda_event_source_mapping = { jobs: {} }
      resource.aws_scheduler_schedule = { nightly: {} }
      resource.aws_api_gateway_request_validator = { body: {} }
      resource.aws_apigatewayv2_api = { http: {} }
      resource.aws_iam_role = { role: {} }
      Object.assign(resource.aws_lambda_function?.clock ?? {}, { runtime: 'python3.13' })
      Object.assign(resource.aws_lambda_function?.notes ?? {}, { layers: ['arn'] })
      Object.assign(resource.aws_api_gateway_integration?.one ?? {}, { type: 'HTTP_PROXY' })
    }),
  )
  assert.deepEqual(unserved, [
    'aws_lambda_event_source_mapping.jobs',
    'aws_scheduler_schedule.nightly',
    'aws_api_gateway_request_validator.body',
    'aws_apigatewayv2_api.http',
    'layers of notes',
    'aws_lambda_function.clock (runtime python3.13)',
    'aws_api_gateway_method.one (GET /notes/{id})',
    'aws_api_gateway_method.rest (ANY /{proxy+})',
  ])
  assert.deepEqual([functions.length, apis[0]?.methods.length], [2, 2])
})

const integration = 'aws_api_gateway_integration'
const mapped = { 'gatewayresponse.header.X': 'method.request.header.Origin' }

/** A change, and what is said about it; without an attribute the block is gone. */
const mistakes: [type: string, id: string, attribute: string | undefined, value: unknown, message: string][] = [
  [integration, 'list', undefined, '', 'aws_api_gateway_method.list (GET /notes) has no aws_api_gateway_integration'],
  [integration, 'list', 'uri', ref('aws_lambda_function.ghost.invoke_arn'), `${integration}.list: uri = `],
  [integration, 'list', 'integration_http_method', 'GET', `${integration}.list: integration_http_method must be POST`],
  ['aws_api_gateway_integration_response', 'preflight', undefined, '', `${integration}.preflight (MOCK) has no `],
  ['aws_api_gateway_gateway_response', '4xx', 'response_parameters', mapped, 'response.4xx: '],
  ['aws_api_gateway_stage', 'stage', undefined, '', 'aws_api_gateway_rest_api.api has no aws_api_gateway_stage'],
  ['aws_lambda_function', 'clock', 'filename', 'absent.zip', 'aws_lambda_function.clock: filename '],
]
for (const [type, id, attribute, value, message] of mistakes)
  test(`refused: ${message}`, () => {
    const json = changed((resource) => {
      const blocks = resource[type] ?? {}
      if (attribute === undefined) delete blocks[id]
      else Object.assign(blocks[id] ?? {}, { [attribute]: value })
    })
    assert.throws(
      () => read(json),
      (error: Error) => error.message.includes(message),
    )
  })

test('Terraform without a function that can run here is refused', () => {
  assert.throws(() => read({ resource: {} }), /Terraform has no aws_lambda_function that can run here/)
  const resource = { aws_lambda_function: { ghost: { function_name: 'ghost', image_uri: 'repository:ghost' } } }
  assert.throws(() => read({ resource }), /aws_lambda_function\.ghost \(its image ghost has no Dockerfile_ghost here\)/)
})

test('two APIs may not claim the same URL', () => {
  const json = changed((resource) => {
    for (const [type, blocks] of Object.entries(resource)) {
      if (!type.startsWith('aws_api_gateway_')) continue
      const copy = JSON.parse(JSON.stringify(blocks).replaceAll(/(aws_api_gateway_\w+)\.([\w-]+)/g, '$1.$2-copy'))
      for (const [id, block] of Object.entries(copy)) blocks[`${id}-copy`] = block as Record<string, unknown>
    }
    Object.assign(resource.aws_api_gateway_rest_api?.['api-copy'] ?? {}, { name: 'other' })
  })
  assert.throws(() => read(json), /REST APIs mine and other both have GET \/default\/notes/)
})

/** The access of GET /notes with these attributes, and an authorizer. */
const access = (method: Record<string, unknown>, authorizer: Record<string, unknown> = {}) =>
  read(
    changed((resource) => {
      Object.assign(resource.aws_api_gateway_method?.list ?? {}, method)
      const complete = { type: 'TOKEN', authorizer_uri: ref('aws_lambda_function.clock.invoke_arn'), ...authorizer }
      Object.assign(resource, { aws_api_gateway_authorizer: { tokens: complete } })
    }),
  ).apis[0]?.methods[0]?.access
const custom = { authorization: 'CUSTOM', authorizer_id: ref('aws_api_gateway_authorizer.tokens.id') }

test('what a method asks of its callers', () => {
  assert.equal(access({ authorization: 'NONE' }), undefined)
  assert.deepEqual(access({ authorization: 'AWS_IAM' }), { type: 'iam' })
  assert.deepEqual(access({ authorization: 'NONE', api_key_required: true }), { type: 'api-key' })
  const authorizer = { type: 'authorizer', functionName: 'clock' }
  assert.deepEqual(access(custom), { ...authorizer, pattern: '.*', lifetime: 300 })
  const given = { identity_validation_expression: 'a+', authorizer_result_ttl_in_seconds: 0 }
  assert.deepEqual(access(custom, given), { ...authorizer, pattern: 'a+', lifetime: 0 })
})

test('what only AWS can ask is told with another way', () => {
  assert.throws(() => access({ authorization: 'COGNITO_USER_POOLS' }), /API_SECURITY=jwt and the pool as issuer/)
  assert.throws(() => access({ authorization: 'OTHER' }), /authorization OTHER cannot be served here/)
  assert.throws(() => access(custom, { type: 'REQUEST' }), /use type TOKEN and a Lambda function/)
  assert.throws(() => access(custom, { authorizer_uri: ref('aws_api_gateway_rest_api.api.id') }), /use type TOKEN/)
})
