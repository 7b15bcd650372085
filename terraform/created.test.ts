import assert from 'node:assert/strict'
import { test } from 'node:test'
import { everyOption, given, jwt, synthRegistry, synthService } from '../test/helpers/sample-service.ts'

const encryption = { apply_server_side_encryption_by_default: { sse_algorithm: 'AES256' } }
const withoutTls = { Bool: { 'aws:SecureTransport': 'false' } }
const throttle = (rate: number, burst: number) => ({ throttling_rate_limit: rate, throttling_burst_limit: burst })
const { WEB_ACL_ARN } = everyOption
const CORS_ORIGIN = 'https://a.b'
const aWeek = { days_after_initiation: 7 }

const { VPC_ID, SUBNET_IDS, DB_HOST } = given

type Row = readonly [variables: Record<string, string>, type: string, has: object, count?: number]

/** Attributes of each resource of a type with these settings, and the number of resources (default 1). */
const created: Readonly<Record<string, readonly Row[]>> = {
  'a created database is MySQL 8.4: private, encrypted, by TLS only, with backups, not deleted by accident': [
    [{}, 'db_instance', { engine: 'mysql', engine_version: '8.4', storage_encrypted: true }],
    [{}, 'db_instance', { publicly_accessible: false, backup_retention_period: 7, deletion_protection: true }],
    [{}, 'db_parameter_group', { family: 'mysql8.4', parameter: [{ name: 'require_secure_transport', value: '1' }] }],
    [{ DB_MAX_CONNECTIONS: '70' }, 'db_parameter_group', { parameter: [{ name: 'max_connections', value: '70' }] }],
  ],
  'a standby, and Performance Insights, which small classes lack, are off by default': [
    [{}, 'db_instance', { multi_az: false, performance_insights_enabled: false }],
    [{ DB_MULTI_AZ: 'true', BACKUP_RETENTION: '0' }, 'db_instance', { multi_az: true, backup_retention_period: 0 }],
    [{ DB_INSTANCE_CLASS: 'db.m7g.large' }, 'db_instance', { performance_insights_enabled: true }],
  ],
  'DELETION_PROTECTION=false allows deletion of bucket and repository': [
    [{}, 'ecr_repository', { force_delete: false }],
    [{ DELETION_PROTECTION: 'false' }, 'ecr_repository', { force_delete: true }],
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
    [{ CORS_ORIGIN }, 's3_bucket_cors_configuration', { cors_rule: [{ allowed_origins: [CORS_ORIGIN] }] }],
    [{}, 's3_bucket_cors_configuration', { cors_rule: [{ allowed_methods: ['GET', 'POST'] }] }],
  ],
  'a created key rotates, and survives its deletion for a month': [
    [{ KMS_KEY: 'create' }, 'kms_key', { enable_key_rotation: true, deletion_window_in_days: 30 }],
    [{ KMS_KEY: 'create' }, 'kms_key', { policy: [{ Sid: 'Account', Action: 'kms:*' }] }],
  ],
  // Per image, one for its function and one for its API; one each for migrations, authorizer and database.
  'every log group keeps its lines for LOG_RETENTION days': [
    [{ ...jwt, ACCESS_LOGS: 'existing', LOG_RETENTION: '7' }, 'cloudwatch_log_group', { retention_in_days: 7 }, 7],
    [{}, 'db_instance', { enabled_cloudwatch_logs_exports: ['error'] }],
  ],
  'both APIs are throttled, by default too': [
    [{}, 'api_gateway_method_settings', { method_path: '*/*', settings: throttle(500, 1000) }, 2],
    [{ THROTTLE_RATE: '10', THROTTLE_BURST: '20' }, 'api_gateway_method_settings', { settings: throttle(10, 20) }, 2],
  ],
  'a given firewall protects both stages; tracing covers these and all functions': [
    [everyOption, 'wafv2_web_acl_association', { web_acl_arn: WEB_ACL_ARN }, 2],
    [everyOption, 'api_gateway_stage', { xray_tracing_enabled: true }, 2],
    [everyOption, 'lambda_function', { tracing_config: { mode: 'Active' } }, 3],
  ],
  'a domain requires TLS 1.2, and the APIs answer under no other name': [
    [everyOption, 'api_gateway_domain_name', { security_policy: 'TLS_1_2' }],
    [everyOption, 'api_gateway_domain_name', { endpoint_configuration: { types: ['REGIONAL'] } }],
    [everyOption, 'api_gateway_rest_api', { disable_execute_api_endpoint: true }, 2],
  ],
  'the repository is scanned on push and encrypted, and its tags are mutable': [
    [{}, 'ecr_repository', { image_tag_mutability: 'MUTABLE', image_scanning_configuration: { scan_on_push: true } }],
    [{}, 'ecr_repository', { encryption_configuration: [{ encryption_type: 'AES256' }] }],
  ],
}

