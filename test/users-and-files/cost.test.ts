import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { estimate, monthly, summary } from '../../tools/docs/cost/estimate.ts'
import { TerraformJson } from '../../tools/local/wiring/terraform.ts'
import { ROOT } from '../../tools/process/command.ts'
import { everyOption, given, jwt, synthRegistry, synthService } from '../helpers/stack.ts'

const stackOf = (json: unknown) => ({ terraform: new TerraformJson(json) })

function costOf(variables: Record<string, string> = {}) {
  const stacks = [synthRegistry(variables), synthService(variables)].map(({ json }) => stackOf(JSON.parse(json)))
  const estimated = estimate(stacks, 'ap-northeast-2')
  /** Rounded to cents, as shown. */
  const atRest = estimated.atRest.map((item) => [item.what, Math.round(monthly(item) * 100) / 100] as const)
  return { atRest: Object.fromEntries(atRest), perMillion: Object.fromEntries(estimated.perMillion), estimated }
}
const everything = { ...everyOption, ...jwt }

test('knows the price of every deployment, and names resources with an unknown price', () => {
  for (const variables of [{}, given, everything, everyOption])
    assert.doesNotMatch(summary(costOf(variables).estimated), /unknown prices/)
  const large = costOf({ DB_INSTANCE_CLASS: 'db.x9g.large' }).estimated
  assert.match(summary(large), /unknown prices \(Database, db\.x9g\.large\)/)
  const network = estimate([stackOf({ resource: { aws_nat_gateway: { nat: {} } } })], 'us-east-1')
  assert.match(summary(network), /^about \$0\.00 a month at rest plus unknown prices \(aws_nat_gateway\); /)
  assert.deepEqual([network.usesS3, large.usesS3, costOf(given).estimated.usesS3], [false, true, true])
})

test('sums the cost at rest', () => {
  const zones = 'Endpoint in the VPC, by zone'
  const database = { 'Database, db.t4g.micro': 18.25, 'Database storage, gp3': 2.62, "The database's secret": 0.4 }
  assert.deepEqual(costOf().atRest, { ...database, [zones]: 18.98, Dashboards: 3 })
  assert.deepEqual(costOf(given).atRest, { Dashboards: 3 })
  // Warm: 2 functions × 2 environments × 0.5 GB.
  const options = { 'Warm environments, by GB': 26.94, 'Alarms, by metric': 1.4, Keys: 2 }
  assert.partialDeepStrictEqual(costOf(everything).atRest, { 'Database, db.t4g.micro': 36.5, ...options })
  assert.equal(costOf({ SUBNET_IDS: 'subnet-1,subnet-2,subnet-3' }).atRest[zones], 28.47)
})

test('sums a million requests by architecture, memory, traces and access logs', () => {
  // 512 MB for 20 ms, a million times: 10,000 GB-seconds.
  const common = { 'API Gateway': 3.5, 'Lambda, requests': 0.2 }
  const plain = { ...common, 'Lambda, duration': 10_000 * 0.0000166667, 'Log lines': 0.76 }
  assert.deepEqual(costOf().perMillion, { rds: plain, s3: plain })
  const changed = costOf({ ARCHITECTURE: 'arm64', MEMORY_S3: '1024', TRACING: 'true', ACCESS_LOGS: 'existing' })
  const logged = { ...common, 'Log lines': 1.55 * 0.76, 'X-Ray, at most': 5 }
  assert.deepEqual(changed.perMillion, {
    rds: { ...logged, 'Lambda, duration': 8000 * 0.0000166667 },
    s3: { ...logged, 'Lambda, duration': 16_000 * 0.0000166667 },
  })
})

test('make cost prints both, also for a region with unknown prices', (t) => {
  t.after(() => rmSync(join(ROOT, '.deploy', 'environments', 'cost-test'), { recursive: true }))
  const env = { PATH: process.env.PATH, AWS_REGION: 'eu-west-1', ENVIRONMENT: 'cost-test', DURATION: '100' }
  const stdout = execFileSync(process.execPath, ['tools/docs/cost.ts'], { cwd: ROOT, env, encoding: 'utf8' })
  assert.match(stdout, /Prices of \d{4}-\d\d-\d\d in us-east-1, since those of eu-west-1 are unknown here/)
  assert.match(stdout, /Database, db\.t4g\.micro +730 h +\$11\.68\n(.*\n)* *A month +\$\d+\.\d\d\n/)
  assert.match(stdout, /Lambda, duration +\$0\.83 +\$0\.83\n(.*\n)* *A million +\$\d+\.\d\d +\$\d+\.\d\d\n/)
})
