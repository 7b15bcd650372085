import assert from 'node:assert/strict'
import { test } from 'node:test'
import { imageSettings, images } from './settings/fields.ts'
import { checkSettings, readSettings } from './settings.ts'

test('a fresh clone needs no setting; lists may have spaces but no duplicates', () => {
  const { AWS_REGION, SUBNET_IDS, DELETION_PROTECTION } = readSettings({ SUBNET_IDS: '', VPC_ID: undefined })
  assert.deepEqual([AWS_REGION, SUBNET_IDS, DELETION_PROTECTION], ['ap-northeast-2', undefined, true])
  assert.deepEqual(readSettings({ SUBNET_IDS: 'subnet-1, subnet-2' }).SUBNET_IDS, ['subnet-1', 'subnet-2'])
  assert.throws(() => readSettings({ SUBNET_IDS: 'subnet-1,subnet-1' }), /SUBNET_IDS=subnet-1,subnet-1 must not name/)
})

test('reports all problems at once, by name, with the requirement of the setting', () => {
  const { digest, memory } = imageSettings(images[0] ?? '')
  const wrong = `AWS_REGION=Seoul PROJECT=MyLambda ENVIRONMENT=Staging STATE_BUCKET=My_State DELETION_PROTECTION=no
    VPC_ID=default SUBNET_IDS=subnet-1 SECURITY_GROUP_IDS=web SECRETS_ENDPOINT=none
    DB_PORT=99999 DB_TLS=yes DB_INSTANCE_CLASS=micro DB_MAX_CONNECTIONS=many DB_MULTI_AZ=yes BACKUP_RETENTION=36
    BUCKET_NAME=My_Bucket URL_EXPIRES_IN=3601 ARCHITECTURE=x86 ${digest}=my_lambda:latest ${memory}=100
    RESERVED_CONCURRENCY=-1 PROVISIONED_CONCURRENCY=0 THROTTLE_RATE=0 THROTTLE_BURST=5001
    API_SECURITY=none COGNITO_USER_POOL_ARN=pool COGNITO_SCOPES=, JWT_ISSUER=http://a.example.com JWT_AUDIENCE=, JWT_SCOPES=,
    WEB_ACL_ARN=mine DOMAIN_NAME=https://example.com CERTIFICATE_ARN=arn:aws:iam::1:server-certificate/x KMS_KEY=mine
    CORS_ORIGIN=example.com LOG_LEVEL=all LOG_RETENTION=31 ALARM_EMAIL=a@b.com,c@d.com ACCESS_LOGS=true`.split(/\s+/)
  const settings = Object.fromEntries(wrong.map((each) => each.split('=')))
  const named = checkSettings(settings).problems.lines.map((line) => /^(.*?) must /.exec(line)?.[1])
  assert.deepEqual(named.sort(), wrong.toSorted())
})
