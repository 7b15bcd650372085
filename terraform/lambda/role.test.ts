import assert from 'node:assert/strict'
import { test } from 'node:test'
import { given, type SynthesizedStack, synthService } from '../../test/helpers/sample-service.ts'

/** Statements of trust policies by role, and of other policies by role and name. */
function statements(stack: SynthesizedStack): Record<string, unknown> {
  const parse = (policy: unknown) => JSON.parse(String(policy)).Statement
  const roles = stack.all('iam_role').map(({ name, assume_role_policy: policy }) => [name, parse(policy)])
  const nameOf = (role: unknown) => stack.target(role)?.name
  const own = stack.all('iam_role_policy').map(({ role, name, policy }) => [`${nameOf(role)} ${name}`, parse(policy)])
  return Object.fromEntries([...roles, ...own])
}

const allow = (Action: string | string[], Resource: unknown) => [{ Effect: 'Allow', Action, Resource }]
const objectsOf = (bucket: string) => allow(['s3:PutObject', 's3:GetObject'], `arn:aws:s3:::${bucket}/*`)
const readOf = (secretArn: unknown) => allow('secretsmanager:GetSecretValue', secretArn)
const always = {
  'my_lambda-role': [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
  'my_lambda-role DenyLogGroups': [{ Effect: 'Deny', Action: 'logs:CreateLogGroup', Resource: '*' }],
}
const arnOf = (name: string) => `arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:${name}-AbCdEf`

test('besides managed policies, the role may only put and get objects of the bucket', () => {
  const allowed = { ...always, 'my_lambda-role AllowPresignedUrls': objectsOf('my-files') }
  // The managed policy covers secrets of that name.
  for (const DB_SECRET_ID of ['', 'rds-db-credentials/app', arnOf('rds-db-credentials/app')])
    assert.deepEqual(statements(synthService({ ...given, DB_SECRET_ID })), allowed)
  // Any other secret has its own statement.
  for (const asked of [{ name: 'mine' }, { arn: arnOf('mine') }]) {
    const [DB_SECRET_ID = ''] = Object.values(asked)
    const stack = synthService({ ...given, DB_SECRET_ID })
    const [id] = Object.keys(stack.data.aws_secretsmanager_secret ?? {})
    const arn = `\${data.aws_secretsmanager_secret.${id}.arn}`
    assert.partialDeepStrictEqual(stack.target(arn), asked)
    assert.deepEqual(statements(stack), { ...allowed, 'my_lambda-role ReadDatabaseSecret': readOf(arn) })
  }
})

test('statements name a created database’s secret and bucket by reference', () => {
  const stack = synthService()
  const [bucket] = Object.keys(stack.resource.aws_s3_bucket ?? {})
  assert.deepEqual(statements(stack), {
    ...always,
    'my_lambda-role AllowPresignedUrls': objectsOf(`\${aws_s3_bucket.${bucket}.bucket}`),
    'my_lambda-role ReadDatabaseSecret': readOf(stack.environment('items').DB_SECRET_ID),
  })
})

test('ARNs have the partition of the region', () => {
  const everything = { ...given, ALARM_EMAIL: 'ops@example.com', ACCESS_LOGS: 'create', KMS_KEY: 'create' }
  for (const [AWS_REGION, partition] of Object.entries({ 'cn-north-1': 'aws-cn', 'us-gov-west-1': 'aws-us-gov' })) {
    const { json } = synthService({ AWS_REGION, ...everything })
    assert.deepEqual([...new Set(json.match(/(?<=arn:)aws[\w-]*/g))], [partition])
  }
})

test('a new role replaces functions, permissions and aliases: their grants belong to the old role', () => {
  const stack = synthService({ PROVISIONED_CONCURRENCY: '1' })
  const [role] = Object.keys(stack.resource.aws_iam_role ?? {})
  for (const type of ['function', 'permission', 'alias', 'provisioned_concurrency_config'])
    for (const block of stack.all(`lambda_${type}`))
      assert.partialDeepStrictEqual(block, { lifecycle: { replace_triggered_by: [`aws_iam_role.${role}.unique_id`] } })
})
