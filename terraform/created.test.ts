import assert from 'node:assert/strict'
import { test } from 'node:test'
import { given, type SynthesizedStack, synthService } from '../test/helpers/sample-service.ts'

const { VPC_ID, SUBNET_IDS, SECURITY_GROUP_IDS, DB_HOST } = given

/** Every rule of every security group, as `from > to:port`; groups by their name, given ones by their id. */
function traffic(stack: SynthesizedStack): string[] {
  const groups = stack.resource.aws_security_group ?? {}
  const nameOf = (reference: unknown) => {
    const id = /^\$\{aws_security_group\.([\w-]+)\.id\}$/.exec(String(reference))?.[1]
    return id === undefined ? String(reference) : String(groups[id]?.name).replace('my_lambda-', '')
  }
  const rules = (direction: 'egress' | 'ingress') =>
    stack.all(`vpc_security_group_${direction}_rule`).map((rule) => {
      const own = nameOf(rule.security_group_id)
      const other = rule.cidr_ipv4 === undefined ? nameOf(rule.referenced_security_group_id) : String(rule.cidr_ipv4)
      assert.equal(rule.ip_protocol, 'tcp')
      assert.match(String(rule.description), /^TCP \d+ (from the functions|to any address)$/)
      assert.equal(rule.from_port, rule.to_port)
      return direction === 'egress' ? `${own} > ${other}:${rule.to_port} out` : `${other} > ${own}:${rule.to_port} in`
    })
  return [...rules('egress'), ...rules('ingress')].sort()
}

test('a created VPC has two private subnets in two zones, and no way out', () => {
  const stack = synthService()
  const { enable_dns_support, enable_dns_hostnames } = stack.one('vpc')
  assert.deepEqual([enable_dns_support, enable_dns_hostnames], [true, true])
  const zones = stack.all('subnet').map(({ availability_zone }) => availability_zone)
  assert.equal(new Set(zones).size, 2)
  for (const { map_public_ip_on_launch } of stack.all('subnet')) assert.ok(!map_public_ip_on_launch)
  const { ingress, egress } = stack.one('default_security_group')
  assert.deepEqual([ingress, egress], [undefined, undefined])
})

const existing = { VPC_ID, DB_HOST, DB_SECRET_ID: 'app', SECRETS_ENDPOINT: 'existing' }
const reached: readonly [what: string, variables: Record<string, string>, rules: readonly string[]][] = [
  [
    'the functions reach the database and Secrets Manager, and nothing reaches them',
    {},
    ['database:3306', 'secrets-endpoint:443'].flatMap((to) => [`functions > ${to} in`, `functions > ${to} out`]),
  ],
  ['443 is closed where no secret is read', { VPC_ID, DB_HOST, DB_PORT: '3307' }, ['functions > 0.0.0.0/0:3307 out']],
  [
    '443 is open to an endpoint that is there',
    existing,
    ['functions > 0.0.0.0/0:3306 out', 'functions > 0.0.0.0/0:443 out'],
  ],
  [
    'security groups that are given are let in, and never changed',
    { SECURITY_GROUP_IDS: 'sg-1,sg-2' },
    ['sg-1', 'sg-2'].flatMap((group) => [`${group} > database:3306 in`, `${group} > secrets-endpoint:443 in`]),
  ],
]
for (const [what, variables, rules] of reached)
  test(what, () => assert.deepEqual(traffic(synthService(variables)), rules))

