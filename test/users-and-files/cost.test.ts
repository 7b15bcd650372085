import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { estimateOf, monthly, sum } from '../../tools/docs/cost/estimate.ts'
import { HOURS_A_MONTH, prices } from '../../tools/docs/cost/prices.ts'
import { ROOT } from '../../tools/process/command.ts'
import { everyOption, jwt } from '../helpers/settings.ts'
import { given, synthRegistry, synthService } from '../helpers/stack.ts'

const seoul = prices['ap-northeast-2']

function costOf(variables: Record<string, string>) {
  const { atRest, perMillion } = estimateOf([synthRegistry(variables).json, synthService(variables).json])
  return {
    /** Cents rounded, as they are shown. */
    atRest: Object.fromEntries(atRest.map((item) => [item.what, Math.round(monthly(item) * 100) / 100])),
    total: sum(atRest.map(monthly)),
    unpriced: atRest.filter(({ price }) => price === undefined).map(({ what }) => what),
    perMillion: Object.fromEntries(perMillion),
  }
}
const near = (actual: number | undefined, expected: number) =>
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) < 0.005, `${actual}, not ${expected}`)

const everything = { ...everyOption, ...jwt }

test('whatever can be deployed either has a price or costs nothing', () => {
  const kinds = [{}, given, everything, everyOption]
  for (const variables of kinds) assert.deepEqual(costOf(variables).unpriced, [], JSON.stringify(variables))
})

test('a type or a class without a price is told, and not left out', () => {
  const stack = (resource: object) => JSON.stringify({ provider: { aws: [{ region: 'us-east-1' }] }, resource })
  const { atRest } = estimateOf([stack({ aws_nat_gateway: { nat: {} } })])
  assert.deepEqual(atRest, [{ what: 'aws_nat_gateway', amount: 1, unit: '', price: undefined }])
  assert.deepEqual(costOf({ DB_INSTANCE_CLASS: 'db.x9g.large' }).unpriced, ['Database, db.x9g.large'])
})

test('an empty account pays for the database, its secret and the way to it', () => {
  const { atRest, total } = costOf({})
  assert.deepEqual(atRest, {
    'Endpoint in the VPC, by zone': 18.98,
    'Database, db.t4g.micro': 18.25,
    Dashboards: 3,
    'Database storage, gp3': 2.62,
    "The database's secret": 0.4,
  })
  near(total, 43.25)
})

test('with everything given a dashboard is left to pay, of which three are free', () => {
  assert.deepEqual(costOf(given).atRest, { Dashboards: 3 })
})

test('options have their price, as often as they are there', () => {
  const { atRest } = costOf(everything)
  near(atRest['Database, db.t4g.micro'], 2 * 18.25)
  // 2 functions × 2 environments × 0.5 GB.
  near(atRest['Warm environments, by GB'], 2 * 3600 * HOURS_A_MONTH * seoul.provisionedGbSecond.x86_64)
  near(atRest['Alarms, by metric'], 17 * 0.1)
  near(atRest['Metrics from logs'], 2 * 0.3)
  near(atRest.Keys, 2)
})

test('an endpoint costs by zone, also where the subnets are chosen in AWS', () => {
  const endpoint = (variables: Record<string, string>) => costOf(variables).atRest['Endpoint in the VPC, by zone']
  near(endpoint({ VPC_ID: 'vpc-1' }), 2 * 9.49)
  near(endpoint({ SUBNET_IDS: 'subnet-1,subnet-2,subnet-3' }), 3 * 9.49)
})

test('a million requests cost by function: architecture, memory, traces and access logs count', () => {
  const { rds } = costOf({}).perMillion
  // 512 MB for 20 ms, a million times: 10,000 GB-seconds.
  near(rds?.['Lambda, duration'], 10_000 * 0.0000166667)
  near(rds?.['API Gateway'], 3.5)
  const changed = costOf({ ARCHITECTURE: 'arm64', MEMORY_S3: '1024', TRACING: 'true', ACCESS_LOGS: 'existing' })
  near(changed.perMillion.rds?.['Lambda, duration'], 10_000 * 0.0000133334)
  near(changed.perMillion.s3?.['Lambda, duration'], 20_000 * 0.0000133334)
  near(changed.perMillion.rds?.['X-Ray, at most'], 5)
  assert.ok((changed.perMillion.rds?.['Log lines'] ?? 0) > (rds?.['Log lines'] ?? 0))
})

test('make cost says it, also for a region whose prices it does not know', (t) => {
  t.after(() => rmSync(join(ROOT, '.deploy', 'environments', 'cost-test'), { recursive: true }))
  const env = { PATH: process.env.PATH, AWS_REGION: 'eu-west-1', ENVIRONMENT: 'cost-test', DURATION: '100' }
  const stdout = execFileSync(process.execPath, ['tools/docs/cost.ts'], { cwd: ROOT, env, encoding: 'utf8' })
  assert.match(stdout, /Prices of \d{4}-\d\d-\d\d in us-east-1, since those of eu-west-1 are not known here/)
  assert.match(stdout, /Database, db\.t4g\.micro +730 h +\$11\.68\n/)
  assert.match(stdout, /A month +\$\d+\.\d\d\n/)
  assert.match(stdout, /Lambda, duration +\$0\.83 +\$0\.83\n/)
  assert.match(stdout, /A million +\$\d+\.\d\d +\$\d+\.\d\d\n/)
})
