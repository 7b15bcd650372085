import assert from 'node:assert/strict'
import { test } from 'node:test'
import { given, type SynthesizedStack, synthService } from '../test/helpers/sample-service.ts'

const encryption = { apply_server_side_encryption_by_default: { sse_algorithm: 'AES256' } }
const withoutTls = { Bool: { 'aws:SecureTransport': 'false' } }
const aWeek = { days_after_initiation: 7 }

const { VPC_ID, SUBNET_IDS, SECURITY_GROUP_IDS, DB_HOST } = given

/** What the only resource of a type has, with these settings. */
const created: Readonly<Record<string, readonly [variables: Record<string, string>, type: string, has: object][]>> = {
  'a created database is MySQL 8.4: private, encrypted, by TLS only, with backups, not deleted by accident': [
    [
      {},
      'db_instance',
      { engine: 'mysql', engine_version: '8.4', storage_encrypted: true, publicly_accessible: false },
    ],
    [{}, 'db_instance', { backup_retention_period: 7, deletion_protection: true, multi_az: false }],
    [{}, 'db_parameter_group', { family: 'mysql8.4', parameter: [{ name: 'require_secure_transport', value: '1' }] }],
    [{ DB_MAX_CONNECTIONS: '70' }, 'db_parameter_group', { parameter: [{ name: 'max_connections', value: '70' }] }],
  ],
  'RDS makes the password and keeps it: Terraform never has it': [
    [{}, 'db_instance', { manage_master_user_password: true }],
  ],
  'a standby and Performance Insights, which small classes cannot have, are not there by themselves': [
    [{ DB_MULTI_AZ: 'true', BACKUP_RETENTION: '0' }, 'db_instance', { multi_az: true, backup_retention_period: 0 }],
    [{}, 'db_instance', { performance_insights_enabled: false }],
    [{ DB_INSTANCE_CLASS: 'db.m7g.large' }, 'db_instance', { performance_insights_enabled: true }],
  ],
  'DELETION_PROTECTION=false lets go of database and bucket': [
    [{ DELETION_PROTECTION: 'false' }, 'db_instance', { deletion_protection: false }],
    [{}, 's3_bucket', { force_destroy: false }],
    [{ DELETION_PROTECTION: 'false' }, 's3_bucket', { force_destroy: true }],
  ],
  'a created bucket is private, encrypted, versioned, by TLS only; abandoned uploads expire': [
    [{}, 's3_bucket_public_access_block', { block_public_acls: true, block_public_policy: true }],
    [{}, 's3_bucket_public_access_block', { ignore_public_acls: true, restrict_public_buckets: true }],
    [{}, 's3_bucket_versioning', { versioning_configuration: { status: 'Enabled' } }],
    [{}, 's3_bucket_ownership_controls', { rule: { object_ownership: 'BucketOwnerEnforced' } }],
    [{}, 's3_bucket_server_side_encryption_configuration', { rule: [encryption] }],
    [{}, 's3_bucket_policy', { policy: [{ Effect: 'Deny', Principal: '*', Condition: withoutTls }] }],
    [{}, 's3_bucket_lifecycle_configuration', { rule: [{ abort_incomplete_multipart_upload: [aWeek] }] }],
    [
      { CORS_ORIGIN: 'https://a.b' },
      's3_bucket_cors_configuration',
      { cors_rule: [{ allowed_origins: ['https://a.b'] }] },
    ],
    [{}, 's3_bucket_cors_configuration', { cors_rule: [{ allowed_methods: ['GET', 'POST'] }] }],
  ],
  'a created key rotates, has a name, and stays for a month after it was deleted': [
    [{ KMS_KEY: 'create' }, 'kms_key', { enable_key_rotation: true, deletion_window_in_days: 30 }],
    [{ KMS_KEY: 'create' }, 'kms_key', { policy: [{ Sid: 'Account', Action: 'kms:*' }] }],
    [{ KMS_KEY: 'create' }, 'kms_alias', { name: 'alias/my_lambda' }],
  ],
  'the error log goes to a group with a retention': [
    [{}, 'db_instance', { enabled_cloudwatch_logs_exports: ['error'] }],
  ],
}

for (const [what, rows] of Object.entries(created)) {
  test(what, () => {
    for (const [variables, type, has] of rows) {
      const block = synthService(variables).one(type)
      const policy = typeof block.policy === 'string' ? JSON.parse(block.policy).Statement : undefined
      assert.partialDeepStrictEqual({ ...block, policy }, has)
    }
  })
}

test('a created VPC has private subnets in two zones, which zones that AWS lists later do not replace', () => {
  const stack = synthService()
  assert.equal(new Set(stack.all('subnet').map(({ availability_zone }) => availability_zone)).size, 2)
  for (const { map_public_ip_on_launch, lifecycle } of stack.all('subnet')) {
    assert.ok(!map_public_ip_on_launch)
    assert.deepEqual(lifecycle, { ignore_changes: ['availability_zone'] })
  }
  const { enable_dns_support, enable_dns_hostnames } = stack.one('vpc')
  assert.deepEqual([enable_dns_support, enable_dns_hostnames], [true, true])
  const { ingress, egress } = stack.one('default_security_group')
  assert.deepEqual([ingress, egress], [undefined, undefined])
})

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
  const { policy, ...endpoint } = stack.one('vpc_endpoint')
  assert.partialDeepStrictEqual(endpoint, {
    service_name: 'com.amazonaws.ap-northeast-2.secretsmanager',
    vpc_endpoint_type: 'Interface',
    private_dns_enabled: false,
    subnet_ids: SUBNET_IDS.split(','),
  })
  const address = /^https:\/\/\$\{aws_vpc_endpoint\.[\w-]+\.dns_entry\[0\]\.dns_name\}$/
  for (const name of ['items', 'items-migrate'])
    assert.match(String(stack.environment(name).AWS_ENDPOINT_URL_SECRETS_MANAGER), address)
  const [{ Action, Condition }] = JSON.parse(String(policy)).Statement
  assert.equal(Action, 'secretsmanager:GetSecretValue')
  assert.match(Condition.ArnEquals['aws:PrincipalArn'], /:role\/my_lambda-role$/)
})

test('user and password of a created database are its secret', () => {
  const { DB_SECRET_ID, DB_PASS, DB_USER } = synthService().environment('items')
  assert.match(String(DB_SECRET_ID), /^\$\{aws_db_instance\.[\w-]+\.master_user_secret\[0\]\.secret_arn\}$/)
  assert.deepEqual([DB_PASS, DB_USER], [undefined, undefined])
})

test('a database that is deleted leaves a last snapshot, under a name that none before had', () => {
  const time = `\${formatdate("YYYYMMDDhhmmss", timestamp())}`
  const { skip_final_snapshot, final_snapshot_identifier, lifecycle } = synthService().one('db_instance')
  assert.deepEqual([skip_final_snapshot, final_snapshot_identifier], [undefined, `my-lambda-final-${time}`])
  assert.deepEqual(lifecycle, { ignore_changes: ['final_snapshot_identifier'] })
})
