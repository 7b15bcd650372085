import assert from 'node:assert/strict'
import { test } from 'node:test'
import { given, type SynthesizedStack, synthService } from '../../test/helpers/sample-service.ts'

const secret = (stack: SynthesizedStack) => stack.environment('items').DB_SECRET_ID

/** Statements by role and policy; a role that Lambda or another service takes is its own entry. */
function statements(stack: SynthesizedStack): Record<string, unknown> {
  const roles = stack.resource.aws_iam_role ?? {}
  const nameOf = (reference: unknown) =>
    String(roles[/^\$\{aws_iam_role\.([\w-]+)\.\w+\}$/.exec(String(reference))?.[1] ?? '']?.name)
  const parse = (policy: unknown) => JSON.parse(String(policy)).Statement
  return Object.fromEntries([
    ...stack.all('iam_role').map((role) => [`${role.name}`, parse(role.assume_role_policy)]),
    ...stack.all('iam_role_policy').map((policy) => [`${nameOf(policy.role)} ${policy.name}`, parse(policy.policy)]),
  ])
}

const assumed = [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }]
const allow = (Action: string | string[], Resource: unknown) => [{ Effect: 'Allow', Action, Resource }]
const objectsOf = (bucket: string) => allow(['s3:PutObject', 's3:GetObject'], `arn:aws:s3:::${bucket}/*`)
const readOf = (secretArn: unknown) => allow('secretsmanager:GetSecretValue', secretArn)
const noLogGroups = [{ Effect: 'Deny', Action: 'logs:CreateLogGroup', Resource: '*' }]

test('beside what is given, the role may put and get objects of the bucket, and no more', () => {
  assert.deepEqual(statements(synthService(given)), {
    'my_lambda-role': assumed,
    'my_lambda-role AllowPresignedUrls': objectsOf('my-files'),
    'my_lambda-role DenyLogGroups': noLogGroups,
  })
})

test('a secret under the name that the managed policy reads needs no statement', () => {
  const arn = 'arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:rds-db-credentials/app-AbCdEf'
  for (const DB_SECRET_ID of ['rds-db-credentials/app', arn]) {
    const stack = synthService({ ...given, DB_SECRET_ID })
    assert.equal(secret(stack), DB_SECRET_ID)
    assert.equal(statements(stack)['my_lambda-role ReadDatabaseSecret'], undefined)
  }
})

test('any other secret is read by a statement for it alone', () => {
  const arn = 'arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:mine-AbCdEf'
  for (const [DB_SECRET_ID, asked] of [
    ['mine', { name: 'mine' }],
    [arn, { arn }],
  ] as const) {
    const stack = synthService({ ...given, DB_SECRET_ID })
    const [[id, data] = []] = Object.entries(stack.data.aws_secretsmanager_secret ?? {})
    const { '//': _, ...found } = data ?? {}
    assert.deepEqual(found, asked)
    const expected = readOf(`\${data.aws_secretsmanager_secret.${id}.arn}`)
    assert.deepEqual(statements(stack)['my_lambda-role ReadDatabaseSecret'], expected)
  }
})

test('a created database and bucket are read by their own addresses', () => {
  const stack = synthService()
  const [bucket] = Object.keys(stack.resource.aws_s3_bucket ?? {})
  assert.deepEqual(statements(stack), {
    'my_lambda-role': assumed,
    'my_lambda-role AllowPresignedUrls': objectsOf(`\${aws_s3_bucket.${bucket}.bucket}`),
    'my_lambda-role ReadDatabaseSecret': readOf(secret(stack)),
    'my_lambda-role DenyLogGroups': noLogGroups,
  })
})

test('the role has the course’s two managed policies, as each partition names them', () => {
  const partitions = { 'ap-northeast-2': 'aws', 'cn-north-1': 'aws-cn', 'us-gov-west-1': 'aws-us-gov' }
  for (const [AWS_REGION, partition] of Object.entries(partitions)) {
    const policies = synthService({ ...given, AWS_REGION }).all('iam_role_policy_attachment')
    assert.deepEqual(policies.map(({ policy_arn }) => policy_arn).sort(), [
      `arn:${partition}:iam::aws:policy/AmazonRDSDataFullAccess`,
      `arn:${partition}:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole`,
    ])
  }
})

test('with the role made anew, functions, permissions and aliases are too: their grants were the old role’s', () => {
  const stack = synthService({ PROVISIONED_CONCURRENCY: '1' })
  const [role] = Object.keys(stack.resource.aws_iam_role ?? {})
  for (const type of ['function', 'permission', 'alias', 'provisioned_concurrency_config']) {
    for (const { lifecycle } of stack.all(`lambda_${type}`)) {
      const { replace_triggered_by } = lifecycle as { replace_triggered_by: string[] }
      assert.deepEqual(replace_triggered_by, [`aws_iam_role.${role}.unique_id`])
    }
  }
})
