/** Another service instead of ours: the stack has exactly the declared resources and their needs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { blobs, jwt } from '../test/helpers/sample-service.ts'
import { synthService } from '../test/helpers/stack.ts'
import { RestApi } from './api/rest-api.ts'
import { Bucket } from './bucket.ts'
import { ImageFunction } from './lambda/image-function.ts'
import { type EnvironmentDefinition, environmentOf } from './lambda/variables.ts'
import type { ServiceStack } from './service-stack.ts'
import { createStacks } from './stacks.ts'

const one =
  (environment: EnvironmentDefinition = environmentOf(v.object({}))) =>
  (service: ServiceStack) => {
    const target = new ImageFunction(service, 'blobs', { environment, timeout: 10 })
    new RestApi(service, 'blobs', { definition: blobs, function: target })
  }

const synth = (variables?: Readonly<Record<string, string>>, declare = one()) => synthService(variables, declare)

test('one function with its API has its requirements, without VPC, database, bucket or secret', () => {
  const stack = synth({ ALARM_EMAIL: 'ops@example.com', ACCESS_LOGS: 'existing' })
  const types = Object.keys(stack.resource).join(' ')
  assert.doesNotMatch(types, /aws_(vpc|subnet|security_group|db_|s3_|secretsmanager)/)
  assert.deepEqual(Object.keys(stack.variable), [])
  const policy = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'
  assert.deepEqual(stack.values('iam_role_policy_attachment', 'policy_arn'), [policy])
  const expected = ['blobs-5xx', 'blobs-errors', 'blobs-latency', 'blobs-throttles']
  const alarms = expected.map((name) => `my_lambda-${name}`)
  assert.deepEqual(stack.values('cloudwatch_metric_alarm', 'alarm_name').sort(), alarms)
  assert.match(String(stack.one('cloudwatch_dashboard').dashboard_body), /"Blobs: requests per minute"/)
})

test('ignores any value of a setting that no declaration reads', () => {
  const unread = { DB_NAME: '-', DB_PORT: '80', DB_SECRET_ID: 'x', DB_TLS: 'false', RESERVED_CONCURRENCY: '9999' }
  const others = { SECRETS_ENDPOINT: 'existing', STATE_BUCKET: 'my-lambda-files-123456789012-ap-northeast-2' }
  assert.equal(synth({ ...unread, ...others }).json, synth(others).json)
})

test('two buckets are in one policy, each with its objects', () => {
  const stack = synth({}, (service) => {
    new Bucket(service, 'photos', { existing: 'my-photos' })
    new Bucket(service, 'notes')
    one()(service)
  })
  const { policy } = stack.one('iam_role_policy', { name: 'AllowPresignedUrls' })
  const objects = /"Resource":"arn:aws:s3:::my-photos\/\*"\}.*"Resource":"arn:aws:s3:::\$\{aws_s3_bucket\..*\}\/\*"/
  assert.match(String(policy), objects)
})

test('a variable has its setting’s value; Terraform asks for a required one without a value', () => {
  const schema = v.object({ LOG_LEVEL: v.string(), VPC_ID: v.optional(v.string()), ROLE: v.string() })
  const stack = synth({ LOG_LEVEL: 'warn' }, one({ schema, values: {} }))
  // A variable may have the name of a construct.
  assert.deepEqual(stack.environment('blobs'), { LOG_LEVEL: 'warn', ROLE: `\${var.role}` })
  assert.equal(stack.variable.role?.sensitive, false)
})

test('a given or required secret is a sensitive Terraform variable, and no file has its value', () => {
  const of = (schema: EnvironmentDefinition['schema']) => one({ schema, values: {} })
  const optional = of(v.object({ DB_PASS: v.optional(v.string()) }))
  assert.deepEqual(synth({}, optional).environment('blobs'), {})
  for (const stack of [synth({ DB_PASS: 'hunter2' }, optional), synth({}, of(v.object({ DB_PASS: v.string() })))]) {
    assert.deepEqual(stack.environment('blobs'), { DB_PASS: `\${var.db_pass}` })
    assert.equal(stack.variable.db_pass?.sensitive, true)
    assert.ok(!stack.json.includes('hunter2'))
  }
})

const withVariable = (name: string, value: string) =>
  one({ schema: v.object({ [name]: v.string() }), values: { [name]: value } })
const shout = v.object({ LOG_LEVEL: v.picklist(['loud'], 'must be loud') })
const slow = (service: ServiceStack) => {
  const target = new ImageFunction(service, 'slow', { environment: environmentOf(v.object({})), timeout: 60 })
  new RestApi(service, 'slow', { definition: blobs, function: target })
}
const reserved = ['AWS_REGION', 'AWS_LAMBDA_FUNCTION_NAME', 'LAMBDA_TASK_ROOT', '_HANDLER']

for (const [what, message, declare, variables = {}] of [
  ['a function that outlasts the gateway', /^API slow waits 29 s, but its function may take 60 s: lower /, slow],
  ['a closed API without its authorizer', /^API_SECURITY=jwt needs a function .*terraform\/service\.ts$/, one(), jwt],
  ['a value that the function would refuse', /^LOG_LEVEL=info must be loud$/, one(environmentOf(shout, {}))],
  ...reserved.map((name) => [name, RegExp(`^${name} is a name that Lambda reserves.* blobs`), withVariable(name, '')]),
] as [string, RegExp, typeof slow, typeof jwt?][])
  test(`refused: ${what}`, () => assert.match(createStacks(variables, declare).problems.join('\n'), message))

test('accepts the variables that Lambda accepts, up to its size limit', () => {
  for (const name of ['AWS_LAMBDA_EXEC_WRAPPER', 'AWS_ENDPOINT_URL_S3', 'LAMBDA'])
    assert.deepEqual(createStacks({}, withVariable(name, 'x'.repeat(4000))).problems, [])
})
