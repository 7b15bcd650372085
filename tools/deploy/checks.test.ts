import assert from 'node:assert/strict'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { readSettings } from '../../terraform/settings.ts'
import { awsAt, serve } from '../../test/helpers/server.ts'
import { TerraformJson } from '../local/wiring/terraform.ts'
import type { Stack } from './cdktf/stacks.ts'
import { check } from './checks.ts'

const result = (name: string, content: string) =>
  `<${name}Response><${name}Result>${content}</${name}Result></${name}Response>`
const decision = (decision: string) => {
  const member = `<EvalActionName>rds:CreateDBInstance</EvalActionName><EvalDecision>${decision}</EvalDecision>`
  return result('SimulatePrincipalPolicy', `<EvaluationResults><member>${member}</member></EvaluationResults>`)
}
const SETTINGS = 'GET /2016-08-19/account-settings'
const quota = (all: number) => ({ [SETTINGS]: { AccountLimit: { ConcurrentExecutions: all } } })
const session = 'arn:aws:sts::123456789012:assumed-role/deployer/GitHubActions'

/** Responses of an account that passes all checks, by operation or request. */
const well = {
  GetCallerIdentity: result('GetCallerIdentity', `<Account>123456789012</Account><Arn>${session}</Arn>`),
  SimulatePrincipalPolicy: decision('allowed'),
  ...quota(1000),
}
let account: Readonly<Record<string, unknown>> = well
let simulated = new URLSearchParams()

const url = await serve({ after }, async (request, response) => {
  const form = new URLSearchParams((await text(request)) || request.url?.split('?')[1])
  if (form.has('PolicySourceArn')) simulated = form
  const answer = account[form.get('Action') ?? `${request.method} ${request.url?.replace(/[/?]?(\?.*)?$/, '')}`]
  response.writeHead(typeof answer === 'number' ? answer : answer === undefined ? 404 : 200)
  response.end(typeof answer === 'string' ? answer : JSON.stringify(answer))
})
Object.assign(process.env, awsAt(url))

/** Docker with an engine, without a base image. */
const { path: bin, remove } = await mkdtempDisposable(join(tmpdir(), 'docker-'))
after(remove)
await writeFile(join(bin, 'docker'), '#!/bin/sh\n[ "$1" = version ] && echo 28.0 amd64\n', { mode: 0o755 })
process.env.PATH = `${bin}:${process.env.PATH}`

type Variables = Readonly<Record<string, string>>

/** Finding of the check `name`, for a stack of these resources in an account with these differences. */
async function found(name: string, resource: object, differences: object = {}, settings: Variables = {}) {
  account = { ...well, ...differences }
  const json = { terraform: { backend: {} }, variable }
  const stack: Stack = { name: 'api', folder: '', json, terraform: new TerraformJson({ resource }) }
  return (await check(readSettings(settings), [stack])).findLast((finding) => finding.name === name)
}

const variable = {
  a_key: { description: "A_KEY: a partner's" },
  given: { description: 'GIVEN' },
  other: { description: 'OTHER', default: null },
}
process.env.GIVEN = 'x'
const database = { aws_db_instance: { a: {} } }
const given = { aws_iam_role_policy: { a: { policy: '{"Resource":"arn:aws:s3:::my-files/*"}' } } }
const reserving = (reserved_concurrent_executions: number) => ({
  aws_lambda_function: { a: { reserved_concurrent_executions }, b: {} },
})
const warm = (...functions: readonly string[]) => {
  const ten = { provisioned_concurrent_executions: 10 }
  const block = (id: string) => ({ function_name: `\${aws_lambda_function.${id}.function_name}`, ...ten })
  const blocks = Object.fromEntries(functions.map((id) => [id, block(id)]))
  return { ...reserving(20), aws_lambda_provisioned_concurrency_config: blocks }
}
const subnets = { aws_db_subnet_group: { a: { subnet_ids: ['subnet-1', 'subnet-2'] } } }
const inZones = (...zones: readonly string[]) => ({
  DescribeSubnets: zones.map((zone) => `<availabilityZone>${zone}</availabilityZone>`).join(''),
})
const VPC_ID = 'vpc-1'
const existing = { VPC_ID, SECRETS_ENDPOINT: 'existing', SECURITY_GROUP_IDS: 'sg-1' }
const endpoint = (isNamed: boolean) => ({
  DescribeVpcEndpoints: `<vpcEndpointId>vpce-1</vpcEndpointId><groupId>sg-9</groupId><privateDnsEnabled>${isNamed}</privateDnsEnabled>`,
})
const encrypted = (key: string) => ({
  'HEAD /my-files': 200,
  'GET /my-files': `<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>${key}</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`,
})
const logRole = { 'GET /account': { cloudwatchRoleArn: 'arn:aws:iam::123456789012:role/theirs' } }

