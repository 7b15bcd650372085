import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { after, beforeEach, test } from 'node:test'
import { readSettings } from '../../../terraform/settings.ts'
import { awsAt, serve } from '../../../test/helpers/server.ts'
import { TerraformJson } from '../../local/wiring/terraform.ts'
import type { Stack } from '../cdktf/stacks.ts'
import { checkAccount } from './account.ts'

const identity =
  '<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account><Arn>arn:aws:iam::123456789012:user/ada</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>'
const role = 'arn:aws:iam::123456789012:role/somebody-elses'
const encryptedBy = (key: string) =>
  `<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>${key}</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`
const quota = (all: number) => ({ AccountLimit: { ConcurrentExecutions: all, UnreservedConcurrentExecutions: all } })

/** An account where all is well; each test changes what it is about. */
const well: Readonly<Record<string, unknown>> = {
  'GET /2016-08-19/account-settings': quota(1000),
  'GET /account': { cloudwatchRoleArn: role },
}
let account: Record<string, unknown>
beforeEach(() => {
  account = { ...well }
})

const url = await serve({ after }, async (request, response) => {
  if ((await text(request)).includes('Action=GetCallerIdentity')) return response.end(identity)
  const key = `${request.method} ${request.url?.replace(/[/?]?(\?.*)?$/, '')}`
  const answer = account[key]
  response.writeHead(typeof answer === 'number' ? answer : answer === undefined ? 404 : 200, {
    'content-type': 'application/json',
  })
  response.end(
    request.method === 'HEAD' ? undefined : typeof answer === 'string' ? answer : JSON.stringify(answer ?? {}),
  )
})
Object.assign(process.env, awsAt(url))

const reference = (attribute: string) => `\${${attribute}}`

/** A stack of these resources, by type. */
const stackOf = (resource: object = {}): Stack => ({
  name: 'api',
  folder: '',
  json: { terraform: { backend: {} } },
  terraform: new TerraformJson({ resource }),
})
const find = (settings: Record<string, string>, stack = stackOf()) => checkAccount(readSettings(settings), [stack])

const logged = { aws_api_gateway_stage: { a: { access_log_settings: { destination_arn: 'a' } } } }
const logRole = {
  aws_api_gateway_account: { a: { cloudwatch_role_arn: reference('aws_iam_role.logs.arn') } },
  aws_iam_role: { logs: { name: 'ours' } },
}
const reserving = (reserved?: number, provisioned = 0) => ({
  aws_lambda_function: {
    a: { function_name: 'a', reserved_concurrent_executions: reserved },
    b: { function_name: 'b' },
  },
  aws_lambda_provisioned_concurrency_config: Object.fromEntries(
    ['a', 'b'].map((each) => [
      each,
      {
        function_name: reference(`aws_lambda_function.${each}.function_name`),
        provisioned_concurrent_executions: provisioned,
      },
    ]),
  ),
})
const given = {
  aws_iam_role: { a: { name: 'a-role' } },
  aws_iam_role_policy: {
    a: { role: reference('aws_iam_role.a.id'), policy: '{"Resource":"arn:aws:s3:::my-files/*"}' },
    created: {
      role: reference('aws_iam_role.a.id'),
      policy: `{"Resource":"arn:aws:s3:::${reference('aws_s3_bucket.b.bucket')}/*"}`,
    },
  },
}

test('an account where all is well has nothing to mend, and only what the stacks need is looked at', async () => {
  const names = ['AWS account', 'Region', 'Permissions', 'Quota', 'Access logs']
  const findings = await find({}, stackOf({ ...logged, ...reserving(50) }))
  assert.deepEqual(
    findings.map(({ name, fix }) => [name, fix]),
    names.map((name) => [name, undefined]),
  )
  assert.deepEqual(
    (await find({})).map(({ name }) => name),
    names.slice(0, 4),
  )
})

interface Told {
  readonly text?: RegExp
  /** Stops a deployment. */
  readonly fix?: RegExp
  readonly unsure?: true | undefined
}

const QUOTA = 'GET /2016-08-19/account-settings'
const small = { [QUOTA]: quota(120) }
const ours = { 'GET /account': { cloudwatchRoleArn: 'arn:aws:iam::123456789012:role/ours' } }
const existing = { VPC_ID: 'vpc-1', SECRETS_ENDPOINT: 'existing' }
const endpoint = (privateDns: boolean) => ({
  'GET ': `<vpcEndpointId>vpce-1</vpcEndpointId><groupId>sg-9</groupId><privateDnsEnabled>${privateDns}</privateDnsEnabled>`,
})
const ownKey = encryptedBy('arn:aws:kms:ap-northeast-2:123456789012:key/1')
const keyPolicy = /key\/1, whose policy has to let the role a-role use kms:GenerateDataKey/

/** A stack, or settings; what is otherwise in the account; and what is told. */
const cases: Readonly<Record<string, readonly (readonly [Stack | Record<string, string>, object, Told])[]>> = {
  Quota: [
    [stackOf(reserving(50)), small, { fix: /lower reserved .*they take 50, and Lambda leaves 20/ }],
    [stackOf(reserving(20)), small, {}],
    // Of both functions; those of the one that has a reservation are in it.
    [stackOf(reserving(undefined, 11)), small, { fix: /they take 22, and Lambda leaves 20/ }],
    [stackOf(reserving(15, 5)), small, {}],
    [{}, { [QUOTA]: quota(10) }, { text: /10 invocations at a time/, unsure: true }],
    [{}, { [QUOTA]: 403 }, { unsure: true }],
  ],
  'Access logs': [
    [stackOf(logRole), {}, { text: /somebody-elses is replaced, for every API/ }],
    [stackOf(logRole), ours, { unsure: undefined }],
    [stackOf(logged), { 'GET /account': {} }, { fix: /set ACCESS_LOGS=create/ }],
    [stackOf(logged), { 'GET /account': 403 }, { unsure: true }],
  ],
  Bucket: [
    [stackOf(given), {}, { fix: /correct the setting that names it/ }],
    [stackOf(given), { 'HEAD /my-files': 301 }, { fix: /AWS_REGION, ap-northeast-2/ }],
    [stackOf(given), { 'HEAD /my-files': {} }, { text: /^functions may read and replace every object of my-files$/ }],
    [stackOf(given), { 'HEAD /my-files': {}, 'GET /my-files': ownKey }, { text: keyPolicy, unsure: true }],
  ],
  Endpoint: [
    [existing, { 'GET ': '<vpcEndpointSet/>' }, { text: /^vpc-1 has none for Secrets Manager: without a NAT/ }],
    [existing, endpoint(false), { text: /^vpce-1 has no private DNS name/ }],
    [
      existing,
      endpoint(true),
      { text: /^vpce-1 has to let the functions' group in on port 443: see its groups, sg-9$/ },
    ],
    [existing, { 'GET ': 403 }, { text: /^cannot be seen \(403\)$/ }],
  ],
}

for (const [name, rows] of Object.entries(cases))
  for (const [index, [deployed, otherwise, told]] of rows.entries())
    test(`${name} ${index + 1}: ${told.fix ?? told.text ?? 'no reason to stop'}`, async () => {
      Object.assign(account, otherwise)
      const findings = 'terraform' in deployed ? find({}, deployed as Stack) : find(deployed as Record<string, string>)
      const { text = '', fix, unsure } = (await findings).find((finding) => finding.name === name) ?? {}
      assert.match(text, told.text ?? /./)
      if (told.fix) assert.match(fix ?? '', told.fix)
      else assert.equal(fix, undefined)
      if ('unsure' in told) assert.equal(unsure, told.unsure)
    })
