/** Terraform itself, on a stand-in for AWS that pretends the resources and has the real provider's schemas. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cognito, everyOption, jwt } from '../helpers/settings.ts'
import { type Deployment, noDryRun, synthesize } from '../helpers/terraform.ts'

const skip = await noDryRun()

const existing = {
  VPC_ID: 'vpc-1',
  SECURITY_GROUP_IDS: 'sg-1',
  DB_HOST: 'db.example.com',
  DB_USER: 'app',
  BUCKET_NAME: 'my-files',
  ...jwt,
  JWT_SCOPES: 'users',
  ACCESS_LOGS: 'existing',
}

async function succeed(deployment: Deployment, stack: 'registry' | 'service', ...args: string[]): Promise<void> {
  const { ok, output } = await deployment.terraform(stack, ...args)
  assert.ok(ok, `terraform ${args.join(' ')}:\n${output}`)
}

/** From nothing to resources: what a service goes through in its life. */
async function apply(deployment: Deployment): Promise<void> {
  await succeed(deployment, 'service', 'init', '-input=false')
  await succeed(deployment, 'service', 'apply', '-auto-approve', '-input=false')
  // Fails where anything is left to do.
  await succeed(deployment, 'service', 'plan', '-detailed-exitcode', '-input=false')
}

test('with every option, under the name of an environment, and gone again', { skip }, async (t) => {
  const deployment = await synthesize(t, everyOption)
  await apply(deployment)
  assert.match(await deployment.state('staging.service'), /"aws_wafv2_web_acl_association"/)
  // The plan before it has just refreshed.
  await succeed(deployment, 'service', 'destroy', '-auto-approve', '-input=false', '-refresh=false')
  // No two kinds of access at a time.
  await deployment.resynthesize({ ...cognito, COGNITO_SCOPES: 'users/read' })
  await succeed(deployment, 'service', 'validate')
})

/** A VPC with these subnets, each a Name and a zone. */
const vpcWith = (...subnets: readonly (readonly [name: string | undefined, zone: string])[]) => ({
  aws_subnets: [
    {
      match: { filter: [{ name: 'vpc-id', values: ['vpc-1'] }] },
      result: { ids: subnets.map((_, index) => `subnet-${index}`) },
    },
  ],
  aws_subnet: subnets.map(([name, zone], index) => ({
    match: { id: `subnet-${index}` },
    result: { tags: name === undefined ? {} : { Name: name }, availability_zone: `ap-northeast-2${zone}` },
  })),
})

test('beside what is there, in two zones of a VPC whose other subnets are the database’s', { skip }, async (t) => {
  const six = vpcWith(['web', 'a'], ['RDS-a', 'a'], ['RDS-b', 'b'], ['web', 'a'], ['my RDS', 'c'], [undefined, 'c'])
  const deployment = await synthesize(t, { ...existing, TF_VAR_db_pass: 'hunter2' }, six)
  await apply(deployment)
  const created = await deployment.created()
  const ours = created.filter(({ type }) => /^aws_(vpc|subnet|security_group|db_|s3_|kms_)/.test(type))
  assert.deepEqual(ours, [])
  const rds = created.find(({ type, name }) => type === 'aws_lambda_function' && name === 'rds')
  assert.deepEqual(rds.values.vpc_config[0].subnet_ids.toSorted(), ['subnet-0', 'subnet-5'])
})

for (const [count, vpc] of [vpcWith(['RDS-a', 'a']), vpcWith(['web', 'a'], ['RDS-a', 'b'])].entries()) {
  test(`a VPC with ${count} subnets for the functions stops at the plan, and says what to do`, { skip }, async (t) => {
    const deployment = await synthesize(t, { VPC_ID: 'vpc-1' }, vpc)
    await succeed(deployment, 'service', 'init', '-input=false')
    const { ok, output } = await deployment.terraform('service', 'plan', '-input=false')
    assert.ok(!ok)
    const advice = `Subnets of vpc-1 whose Name has no "RDS": ${count}, and the functions need two. Set SUBNET_IDS`
    assert.ok(output.replace(/\s+/g, ' ').includes(advice), output)
  })
}