/** Stops the deployment, is a note, or passes. */
type Outcome = 'stops' | 'note' | 'well'
const cases: readonly (readonly [string, object, object, Outcome, RegExp, Variables?])[] = [
  ['Docker', {}, {}, 'stops', /base image public\S+ is missing and cannot be pulled.*docker load/],
  ['Variable', {}, {}, 'stops', /missing: A_KEY: a partner's.*set A_KEY in .env/],
  ['AWS account', {}, {}, 'well', /123456789012 in ap-northeast-2, as arn:aws:sts::/],
  ['Permissions', database, {}, 'well', /all 1/],
  ['Permissions', database, { SimulatePrincipalPolicy: decision('implicitDeny') }, 'note', /rds:CreateDBInstance/],
  ['Permissions', database, { SimulatePrincipalPolicy: 403 }, 'note', /not visible/],
  ['Quota', reserving(20), quota(120), 'well', /120 concurrent invocations/],
  ['Quota', reserving(50), quota(120), 'stops', /lower reserved .*take 50, and Lambda keeps 100/],
  ['Quota', warm('a'), quota(120), 'well', /120 concurrent invocations/],
  ['Quota', warm('a', 'b'), quota(120), 'stops', /provisioned .* take 30, and Lambda keeps 100/],
  ['Quota', {}, quota(10), 'note', /10 concurrent invocations/],
  ['Quota', {}, { [SETTINGS]: 403 }, 'note', /not visible/],
  ['Bucket', given, {}, 'stops', /my-files responds with 404.*correct its setting/],
  ['Bucket', given, { 'HEAD /my-files': 301 }, 'stops', /AWS_REGION, ap-northeast-2/],
  ['Bucket', given, { 'HEAD /my-files': 403 }, 'note', /my-files responds with 403/],
  ['Bucket', given, { 'HEAD /my-files': 200 }, 'note', /every object of my-files(?!.*kms)/],
  ['Bucket', given, encrypted('arn:aws:kms:x:1:alias/aws/s3'), 'note', /every object of my-files(?!.*kms)/],
  ['Bucket', given, encrypted('arn:aws:kms:x:1:key/2'), 'note', /key\/2 must allow .*DataKey and kms:Decrypt/],
  ['Subnets', subnets, inZones('a', 'b'), 'well', /subnet-1, subnet-2 are in a, b/],
  ['Subnets', subnets, inZones('a', 'a'), 'stops', /subnet-1, subnet-2 are in a.*SUBNET_IDS to subnets in two zones/],
  ['Subnets', subnets, { DescribeSubnets: 403 }, 'note', /not visible to these credentials \(status 403\)/],
  ['Endpoint', {}, endpoint(true), 'note', /vpc-1 has vpce-1 already: SECRETS_ENDPOINT=existing/, { VPC_ID }],
  ['Endpoint', {}, { DescribeVpcEndpoints: ' ' }, 'note', /vpc-1 has none .* leave SECRETS_ENDPOINT out/, existing],
  ['Endpoint', {}, endpoint(false), 'note', /vpc-1 has none with a private DNS name/, existing],
  ['Endpoint', {}, endpoint(true), 'note', /vpce-1 must accept sg-1 on port 443: see its groups, sg-9/, existing],
  ['Access logs', {}, { 'GET /account': {} }, 'stops', /no role .*ACCESS_LOGS=create/, { ACCESS_LOGS: 'existing' }],
  ['Access logs', {}, logRole, 'well', /theirs/, { ACCESS_LOGS: 'existing' }],
  ['Access logs', {}, logRole, 'note', /theirs.* is replaced/, { ACCESS_LOGS: 'create' }],
  ['Access logs', { aws_iam_role: { a: { name: 'theirs' } } }, logRole, 'well', /theirs/, { ACCESS_LOGS: 'create' }],
]

for (const [index, [name, resource, differences, outcome, told, settings]] of cases.entries())
  test(`${name} ${index}: ${outcome}, ${told}`, async () => {
    const { text, fix, unsure } = (await found(name, resource, differences, settings)) ?? {}
    assert.match(`${text}${fix}`, told)
    assert.equal(fix ? 'stops' : unsure ? 'note' : 'well', outcome)
  })

test('simulates permissions of the role behind a session, in this region', async () => {
  await found('Permissions', database)
  assert.equal(simulated.get('PolicySourceArn'), 'arn:aws:iam::123456789012:role/deployer')
  assert.equal(simulated.get('ActionNames.member.1'), 'rds:CreateDBInstance')
  assert.equal(simulated.get('ContextEntries.member.1.ContextKeyValues.member.1'), 'ap-northeast-2')
})

test('ignores an endpoint of an earlier deployment, without a private name', async () => {
  assert.equal(await found('Endpoint', {}, endpoint(false), { VPC_ID }), undefined)
})
