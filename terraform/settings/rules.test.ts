import assert from 'node:assert/strict'
import { test } from 'node:test'
import { declareSample } from '../../test/helpers/sample-service.ts'
import { jwt } from '../../test/helpers/settings.ts'
import { createStacks } from '../stacks.ts'

const keyIn = (region: string) => `arn:aws:kms:${region}:123456789012:key/1`
const certificateIn = (region: string) => `arn:aws:acm:${region}:123456789012:certificate/1`
const secretIn = (region: string) => `arn:aws:secretsmanager:${region}:123456789012:secret:app-AbCdEf`
const aclIn = (region: string) => `arn:aws:wafv2:${region}:123456789012:regional/webacl/mine/1`

/** What the synthesis says, a line for each problem. */
const problemsWith = (variables: Readonly<Record<string, string>>) =>
  createStacks(variables, declareSample).problems.join('\n')

/** Settings that are wrong together, and what is said about them. */
const wrong: readonly (readonly [Record<string, string>, RegExp])[] = [
  [{ ALARM_EMAIL: 'a@example.com,b@example.com' }, /ALARM_EMAIL=.* must be one e-mail address/],
  [{ LOG_RETENTION: '31' }, /LOG_RETENTION=31 must be a number of days that CloudWatch takes: 0, 1, 3/],
  [{ ACCESS_LOGS: 'true' }, /ACCESS_LOGS=true must be none, existing or create/],
  [{ RESERVED_CONCURRENCY: '56' }, /RESERVED_CONCURRENCY=56 must be at most 55: .*5 are for migrations/],
  [{ RESERVED_CONCURRENCY: '100', DB_MAX_CONNECTIONS: '100' }, /RESERVED_CONCURRENCY=100 must be at most 95/],
  [{ PROVISIONED_CONCURRENCY: '6', RESERVED_CONCURRENCY: '5' }, /PROVISIONED_CONCURRENCY=6 must be at most .* 5/],
  [{ DB_SECRET_ID: 'app' }, /DB_SECRET_ID=app belongs to a database that is given.*set DB_HOST/],
  [{ DB_TLS: 'false' }, /DB_TLS=false must be left out or true/],
  [{ DB_PORT: '80' }, /DB_PORT=80 must be 1150 to 65535/],
  [{ DB_NAME: 'my-db' }, /DB_NAME=my-db must be .* letters/],
  [{ DB_USER: 'rdsadmin' }, /DB_USER=rdsadmin must be .* not rdsadmin/],
  [{ DB_HOST: 'mysql://db.example.com' }, /DB_HOST=mysql:\/\/db.example.com must be a host name/],
  [{ DOMAIN_NAME: 'api.example.com' }, /DOMAIN_NAME=api.example.com needs CERTIFICATE_ARN/],
  [{ CERTIFICATE_ARN: certificateIn('ap-northeast-2') }, /CERTIFICATE_ARN=.* needs DOMAIN_NAME/],
  [
    { CERTIFICATE_ARN: certificateIn('us-east-1'), DOMAIN_NAME: 'api.example.com' },
    /CERTIFICATE_ARN=.* must be in AWS_REGION, ap-northeast-2/,
  ],
  [{ KMS_KEY: keyIn('us-east-1') }, /KMS_KEY=.* must be in AWS_REGION/],
  [{ SECRETS_ENDPOINT: 'existing' }, /SECRETS_ENDPOINT=existing must be .*no route to Secrets Manager/],
  [{ API_SECURITY: 'jwt' }, /JWT_ISSUER is missing, and API_SECURITY=jwt needs it.*\n.*JWT_AUDIENCE is missing/],
  [{ API_SECURITY: 'cognito' }, /COGNITO_USER_POOL_ARN is missing, and API_SECURITY=cognito needs it/],
  [{ JWT_ISSUER: 'https://login.example.com' }, /JWT_ISSUER=.* goes with API_SECURITY=jwt, and that is open/],
  [{ API_SECURITY: 'api-key', JWT_SCOPES: 'users' }, /JWT_SCOPES=users goes with API_SECURITY=jwt/],
  [{ API_SECURITY: 'jwt', COGNITO_SCOPES: 'users' }, /COGNITO_SCOPES=users goes with API_SECURITY=cognito/],
  [{ ...jwt, PROJECT: 'a'.repeat(50), BUCKET_NAME: 'my-files' }, /PROJECT=a+ makes the name a+-authorizer-role/],
  [{ PROJECT: 'a'.repeat(40) }, /PROJECT=a+ makes the name a+-files-0+-ap-northeast-2, which must be 3 to 63/],
  [{ PROJECT: 'a'.repeat(60), BUCKET_NAME: 'my-files' }, /PROJECT=a+ makes the name a+-role, .* must have at most 64/],
  [{ PROJECT: 'a' }, /PROJECT=a makes the name a, which must have 2 characters or more/],
  [{ PROJECT: 'default' }, /PROJECT=default makes the name default, which must not be default/],
  [{ ENVIRONMENT: 'default' }, /ENVIRONMENT=default must not be default: leave it out/],
  [{ ENVIRONMENT: 'sg' }, /ENVIRONMENT=sg makes the name sg-my_lambda-\w+, which must not begin with sg-/],
  [{ PROJECT: 'sthree_x' }, /PROJECT=sthree_x makes the name sthree-x-files-.*, which must not begin/],
  [{ DB_HOST: `\${file("/etc/passwd")}` }, /DB_HOST=\$\{file.* must not have \$\{/],
  [{ JWT_AUDIENCE: 'a %{ if true }' }, /JWT_AUDIENCE=.* Terraform would evaluate it/],
  [{ DB_NAME: '#{TfToken[TOKEN.0]}' }, /DB_NAME=.* Terraform would evaluate it/],
  [{ STATE_BUCKET: 'one', BUCKET_NAME: 'one' }, /STATE_BUCKET=one must not be the bucket of the files/],
  [{ STATE_BUCKET: 'my-lambda-files-123456789012-ap-northeast-2' }, /STATE_BUCKET=.* must not be the bucket of the/],
  [{ DB_HOST: 'db', DB_MULTI_AZ: 'true' }, /DB_MULTI_AZ=true belongs to a created database/],
  [{ AWS_REGION: 'il-central-1' }, /AWS_REGION=il-central-1 is in a region whose certificate authorities/],
  [{ DB_HOST: 'a.b.rds.cn-north-1.amazonaws.com.cn' }, /DB_HOST=.* is in a region whose/],
  [{ DB_HOST: 'db', DB_SECRET_ID: secretIn('us-east-1') }, /DB_SECRET_ID=.* must be in AWS_REGION/],
  [{ WEB_ACL_ARN: aclIn('us-east-1') }, /WEB_ACL_ARN=.* must be in AWS_REGION/],
  [{ DB_PROXY: 'true' }, /DB_PROXY=true is no setting any more: set DB_HOST/],
]

for (const [variables, message] of wrong) {
  test(`refused: ${JSON.stringify(variables).slice(0, 100)}`, () => {
    assert.match(problemsWith(variables), message)
  })
}

/** The same, where they do go together. */
const right: readonly Record<string, string>[] = [
  { RESERVED_CONCURRENCY: '55' },
  { RESERVED_CONCURRENCY: '500', DB_HOST: 'db', DB_MAX_CONNECTIONS: '1000' },
  { DB_HOST: 'db', DB_SECRET_ID: 'app', DB_TLS: 'false', DB_PORT: '80', DB_NAME: 'my-db' },
  { SECRETS_ENDPOINT: 'existing', VPC_ID: 'vpc-1' },
  { DB_HOST: '10.0.0.5', DB_TLS: 'false' },
  { AWS_REGION: 'il-central-1', DB_HOST: 'db.example.com' },
  { AWS_REGION: 'il-central-1', DB_HOST: 'a.b.il-central-1.rds.amazonaws.com', DB_TLS: 'false' },
  { PROJECT: 'a', ENVIRONMENT: 'b' },
  { STATE_BUCKET: 'one', BUCKET_NAME: 'two' },
  { AWS_REGION: 'us-east-1', KMS_KEY: keyIn('us-east-1') },
  { ...jwt, JWT_SCOPES: 'users, files' },
  { PROJECT: 'a'.repeat(50), BUCKET_NAME: 'my-files' },
]

for (const variables of right)
  test(`taken: ${JSON.stringify(variables).slice(0, 100)}`, () => assert.equal(problemsWith(variables), ''))

test('a setting that would close the APIs, without the kind of access that it belongs to, does not leave them open', () => {
  const { API_SECURITY: _, ...withoutKind } = jwt
  for (const [name, value] of Object.entries(withoutKind)) {
    const message = new RegExp(`${name}=.* set API_SECURITY=jwt, or leave ${name} out`)
    assert.match(problemsWith({ [name]: value }), message)
  }
})
