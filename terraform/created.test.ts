import assert from 'node:assert/strict'
import { test } from 'node:test'
import { given, type SynthesizedStack, synthService } from './test-stack.ts'

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
      assert.equal(rule.from_port, rule.to_port)
      return direction === 'egress' ? `${own} > ${other}:${rule.to_port} out` : `${other} > ${own}:${rule.to_port} in`
    })
  return [...rules('egress'), ...rules('ingress')].sort()
}

test('a created VPC has two private subnets in two zones, and no way out', () => {
  const stack = synthService()
  const { enable_dns_support, enable_dns_hostnames } = stack.one('vpc')
  assert.deepEqual([enable_dns_support, enable_dns_hostnames], [true, true])
  const subnets = stack.all('subnet')
  assert.deepEqual(
    subnets.map(({ cidr_block }) => cidr_block),
    ['10.0.0.0/20', '10.0.16.0/20'],
  )
  assert.equal(new Set(subnets.map(({ availability_zone }) => availability_zone)).size, 2)
  for (const subnet of subnets) assert.ok(!subnet.map_public_ip_on_launch)
  const { ingress, egress } = stack.one('default_security_group')
  assert.deepEqual([ingress, egress], [undefined, undefined])
})

test('the functions reach the database and Secrets Manager, and nothing reaches them', () => {
  assert.deepEqual(traffic(synthService()), [
    'functions > database:3306 in',
    'functions > database:3306 out',
    'functions > secrets-endpoint:443 in',
    'functions > secrets-endpoint:443 out',
  ])
})

test('behind a proxy the database takes connections from the proxy alone', () => {
  assert.deepEqual(traffic(synthService({ DB_PROXY: 'true' })), [
    'functions > proxy:3306 in',
    'functions > proxy:3306 out',
    'functions > secrets-endpoint:443 in',
    'functions > secrets-endpoint:443 out',
    'proxy > database:3306 in',
    'proxy > database:3306 out',
  ])
})

test('443 is open only where a secret is read', () => {
  assert.deepEqual(traffic(synthService({ VPC_ID, DB_HOST, DB_PORT: '3307' })), ['functions > 0.0.0.0/0:3307 out'])
  const existing = { VPC_ID, DB_HOST, DB_SECRET_ID: 'app', SECRETS_ENDPOINT: 'existing' }
  const stack = synthService(existing)
  assert.deepEqual(traffic(stack), ['functions > 0.0.0.0/0:3306 out', 'functions > 0.0.0.0/0:443 out'])
  assert.equal(stack.all('vpc_endpoint').length, 0)
})

test('security groups that are given are let in, and never changed', () => {
  assert.deepEqual(traffic(synthService({ SECURITY_GROUP_IDS: 'sg-1,sg-2' })), [
    'sg-1 > database:3306 in',
    'sg-1 > secrets-endpoint:443 in',
    'sg-2 > database:3306 in',
    'sg-2 > secrets-endpoint:443 in',
  ])
})

test('the VPC is the one of the subnets or the groups that are given', () => {
  const vpcOf = (variables: Record<string, string>) =>
    String(synthService(variables).one('security_group', { name: 'my_lambda-database' }).vpc_id)
  assert.equal(vpcOf({ VPC_ID, SUBNET_IDS, SECURITY_GROUP_IDS }), VPC_ID)
  assert.match(vpcOf({ SUBNET_IDS, SECURITY_GROUP_IDS }), /^\$\{data\.aws_subnet\./)
  assert.match(vpcOf({ SECURITY_GROUP_IDS }), /^\$\{data\.aws_security_group\./)
})

test('the endpoint of Secrets Manager answers to its usual name, in both subnets', () => {
  const endpoint = synthService({ SUBNET_IDS }).one('vpc_endpoint')
  assert.equal(endpoint.service_name, 'com.amazonaws.ap-northeast-2.secretsmanager')
  assert.equal(endpoint.vpc_endpoint_type, 'Interface')
  assert.equal(endpoint.private_dns_enabled, true)
  assert.deepEqual(endpoint.subnet_ids, SUBNET_IDS.split(','))
})

test('a created database is MySQL 8.4: private, encrypted, by TLS only, with backups, not deleted by accident', () => {
  const stack = synthService()
  const database = stack.one('db_instance')
  const { engine, engine_version, storage_encrypted, publicly_accessible, backup_retention_period } = database
  assert.deepEqual(
    { engine, engine_version, storage_encrypted, publicly_accessible, backup_retention_period },
    {
      engine: 'mysql',
      engine_version: '8.4',
      storage_encrypted: true,
      publicly_accessible: false,
      backup_retention_period: 7,
    },
  )
  assert.equal(database.deletion_protection, true)
  assert.equal(database.skip_final_snapshot, false)
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
  const { DB_SECRET_ID, DB_PASS, DB_USER } = stack.environment('rds')
  assert.match(String(DB_SECRET_ID), /^\$\{aws_db_instance\.[\w-]+\.master_user_secret\[0\]\.secret_arn\}$/)
  assert.deepEqual([DB_PASS, DB_USER], [undefined, undefined])
})

test('DELETION_PROTECTION=false lets go of database, bucket and repository with what is in them', () => {
  const stack = synthService({ DELETION_PROTECTION: 'false' })
  const { deletion_protection, skip_final_snapshot } = stack.one('db_instance')
  assert.deepEqual([deletion_protection, skip_final_snapshot], [false, true])
  assert.equal(stack.one('s3_bucket').force_destroy, true)
  assert.equal(synthService().one('s3_bucket').force_destroy, false)
})

test('a proxy shares connections by TLS, reads the secret by an exact statement, and is where the functions connect', () => {
  const stack = synthService({ DB_PROXY: 'true' })
  const { require_tls, engine_family, auth } = stack.one('db_proxy')
  assert.deepEqual([require_tls, engine_family], [true, 'MYSQL'])
  const secretArn = String(stack.environment('rds').DB_SECRET_ID)
  assert.equal((auth as { secret_arn: string }[])[0]?.secret_arn, secretArn)
  assert.match(String(stack.environment('rds').DB_HOST), /^\$\{aws_db_proxy\.[\w-]+\.endpoint\}$/)
  assert.match(String(stack.one('db_proxy_target').db_instance_identifier), /^\$\{aws_db_instance\./)
})

test('a created bucket is private, encrypted, versioned, by TLS only; abandoned uploads expire', () => {
  const stack = synthService({ CORS_ORIGIN: 'https://example.com' })
  const { '//': _, bucket: __, ...access } = stack.one('s3_bucket_public_access_block')
  assert.deepEqual(Object.values(access), [true, true, true, true])
  assert.deepEqual(stack.one('s3_bucket_versioning').versioning_configuration, { status: 'Enabled' })
  assert.deepEqual(stack.one('s3_bucket_ownership_controls').rule, { object_ownership: 'BucketOwnerEnforced' })
  assert.match(JSON.stringify(stack.one('s3_bucket_server_side_encryption_configuration')), /AES256/)
  const [statement] = JSON.parse(String(stack.one('s3_bucket_policy').policy)).Statement
  assert.equal(statement.Effect, 'Deny')
  assert.equal(statement.Principal, '*')
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
  assert.equal(stack.one('kms_alias').name, 'alias/my_lambda')
})
