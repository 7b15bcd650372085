/** Terraform itself, on a provider that fakes AWS's resources under the real schemas. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cognito, everyOption, given, jwt } from '../helpers/stack.ts'
import { noDryRun, synthesize } from '../helpers/terraform.ts'

const skip = await noDryRun()

/** Synthesizes, plans and applies. */
async function apply(...of: Parameters<typeof synthesize>) {
  const deployment = await synthesize(...of)
  await deployment.terraform('apply', '-auto-approve', '-input=false')
  // Fails if the plan has changes.
  await deployment.terraform('plan', '-detailed-exitcode', '-input=false')
  return deployment
}

test('creates and destroys every option, in a named environment', { skip }, async (t) => {
  const { terraform } = await apply(t, everyOption)
  // The last plan has already refreshed.
  await terraform('destroy', '-auto-approve', '-input=false', '-refresh=false')
})

/** A VPC with these subnets, each a zone and a Name. */
function vpcWith(...subnets: readonly (readonly [zone: string, Name?: string])[]) {
  const all = subnets.map(([zone, Name], index) => {
    const result = { tags: Name === undefined ? {} : { Name }, availability_zone: `ap-northeast-2${zone}` }
    return { match: { id: `subnet-${index}` }, result }
  })
  const filter = [{ name: 'vpc-id', values: ['vpc-1'] }]
  return { aws_subnets: [{ match: { filter }, result: { ids: all.map(({ match }) => match.id) } }], aws_subnet: all }
}

test('uses given resources, and picks subnets in two zones without those of the database', { skip }, async (t) => {
  const six = vpcWith(['a', 'web'], ['a', 'RDS-a'], ['b', 'RDS-b'], ['a', 'web'], ['c', 'my RDS'], ['c'])
  const closed = { ...jwt, JWT_SCOPES: 'users', ACCESS_LOGS: 'existing' }
  const { created } = await apply(t, { ...given, SUBNET_IDS: '', ...closed, TF_VAR_db_pass: 'hunter2' }, six)
  const resources = await created()
  const ours = resources.filter(({ type }) => /^aws_(vpc|subnet|security_group|db_|s3_|kms_)/.test(type))
  assert.deepEqual(ours, [])
  const rds = resources.find(({ type, name }) => type === 'aws_lambda_function' && name === 'rds')
  assert.deepEqual(rds.values.vpc_config[0].subnet_ids.toSorted(), ['subnet-0', 'subnet-5'])
})

const tooFew = (count: number) =>
  `Subnets of vpc-1 whose Name has no "RDS": ${count}, but the functions need two. Set SUBNET_IDS`
for (const [advice, vpc] of [
  [tooFew(0), vpcWith(['a', 'RDS-a'])],
  [tooFew(1), vpcWith(['a', 'web'], ['b', 'RDS-a'])],
  ['of vpc-1 whose Name has no "RDS" are in one zone, but a database needs two', vpcWith(['a', 'web'], ['a', 'web'])],
] as const) {
  test(`the plan rejects a VPC: ${advice}`, { skip }, async (t) => {
    const { terraform } = await synthesize(t, { VPC_ID: 'vpc-1', ...cognito, COGNITO_SCOPES: 'users/read' }, vpc)
    await terraform('validate')
    const stopped = ({ message }: Error) => message.replace(/\s+/g, ' ').includes(advice)
    await assert.rejects(terraform('plan', '-input=false'), stopped)
  })
}
