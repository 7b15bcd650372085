import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { readSettings } from '../../terraform/settings.ts'
import { given, synthRegistry, synthService } from '../../terraform/test-stack.ts'
import { images } from '../build/images.ts'
import { ROOT } from '../deploy/command.ts'
import { atRest } from './at-rest.ts'
import { HOURS_A_MONTH, prices } from './prices.ts'
import { loadOf, perMillion, usualLoad } from './requests.ts'
import { resourcesOf } from './stacks.ts'

const seoul = prices['ap-northeast-2']

function costOf(variables: Record<string, string>) {
  const resources = [synthRegistry(variables), synthService(variables)].flatMap(({ resource }) => resourcesOf(resource))
  const { items, monthly: total, unpriced, free } = atRest(resources, seoul)
  const monthly = Object.fromEntries(items.map((item) => [item.what, Math.round(item.monthly * 100) / 100]))
  return { monthly, total, unpriced, free }
}
const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 0.005, `${actual}, not ${expected}`)

const everything = {
  API_SECURITY: 'jwt',
  JWT_ISSUER: 'https://login.example.com/',
  JWT_AUDIENCE: 'my-api',
  DB_PROXY: 'true',
  KMS_KEY: 'create',
  PROVISIONED_CONCURRENCY: '2',
  ALARM_EMAIL: 'ops@example.com',
  ACCESS_LOGS: 'create',
  TRACING: 'true',
  DOMAIN_NAME: 'api.example.com',
  CERTIFICATE_ARN: 'arn:aws:acm:ap-northeast-2:123456789012:certificate/1',
}

test('whatever can be deployed either has a price or costs nothing', () => {
  const kinds = [{}, given, everything, { API_SECURITY: 'api-key' }]
  for (const variables of kinds) assert.deepEqual(costOf(variables).unpriced, [], JSON.stringify(variables))
})

test('a type that nobody has thought of is told, and not left out', () => {
  const { unpriced, monthly } = atRest(resourcesOf({ aws_nat_gateway: { nat: {} } }), seoul)
  assert.deepEqual([unpriced, monthly], [['aws_nat_gateway'], 0])
  const classless = costOf({ DB_INSTANCE_CLASS: 'db.x9g.large' })
  assert.deepEqual(classless.unpriced, ['database db.x9g.large'])
})

test('an empty account pays for the database, its secret and the way to it', () => {
  const { monthly, total } = costOf({})
  assert.deepEqual(monthly, {
    'Endpoint of Secrets Manager': 18.98,
    'Database, db.t4g.micro': 18.25,
    Dashboard: 3,
    'Database storage, gp3': 2.62,
    "The database's secret": 0.4,
    'Images, once both are there': 0.05,
  })
  near(total, 43.3)
})

test('with everything given next to nothing is left to pay', () => {
  assert.deepEqual(costOf({ ...given, DASHBOARD: 'false' }).monthly, { 'Images, once both are there': 0.05 })
})

test('options have their price, as often as they are there', () => {
  const { monthly, free, total } = costOf(everything)
  // 2 functions × 2 environments × 0.5 GB, and a proxy by the vCPUs of its database.
  near(monthly['Warm environments'] ?? 0, 2 * 2 * 0.5 * 3600 * HOURS_A_MONTH * seoul.lambda.provisionedGbSecond.x86_64)
  near(monthly['RDS Proxy'] ?? 0, 2 * 0.018 * HOURS_A_MONTH)
  near(monthly.Alarms ?? 0, (5 * images.length + 6) * 0.1)
  near(monthly['Metrics from access logs'] ?? 0, images.length * 0.3)
  assert.equal(Object.keys(monthly).filter((what) => what.startsWith('Key: ')).length, 2)
  // Ten alarms, the dashboard and the metrics.
  near(free, 1 + 3 + images.length * 0.3)
  near(
    total,
    Object.values(monthly).reduce((sum, each) => sum + each, 0),
  )
})

test('an endpoint costs by zone, also where the subnets are chosen in AWS', () => {
  for (const variables of [{}, { VPC_ID: 'vpc-1' }, { SUBNET_IDS: 'subnet-1,subnet-2,subnet-3' }]) {
    const zones = 'SUBNET_IDS' in variables ? 3 : 2
    near(costOf(variables).monthly['Endpoint of Secrets Manager'] ?? 0, zones * 9.49)
  }
})

test('a million requests: the gateway first, and for downloads the way out', () => {
  const [users, uploads, downloads] = perMillion(readSettings({}), seoul, usualLoad)
  assert.ok(users && uploads && downloads)
  // 512 MB for 20 ms, a million times: 10,000 GB-seconds.
  near(users.parts['Lambda, duration'] ?? 0, 10_000 * 0.0000166667)
  near(uploads.parts['S3, requests'] ?? 0, 4.5)
  near(downloads.parts['Transfer to the internet'] ?? 0, 201 * 0.126)
  for (const { parts, total, free } of [users, uploads, downloads]) {
    near(
      total,
      Object.values(parts).reduce((sum, part) => sum + part, 0),
    )
    assert.ok(free > 0 && free < total)
  }
})

test('architecture, memory, traces and access logs change what a request costs', () => {
  const users = (variables: Record<string, string>) =>
    perMillion(readSettings(variables), seoul, usualLoad)[0]?.parts ?? {}
  near((users({ ARCHITECTURE: 'arm64' })['Lambda, duration'] ?? 0) / (users({})['Lambda, duration'] ?? 1), 0.8)
  near((users({ MEMORY_RDS: '1024' })['Lambda, duration'] ?? 0) / (users({})['Lambda, duration'] ?? 1), 2)
  near(users({ TRACING: 'true' })['X-Ray, at most'] ?? 0, 5)
  assert.ok((users({ ACCESS_LOGS: 'existing' })['Log lines'] ?? 0) > (users({})['Log lines'] ?? 0))
})

test('what a request is taken to be can be set, to numbers', () => {
  assert.equal(loadOf({ DURATION_RDS: '7', FILE_KB: '' }).DURATION_RDS, 7)
  assert.deepEqual(loadOf({}), usualLoad)
  assert.throws(() => loadOf({ FILE_KB: 'big' }), /FILE_KB=big must be a number above 0/)
})

test('make cost says it, also for a region whose prices it does not know', async (t) => {
  t.after(() => rm(join(ROOT, '.deploy', 'environments', 'cost-test'), { recursive: true }))
  const env = { PATH: process.env.PATH, AWS_REGION: 'eu-west-1', ENVIRONMENT: 'cost-test' }
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/cost.ts'], { cwd: ROOT, env })
  assert.match(stdout, /Prices of \d{4}-\d\d-\d\d in us-east-1, since those of eu-west-1 are not known here/)
  assert.match(stdout, /Database, db\.t4g\.micro +730 h +\$11\.68\n/)
  assert.match(stdout, /A month +\$\d+\.\d\d\n/)
  assert.match(stdout, /A million +\$\d+\.\d\d +\$\d+\.\d\d +\$\d+\.\d\d\n/)
})
