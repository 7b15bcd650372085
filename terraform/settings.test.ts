import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { imageSetting, images, memorySetting } from './settings/fields.ts'
import { checkSettings, readSettings, SettingsError, settingsVariables } from './settings.ts'

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
      for (const [name, value] of Object.entries(wrong))
        assert.ok(
          lines.some((line) => line.startsWith(`  ${name}=${value} must `)),
          `${name} in ${error.message}`,
        )
      return true
    },
  )
})

test('a wrong secret is told by its name, without its value', () => {
  const DB_PASS = 'hunter2'.repeat(40)
  assert.deepEqual(checkSettings({ DB_PASS }).problems, ['DB_PASS must have at most 256 characters'])
})

test('lists may have spaces, and name nothing twice', () => {
  assert.deepEqual(readSettings({ SUBNET_IDS: 'subnet-1, subnet-2' }).SUBNET_IDS, ['subnet-1', 'subnet-2'])
  assert.throws(() => readSettings({ SUBNET_IDS: 'subnet-1,subnet-1' }), /SUBNET_IDS=subnet-1,subnet-1 must not name/)
})

test('synth refuses the names that S3 refuses for a bucket', () => {
  const names = 'ab -ab ab. a..b 10.0.0.1 xn--abc a_b abc-s3alias sthree-a a--x-s3'.split(' ')
  for (const BUCKET_NAME of [...names, 'a'.repeat(64)])
    assert.throws(() => readSettings({ BUCKET_NAME }), /BUCKET_NAME=/, BUCKET_NAME)
})

async function dotenv(t: TestContext, text: string | Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'settings-'))
  t.after(() => rm(folder, { recursive: true }))
  const file = join(folder, '.env')
  await writeFile(file, text)
  return file
}

test('.env is read, the environment wins over it, and it may be missing', async (t) => {
  const file = await dotenv(t, 'PATH=/nowhere\nBUCKET_NAME="my-files"\n')
  const { PATH, BUCKET_NAME } = settingsVariables(file)
  assert.deepEqual({ PATH, BUCKET_NAME }, { PATH: process.env.PATH, BUCKET_NAME: 'my-files' })
  assert.deepEqual(settingsVariables(`${file}.missing`), { ...process.env })
})

test('a name in .env that is almost a setting’s is refused, with the setting that is meant', async (t) => {
  const names = { DB_HOTS: 'DB_HOST', DB_HST: 'DB_HOST', VPC_IDS: 'VPC_ID', db_pass: 'DB_PASS' }
  for (const [name, meant] of Object.entries(names)) {
    const file = await dotenv(t, `${name}=a`)
    assert.throws(() => settingsVariables(file), new RegExp(`${name} in .env is no setting: write ${meant},`))
  }
})

test('.env may hold the variables of other programs', async (t) => {
  const file = await dotenv(t, 'AWS_PROFILE=work\nPORT=3001\nIMAGES=1\nHOST=a\nTIMEOUT_CARS=3\n')
  assert.equal(settingsVariables(file).TIMEOUT_CARS, '3')
})
