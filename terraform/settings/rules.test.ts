import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cognito, declareSample, jwt } from '../../test/helpers/sample-service.ts'
import { createStacks } from '../stacks.ts'

const inVirginia = (service: string, name: string) => `arn:aws:${service}:us-east-1:123456789012:${name}`
const certificate = 'arn:aws:acm:ap-northeast-2:123456789012:certificate/1'

/** Problems of the synthesis, one per line. */
const problemsWith = (variables: Readonly<Record<string, string>>) =>
  createStacks(variables, declareSample).problems.join('\n')

/** Invalid combinations of settings, `NAME=value` each, and the message about the last. */
const wrong: readonly (readonly [string, RegExp])[] = [
  ['RESERVED_CONCURRENCY=56', /must be at most 55: .*5 are reserved for migrations/],
  ['RESERVED_CONCURRENCY=5 PROVISIONED_CONCURRENCY=6', /must be at most .* 5/],
  ['DB_SECRET_ID=app', /must be left out for a created database; .* set DB_HOST/],
  ['DB_TLS=false', /must be left out or true/],
  ['DB_PORT=80', /must be 1150 to 65535/],
  ['DB_NAME=my-db', /must be .* letters/],
  ['DB_USER=rdsadmin', /must be .* not rdsadmin/],
  ['DB_HOST=mysql://db.example.com', /must be a host name/],
  ['DB_HOST=10.0.0.5', /must be a host name: TLS verifies/],
  ['DB_HOST=db DB_MULTI_AZ=true', /belongs to a created database/],
  ['DOMAIN_NAME=api.example.com', /needs CERTIFICATE_ARN/],
  [`CERTIFICATE_ARN=${certificate}`, /needs DOMAIN_NAME/],
  [`DOMAIN_NAME=a.com CERTIFICATE_ARN=${inVirginia('acm', 'certificate/1')}`, /must be in AWS_REGION/],
  [`KMS_KEY=${inVirginia('kms', 'key/1')}`, /must be in AWS_REGION, ap-northeast-2/],
  [`DB_HOST=db DB_SECRET_ID=${inVirginia('secretsmanager', 'secret:a-1')}`, /must be in AWS_REGION/],
  [`WEB_ACL_ARN=${inVirginia('wafv2', 'regional/webacl/a/1')}`, /must be in AWS_REGION/],
  ['SECRETS_ENDPOINT=existing', /must be .*no other route to Secrets Manager/],
  ['PROJECT=a', /must be 2 lower-case letters or more/],
  [`PROJECT=${'a'.repeat(40)}`, /makes the name a{40}-files-0{12}-ap-northeast-2, which must be 3 to 63/],
  [`BUCKET_NAME=mine PROJECT=${'a'.repeat(70)}`, /makes the name a{70}-role, which must have at most 64/],
  ['PROJECT=default', /makes the name default, which must not be default/],
  ['ENVIRONMENT=sg', /makes the name sg-my_lambda-\w+, which must not begin with sg-/],
  ['AWS_REGION=il-central-1', /authorities. Use one of .*eu-west-1/],
  ['DB_HOST=a.b.rds.cn-north-1.amazonaws.com.cn', /authorities/],
  ['DB_HOST=a.cluster-b.ca-west-1.rds.amazonaws.com', /authorities/],
  ['BUCKET_NAME=a..b', /must not .* two dots in a row/],
  ['BUCKET_NAME=192.168.1.1', /must not look like an IP address/],
  ['BUCKET_NAME=xn--mine', /must not .* begin with xn--/],
  ['STATE_BUCKET=mine-s3alias', /must not .* end with -s3alias/],
  ['ENVIRONMENT=default', /must not be default, .*: leave it out/],
  [`DB_HOST=\${file("/etc/passwd")}`, /must not have \$\{/],
  ['JWT_AUDIENCE=a%{if', /Terraform would evaluate it/],
  ['DB_NAME=#{TfToken[TOKEN.0]}', /Terraform would evaluate it/],
  ['BUCKET_NAME=one STATE_BUCKET=one', /must not be the bucket of the files/],
  ['STATE_BUCKET=my-lambda-files-123456789012-ap-northeast-2', /must not be the bucket of the files/],
]

for (const [settings, message] of wrong)
  test(`refused: ${settings.slice(0, 100)}`, () => {
    const pairs = settings.split(' ')
    const last = `${pairs.at(-1)} `
    const lines = problemsWith(Object.fromEntries(pairs.map((pair) => pair.split('=')))).split('\n')
    const [line, ...again] = lines.filter((line) => line.startsWith(last))
    assert.match(line ?? assert.fail(lines.join('\n')), message)
    assert.deepEqual(again, [])
  })

test('refused: missing and overlong settings', () => {
  for (const [variables, message] of [
    [{ API_SECURITY: 'jwt' }, /JWT_ISSUER is missing, but API_SECURITY=jwt needs it.*\n.*JWT_AUDIENCE is missing/],
    // One wrong alone, and one wrong beside another.
    [{ AWS_REGION: 'Seoul', DOMAIN_NAME: 'a.com' }, /^AWS_REGION=Seoul must .*\n(.*\n)*DOMAIN_NAME=a.com needs/],
    [{ API_SECURITY: 'cognito' }, /COGNITO_USER_POOL_ARN is missing, but API_SECURITY=cognito needs it/],
    [{ DB_HOST: 'db', DB_USER: 'a'.repeat(5000) }, /DB_USER=a{200}… must be shorter: .* items has 5\d\d\d bytes/],
    [{ DB_HOST: 'db', DB_PASS: 'a'.repeat(300) }, /^DB_PASS must have at most 256 characters$/],
  ] as const)
    assert.match(problemsWith(variables), message)
})

/** Valid combinations of settings. */
const right: readonly Record<string, string>[] = [
  { RESERVED_CONCURRENCY: '55' },
  { RESERVED_CONCURRENCY: '500', DB_HOST: 'db', DB_MAX_CONNECTIONS: '1000' },
  { DB_HOST: 'db', DB_SECRET_ID: 'app', DB_TLS: 'false', DB_PORT: '80', DB_NAME: 'my-db' },
  { SECRETS_ENDPOINT: 'existing', VPC_ID: 'vpc-1' },
  { STATE_BUCKET: 'one', BUCKET_NAME: 'two.xn--three' },
  { AWS_REGION: 'ca-west-1', DB_HOST: 'a.proxy-b.ca-west-1.rds.amazonaws.com' },
  { AWS_REGION: 'ca-west-1', DB_HOST: 'a.b.ca-west-1.rds.amazonaws.com', DB_TLS: 'false' },
  { AWS_REGION: 'ca-west-1', DB_HOST: 'a.b.us-east-1.rds.amazonaws.com', DB_PASS: 'a'.repeat(256) },
  { AWS_REGION: 'us-east-1', KMS_KEY: inVirginia('kms', 'key/1') },
  { ...jwt, JWT_SCOPES: 'users, files' },
]

test('accepts valid combinations', () => {
  for (const variables of right) assert.equal(problemsWith(variables), '', JSON.stringify(variables))
})

test('refuses an access setting without its API_SECURITY, which would leave the APIs open', () => {
  const { API_SECURITY: _, ...withoutKind } = { ...cognito, COGNITO_SCOPES: 'users', ...jwt, JWT_SCOPES: 'users' }
  for (const [name, value] of Object.entries(withoutKind)) {
    const kind = name.startsWith('JWT') ? 'jwt' : 'cognito'
    const message = new RegExp(`^${name}=.* set API_SECURITY=${kind}, or leave ${name} out$`)
    assert.match(problemsWith({ [name]: value }), message)
  }
})