for (const [what, rows] of Object.entries(created)) {
  test(what, () => {
    for (const [variables, type, has, count = 1] of rows) {
      const stack = type.startsWith('ecr_') ? synthRegistry(variables) : synthService(variables)
      const blocks = stack.all(type)
      assert.equal(blocks.length, count, type)
      for (const block of blocks) {
        const policy = typeof block.policy === 'string' ? JSON.parse(block.policy).Statement : undefined
        assert.partialDeepStrictEqual({ ...block, policy }, has)
      }
    }
  })
}

test('a created VPC has private subnets that survive new zones; its default group blocks all traffic', () => {
  const stack = synthService()
  assert.partialDeepStrictEqual(stack.one('vpc'), { enable_dns_support: true, enable_dns_hostnames: true })
  assert.equal(new Set(stack.values('subnet', 'availability_zone')).size, 2)
  for (const { map_public_ip_on_launch: isPublic, lifecycle } of stack.all('subnet'))
    assert.deepEqual([isPublic, lifecycle], [undefined, { ignore_changes: ['availability_zone'] }])
  const { ingress, egress } = stack.one('default_security_group')
  assert.deepEqual([ingress, egress], [undefined, undefined])
})

const bothSides = (to: string) => [`functions > ${to} in`, `functions > ${to} out`]
const letIn = (group: string) => [`${group} > database:3306 in`, `${group} > secrets-endpoint:443 in`]

/** Security group rules as `from > to:port`: created groups by name, given ones by id. */
function traffic(variables: Record<string, string>): string[] {
  const stack = synthService(variables)
  const nameOf = (group: unknown) => String(stack.target(group)?.name ?? group).replace('my_lambda-', '')
  const rules = (direction: 'egress' | 'ingress') =>
    stack.all(`vpc_security_group_${direction}_rule`).map((rule) => {
      const own = nameOf(rule.security_group_id)
      const other = nameOf(rule.cidr_ipv4 ?? rule.referenced_security_group_id)
      assert.deepEqual([rule.ip_protocol, rule.from_port], ['tcp', rule.to_port])
      assert.match(String(rule.description), /^TCP \d+ (from the functions|to any address)$/)
      return direction === 'egress' ? `${own} > ${other}:${rule.to_port} out` : `${other} > ${own}:${rule.to_port} in`
    })
  return [...rules('egress'), ...rules('ingress')].sort()
}

const secret = { VPC_ID, DB_HOST, DB_SECRET_ID: 'app', SECRETS_ENDPOINT: 'existing' }
const groups = { SECURITY_GROUP_IDS: 'sg-1,sg-2' }
for (const [what, variables, ...rules] of [
  ['nothing reaches the functions', {}, ...bothSides('database:3306'), ...bothSides('secrets-endpoint:443')],
  ['443 is closed where no secret is read', { VPC_ID, DB_HOST, DB_PORT: '3307' }, 'functions > 0.0.0.0/0:3307 out'],
  ['443 is open to an endpoint', secret, 'functions > 0.0.0.0/0:3306 out', 'functions > 0.0.0.0/0:443 out'],
  ['given groups are let in, and never changed', groups, ...['sg-1', 'sg-2'].flatMap(letIn)],
] as const)
  test(`${what}: ${rules}`, () => assert.deepEqual(traffic(variables), rules))

test('functions call the Secrets Manager endpoint by its own name, and its policy admits their role alone', () => {
  const stack = synthService({ SUBNET_IDS })
  const { policy, ...endpoint } = stack.one('vpc_endpoint')
  const own = { vpc_endpoint_type: 'Interface', private_dns_enabled: false, subnet_ids: SUBNET_IDS.split(',') }
  assert.partialDeepStrictEqual(endpoint, own)
  for (const name of ['items', 'items-migrate']) {
    const { AWS_ENDPOINT_URL_SECRETS_MANAGER: address } = stack.environment(name)
    assert.match(String(address), /^https:.*_vpc_endpoint\..*dns_name\}$/)
  }
  assert.match(String(policy), /"secretsmanager:GetSecretValue",.*"aws:PrincipalArn":"[^"]+:role\/my_lambda-role"/)
})

test('RDS makes the password and keeps it as a secret; a deleted database leaves a final snapshot, named by time', () => {
  const stack = synthService({ DELETION_PROTECTION: 'false' })
  const { DB_SECRET_ID, DB_PASS, DB_USER } = stack.environment('items')
  assert.match(String(DB_SECRET_ID), /^\$\{aws_db_instance\.[\w-]+\.master_user_secret\[0\]\.secret_arn\}$/)
  assert.deepEqual([DB_PASS, DB_USER], [undefined, undefined])
  const database = stack.one('db_instance', { manage_master_user_password: true, deletion_protection: false })
  const name = `my-lambda-final-\${formatdate("YYYYMMDDhhmmss", timestamp())}`
  const lifecycle = { ignore_changes: ['final_snapshot_identifier'] }
  assert.partialDeepStrictEqual(database, { final_snapshot_identifier: name, lifecycle })
  assert.equal(database.skip_final_snapshot, undefined)
})
