import assert from 'node:assert/strict'
import { test } from 'node:test'
import { App, Testing } from 'cdktf'
import * as v from 'valibot'
import { rdsEnvironmentSchema } from '../functions/rds/environment.ts'
import { s3EnvironmentSchema } from '../functions/s3/environment.ts'
import { ServiceStack } from './service-stack.ts'
import { readSettings } from './settings.ts'

type Block = Record<string, unknown>
interface Synthesized {
  resource: Record<string, Record<string, Block>>
  data: Record<string, Record<string, Block>>
  variable?: Record<string, Block>
}

const given = {
  VPC_ID: 'vpc-1',
  SUBNET_IDS: 'subnet-1,subnet-2',
  SECURITY_GROUP_IDS: 'sg-1',
  DB_HOST: 'db.example.com',
  DB_USER: 'app',
  BUCKET_NAME: 'my-files',
}

function synth(variables: Record<string, string> = {}): { json: string; stack: Synthesized } {
  const app = new App({ stackTraces: false })
  const json = Testing.synth(new ServiceStack(app, 'service', readSettings(variables)))
  return { json, stack: JSON.parse(json) }
}

const all = (stack: Synthesized, type: string) => Object.values(stack.resource[type] ?? {})

function lambda(stack: Synthesized, name: string): Block {
  const found = all(stack, 'aws_lambda_function').find((block) => block.function_name === name)
  assert.ok(found, `there is no function ${name}`)
  return found
}

function variablesOf(stack: Synthesized, name: string): Record<string, string> {
  return (lambda(stack, name).environment as { variables: Record<string, string> }).variables
}

test('every function comes from its image by digest, is logged for a month, and runs as the role', () => {
  const { stack } = synth()
  const images = { rds: 'rds', s3: 's3', 'rds-migrate': 'rds' }
  assert.equal(all(stack, 'aws_lambda_function').length, 3)
  for (const [name, tag] of Object.entries(images)) {
    const block = lambda(stack, name)
    const id = /^\$\{data\.aws_ecr_image\.([\w-]+)\.image_uri\}$/.exec(String(block.image_uri))?.[1]
    assert.ok(id, `${name} has ${block.image_uri}`)
    assert.equal(stack.data.aws_ecr_image?.[id]?.image_tag, tag)
    assert.ok(Number(block.timeout) < 29 || name === 'rds-migrate', `${name} outlasts the gateway`)
    const logs = all(stack, 'aws_cloudwatch_log_group').find((group) => group.name === `/aws/lambda/${name}`)
    assert.equal(logs?.retention_in_days, 30)
    const dependsOn = block.depends_on as string[]
    assert.ok(dependsOn.some((address) => address.startsWith('aws_cloudwatch_log_group.')))
    assert.equal(dependsOn.filter((address) => address.startsWith('aws_iam_role_polic')).length, 4)
  }
  assert.deepEqual(lambda(stack, 'rds-migrate').image_config, { command: ['index.migrate'] })
})

test('only the functions that speak to the database are in the VPC', () => {
  const { stack } = synth(given)
  const vpc = { subnet_ids: ['subnet-1', 'subnet-2'], security_group_ids: ['sg-1'] }
  assert.deepEqual(lambda(stack, 'rds').vpc_config, vpc)
  assert.deepEqual(lambda(stack, 'rds-migrate').vpc_config, vpc)
  assert.equal(lambda(stack, 's3').vpc_config, undefined)
})

test('subnets left out are two without RDS in their name, or an error that says what to do', () => {
  const { stack, json } = synth({ VPC_ID: 'vpc-1' })
  assert.match(json, /!strcontains\(lookup\(s\.tags, \\"Name\\", \\"\\"\), \\"RDS\\"\)/)
  const { precondition } = lambda(stack, 'rds').lifecycle as { precondition: { error_message: string }[] }
  assert.match(String(precondition[0]?.error_message), /Set SUBNET_IDS/)
})

test('the functions accept the environment that Terraform gives them, and it holds nothing they do not know', () => {
  for (const variables of [given, { ...given, DB_SECRET_ID: 'rds-db-credentials/app', DB_TLS: 'false' }]) {
    const { stack } = synth(variables)
    for (const name of ['rds', 'rds-migrate']) {
      const result = v.safeParse(rdsEnvironmentSchema, variablesOf(stack, name))
      assert.ok(result.success, JSON.stringify(result.issues))
      const [{ entries }] = rdsEnvironmentSchema.pipe
      assert.deepEqual(
        Object.keys(variablesOf(stack, name)).filter((key) => !(key in entries)),
        [],
      )
    }
    assert.deepEqual(Object.keys(variablesOf(stack, 's3')).sort(), Object.keys(s3EnvironmentSchema.entries).sort())
    assert.ok(v.is(s3EnvironmentSchema, variablesOf(stack, 's3')))
  }
})

test('the secret takes the place of user and password', () => {
  const { stack } = synth({ ...given, DB_SECRET_ID: 'rds-db-credentials/app' })
  assert.equal(variablesOf(stack, 'rds').DB_SECRET_ID, 'rds-db-credentials/app')
  assert.equal(variablesOf(stack, 'rds').DB_PASS, undefined)
  assert.equal(stack.variable, undefined)
})

test('the password is a sensitive variable, and in no synthesized file', () => {
  const { stack, json } = synth({ ...given, DB_PASS: 'hunter2' })
  assert.ok(!json.includes('hunter2'))
  assert.match(String(variablesOf(stack, 'rds').DB_PASS), /^\$\{var\.db_pass\}$/)
  assert.equal(stack.variable?.db_pass?.sensitive, true)
})

test('nothing but a given database needs an answer from a person', () => {
  assert.equal(synth().stack.variable, undefined)
  assert.deepEqual(Object.keys(synth({ DB_HOST: 'db.example.com' }).stack.variable ?? {}), ['db_pass'])
})

test('the environment is encrypted by the key that was chosen', () => {
  assert.equal(lambda(synth().stack, 'rds').kms_key_arn, undefined)
  const arn = 'arn:aws:kms:ap-northeast-2:123456789012:key/1'
  assert.equal(lambda(synth({ KMS_KEY: arn }).stack, 's3').kms_key_arn, arn)
  const { stack } = synth({ KMS_KEY: 'create' })
  assert.match(String(lambda(stack, 'rds').kms_key_arn), /^\$\{aws_kms_key\./)
  assert.equal(all(stack, 'aws_kms_key')[0]?.enable_key_rotation, true)
})

test('the role has the two managed policies, and may put and get objects of the bucket, no more', () => {
  const { stack } = synth(given)
  assert.equal(all(stack, 'aws_iam_role')[0]?.name, 'my_lambda-role')
  assert.deepEqual(
    all(stack, 'aws_iam_role_policy_attachment')
      .map((block) => block.policy_arn)
      .sort(),
    [
      'arn:aws:iam::aws:policy/AmazonRDSDataFullAccess',
      'arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole',
    ],
  )
  const [inline, ...others] = all(stack, 'aws_iam_role_policy')
  assert.equal(others.length, 0)
  assert.equal(inline?.name, 'AllowPresignedUrls')
  assert.deepEqual(JSON.parse(String(inline?.policy)).Statement, [
    { Effect: 'Allow', Action: ['s3:PutObject', 's3:GetObject'], Resource: 'arn:aws:s3:::my-files/*' },
  ])
})
