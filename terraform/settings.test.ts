import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { imageSetting, images, memorySetting } from './settings/fields.ts'
import { readSettings, SettingsError, settingsVariables } from './settings.ts'

test('a fresh clone needs no setting', () => {
  const { AWS_REGION, SUBNET_IDS, DELETION_PROTECTION } = readSettings({ SUBNET_IDS: '', VPC_ID: undefined })
  assert.deepEqual([AWS_REGION, SUBNET_IDS, DELETION_PROTECTION], ['ap-northeast-2', undefined, true])
})

test('every problem is told at once, by name, with what the setting has to be', () => {
  const [image = ''] = images
  const wrong = {
    AWS_REGION: 'Seoul',
    PROJECT: 'My Lambda',
    ENVIRONMENT: 'Staging',
    STATE_BUCKET: 'My_State',
    DELETION_PROTECTION: 'no',
    ARCHITECTURE: 'x86',
    [imageSetting(image)]: '123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/my_lambda:latest',
    VPC_ID: 'default',
    SUBNET_IDS: 'subnet-1',
    SECURITY_GROUP_IDS: 'web',
    DB_PORT: '99999',
    DB_TLS: 'yes',
    DB_INSTANCE_CLASS: 'micro',
    DB_MAX_CONNECTIONS: 'many',
    DB_MULTI_AZ: 'yes',
    BACKUP_RETENTION: '36',
    [memorySetting(image)]: '100',
    RESERVED_CONCURRENCY: '-1',
    PROVISIONED_CONCURRENCY: '0',
    SECRETS_ENDPOINT: 'none',
    WEB_ACL_ARN: 'mine',
    DOMAIN_NAME: 'https://example.com',
    CERTIFICATE_ARN: 'arn:aws:iam::1:server-certificate/x',
    BUCKET_NAME: 'My_Bucket',
    URL_EXPIRES_IN: '3601',
    KMS_KEY: 'mine',
    CORS_ORIGIN: 'example.com',
    LOG_LEVEL: 'all',
    LOG_RETENTION: '31',
    ALARM_EMAIL: 'a@example.com,b@example.com',
    ACCESS_LOGS: 'true',
    API_SECURITY: 'none',
    COGNITO_USER_POOL_ARN: 'pool',
    COGNITO_SCOPES: ',',
    JWT_ISSUER: 'http://login.example.com',
    JWT_AUDIENCE: ' ',
    JWT_SCOPES: ', ',
    THROTTLE_RATE: '0',
    THROTTLE_BURST: '5001',
  }
  assert.throws(
    () => readSettings(wrong),
    (error) => {
      assert.ok(error instanceof SettingsError)
      const lines = error.message.split('\n').slice(1)
      assert.equal(lines.length, Object.keys(wrong).length)
      const told = Object.entries(wrong).map(([name, value]) => `  ${name}=${value} must `)
      for (const start of told)
        assert.ok(
          lines.some((line) => line.startsWith(start)),
          start,
        )
      return true
    },
  )
})

test('lists may have spaces, and name nothing twice', () => {
  assert.deepEqual(readSettings({ SUBNET_IDS: 'subnet-1, subnet-2' }).SUBNET_IDS, ['subnet-1', 'subnet-2'])
  assert.throws(() => readSettings({ SUBNET_IDS: 'subnet-1,subnet-1' }), /SUBNET_IDS=subnet-1,subnet-1 must not name/)
})

test('.env is read, also for other programs; the environment wins over it; a line that is wrong stops all', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, '.env')
  writeFileSync(file, 'PATH=/nowhere\nBUCKET_NAME="my-files"\nPORT=3001\n')
  const { PATH, BUCKET_NAME, PORT } = settingsVariables(file)
  assert.deepEqual([PATH, BUCKET_NAME, PORT], [process.env.PATH, 'my-files', '3001'])
  assert.deepEqual(settingsVariables(`${file}.missing`), { ...process.env })
  writeFileSync(file, 'BUCKET_NAME')
  assert.throws(() => settingsVariables(file), SettingsError)
})