test('the VPC is the one of the subnets or the groups that are given', () => {
  const vpcOf = (variables: Record<string, string>) =>
    String(synthService(variables).one('security_group', { name: 'my_lambda-database' }).vpc_id)
  assert.equal(vpcOf({ VPC_ID, SUBNET_IDS, SECURITY_GROUP_IDS }), VPC_ID)
  assert.match(vpcOf({ SUBNET_IDS, SECURITY_GROUP_IDS }), /^\$\{data\.aws_subnet\./)
  assert.match(vpcOf({ SECURITY_GROUP_IDS }), /^\$\{data\.aws_security_group\./)
})

test('the endpoint of Secrets Manager has a name of its own, which the functions ask, and no policy for others', () => {
  const stack = synthService({ SUBNET_IDS })
  const endpoint = stack.one('vpc_endpoint')
  assert.equal(endpoint.service_name, 'com.amazonaws.ap-northeast-2.secretsmanager')
  assert.equal(endpoint.vpc_endpoint_type, 'Interface')
  assert.equal(endpoint.private_dns_enabled, false)
  for (const name of ['items', 'items-migrate'])
    assert.match(
      String(stack.environment(name).AWS_ENDPOINT_URL_SECRETS_MANAGER),
      /^https:\/\/\$\{aws_vpc_endpoint\.[\w-]+\.dns_entry\[0\]\.dns_name\}$/,
    )
  const [{ Action, Condition }] = JSON.parse(String(endpoint.policy)).Statement
  assert.equal(Action, 'secretsmanager:GetSecretValue')
  assert.match(Condition.ArnEquals['aws:PrincipalArn'], /:role\/my_lambda-role$/)
  assert.deepEqual(endpoint.subnet_ids, SUBNET_IDS.split(','))
})

test('a created database is MySQL 8.4: private, encrypted, by TLS only, with backups, not deleted by accident', () => {
  const stack = synthService()
  const database = stack.one('db_instance')
  assert.deepEqual([database.engine, database.engine_version], ['mysql', '8.4'])
  assert.deepEqual([database.storage_encrypted, database.publicly_accessible], [true, false])
  assert.deepEqual([database.backup_retention_period, database.deletion_protection], [7, true])
  const { family, parameter } = stack.one('db_parameter_group')
  assert.equal(family, 'mysql8.4')
  assert.deepEqual(parameter, [
    { name: 'require_secure_transport', value: '1' },
    { name: 'max_connections', value: '60' },
  ])
})

test('RDS makes the password and keeps it: Terraform never has it', () => {
  const stack = synthService()
  assert.equal(stack.one('db_instance').manage_master_user_password, true)
  const { DB_SECRET_ID, DB_PASS, DB_USER } = stack.environment('items')
  assert.match(String(DB_SECRET_ID), /^\$\{aws_db_instance\.[\w-]+\.master_user_secret\[0\]\.secret_arn\}$/)
  assert.deepEqual([DB_PASS, DB_USER], [undefined, undefined])
})

test('DELETION_PROTECTION=false lets go of database and bucket; a last snapshot stays, under a name that none before had', () => {
  for (const isProtected of [true, false]) {
    const stack = synthService({ DELETION_PROTECTION: String(isProtected) })
    assert.equal(stack.one('s3_bucket').force_destroy, !isProtected)
    const database = stack.one('db_instance')
    assert.equal(database.deletion_protection, isProtected)
    assert.ok(!database.skip_final_snapshot)
    const name = String(database.final_snapshot_identifier)
    assert.match(name, /^my-lambda-final-\$\{formatdate\("YYYYMMDDhhmmss", timestamp\(\)\)\}$/)
    assert.deepEqual(Reflect.get(Object(database.lifecycle), 'ignore_changes'), ['final_snapshot_identifier'])
  }
})

test('backups, a standby and Performance Insights are as AWS takes them: none of these is in its free plan', () => {
  for (const [variables, ...expected] of [
    [{ BACKUP_RETENTION: '0' }, 0, false, false],
    [{ DB_MULTI_AZ: 'true', DB_INSTANCE_CLASS: 'db.m7g.large' }, 7, true, true],
  ] as const) {
    const database = synthService(variables).one('db_instance')
    const { backup_retention_period, multi_az, performance_insights_enabled } = database
    assert.deepEqual([backup_retention_period, multi_az, performance_insights_enabled], expected)
  }
})

test('the error log goes to a group that is there before it, with a retention', () => {
  const stack = synthService({ LOG_RETENTION: '7' })
  const { enabled_cloudwatch_logs_exports: exported, depends_on } = stack.one('db_instance')
  assert.deepEqual(exported, ['error'])
  const { retention_in_days } = stack.one('cloudwatch_log_group', { name: '/aws/rds/instance/my-lambda/error' })
  assert.equal(retention_in_days, 7)
  assert.match(String(depends_on), /^aws_cloudwatch_log_group\.\S+error-log/)
})

test('zones that AWS lists later replace no subnet', () => {
  for (const { lifecycle } of synthService().all('subnet'))
    assert.deepEqual(lifecycle, { ignore_changes: ['availability_zone'] })
})

test('a created bucket is private, encrypted, versioned, by TLS only; abandoned uploads expire', () => {
  const stack = synthService({ CORS_ORIGIN: 'https://example.com' })
  const { '//': _, bucket: __, ...access } = stack.one('s3_bucket_public_access_block')
  assert.deepEqual(Object.values(access), [true, true, true, true])
  assert.deepEqual(stack.one('s3_bucket_versioning').versioning_configuration, { status: 'Enabled' })
  assert.deepEqual(stack.one('s3_bucket_ownership_controls').rule, { object_ownership: 'BucketOwnerEnforced' })
  assert.match(JSON.stringify(stack.one('s3_bucket_server_side_encryption_configuration')), /AES256/)
  const [statement] = JSON.parse(String(stack.one('s3_bucket_policy').policy)).Statement
  assert.deepEqual([statement.Effect, statement.Principal], ['Deny', '*'])
  assert.deepEqual(statement.Condition, { Bool: { 'aws:SecureTransport': 'false' } })
  assert.match(JSON.stringify(stack.one('s3_bucket_lifecycle_configuration')), /"days_after_initiation":7/)
  const [cors] = stack.one('s3_bucket_cors_configuration').cors_rule as Record<string, unknown>[]
  assert.deepEqual([cors?.allowed_origins, cors?.allowed_methods], [['https://example.com'], ['GET', 'POST']])
  assert.match(
    String(stack.one('s3_bucket').bucket),
    /^my-lambda-files-\$\{data\.aws_caller_identity\..+\}-ap-northeast-2$/,
  )
})

test('a created key rotates, has a name, and stays for a month after it was deleted', () => {
  const stack = synthService({ KMS_KEY: 'create' })
  const { enable_key_rotation, deletion_window_in_days } = stack.one('kms_key')
  assert.deepEqual([enable_key_rotation, deletion_window_in_days], [true, 30])
  const [{ Principal }] = JSON.parse(String(stack.one('kms_key').policy)).Statement
  assert.match(Principal.AWS, /:root$/)
  assert.equal(stack.one('kms_alias').name, 'alias/my_lambda')
})
