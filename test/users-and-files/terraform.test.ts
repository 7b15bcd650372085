/** Terraform itself, on a stand-in for AWS that pretends the resources and has the real provider's schemas. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { everyOption, jwt } from '../helpers/settings.ts'
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
  LOG_RETENTION: '365',
}

async function succeed(deployment: Deployment, stack: 'registry' | 'service', ...args: string[]): Promise<string> {
  const { ok, output } = await deployment.terraform(stack, ...args)
  assert.ok(ok, `terraform ${args.join(' ')}:\n${output}`)
  return output
}

const apply = ['apply', '-auto-approve', '-input=false']

/** From nothing to resources and back: what a stack goes through in its life. */
async function live(deployment: Deployment, stack: 'registry' | 'service'): Promise<void> {
  await succeed(deployment, stack, 'init', '-input=false')
  await succeed(deployment, stack, 'validate')
  await succeed(deployment, stack, ...apply)
  // Fails where anything is left to do.
  await succeed(deployment, stack, 'plan', '-detailed-exitcode', '-input=false')
}

// The plan before it has just refreshed.
const destroy = ['destroy', '-auto-approve', '-input=false', '-refresh=false']

test('an empty account: both stacks are applied, have nothing left to do, and go again', { skip }, async (t) => {
  const deployment = await synthesize(t, {})
  for (const stack of ['registry', 'service'] as const) await live(deployment, stack)
  const state = await deployment.state('service')
  assert.match(state, /"aws_db_instance"/)
  assert.doesNotMatch(state, /"(password|secret_string)": "[^"]/)
  for (const stack of ['service', 'registry'] as const) {
    assert.match(await succeed(deployment, stack, ...destroy), /Destroy complete/)
  }
})

test('with every option, under the name of an environment', { skip }, async (t) => {
  const deployment = await synthesize(t, everyOption)
  await live(deployment, 'service')
  assert.match(await deployment.state('staging.service'), /"aws_wafv2_web_acl_association"/)
  await succeed(deployment, 'service', ...destroy)
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
  await live(deployment, 'service')
  const created = (await deployment.log()).filter(({ action }) => action === 'create')
  assert.deepEqual(
    created.filter(({ type }) => /^aws_(vpc|subnet|security_group|db_|s3_|kms_)/.test(type)),
    [],
  )
  const rds = created.find(({ type, name }) => type === 'aws_lambda_function' && name === 'rds')
  assert.ok(rds)
  const [{ subnet_ids }] = rds.values.vpc_config as [{ subnet_ids: string[] }]
  assert.deepEqual(subnet_ids.toSorted(), ['subnet-0', 'subnet-5'])
  await succeed(deployment, 'service', ...destroy)
})

for (const [count, vpc] of [vpcWith(['RDS-a', 'a']), vpcWith(['web', 'a'], ['RDS-a', 'b'])].entries()) {
  test(`a VPC with ${count} subnets for the functions stops at the plan, and says what to do`, { skip }, async (t) => {
    const deployment = await synthesize(t, { VPC_ID: 'vpc-1' }, vpc)
    await succeed(deployment, 'service', 'init', '-input=false')
    const { ok, output } = await deployment.terraform('service', 'plan', '-input=false')
    assert.ok(!ok)
    assert.match(
      output.replace(/\s+/g, ' '),
      new RegExp(`Subnets of vpc-1 whose Name has no "RDS": ${count}, and the functions need two. Set SUBNET_IDS`),
    )
  })
}

test('state in S3 and scopes of a Cognito user pool are configurations that Terraform takes', { skip }, async (t) => {
  const deployment = await synthesize(t, {
    STATE_BUCKET: 'my-state',
    API_SECURITY: 'cognito',
    COGNITO_USER_POOL_ARN: 'arn:aws:cognito-idp:ap-northeast-2:123456789012:userpool/ap-northeast-2_abc',
    COGNITO_SCOPES: 'users/read',
  })
  for (const stack of ['registry', 'service'] as const) {
    await succeed(deployment, stack, 'init', '-backend=false', '-input=false')
    await succeed(deployment, stack, 'validate')
  }
})
