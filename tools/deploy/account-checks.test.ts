import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { after, beforeEach, test } from 'node:test'
import { readSettings } from '../../terraform/settings.ts'
import { awsAt, serve } from '../../test/helpers/server.ts'
import { TerraformJson } from '../local/wiring/terraform.ts'
import { checkAccount } from './account-checks.ts'

const identity =
  '<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account><Arn>arn:aws:iam::123456789012:user/ada</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>'
const role = 'arn:aws:iam::123456789012:role/somebody-elses'
const encryptedBy = (key: string) =>
  `<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>${key}</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`
const quota = (all: number) => ({ AccountLimit: { ConcurrentExecutions: all, UnreservedConcurrentExecutions: all } })

/** An account where all is well; each test changes what it is about. */
const well: Readonly<Record<string, unknown>> = {
  token: { authorizationData: [{ authorizationToken: btoa('AWS:x') }] },
  'GET /2016-08-19/account-settings': quota(1000),
  'GET /account': { cloudwatchRoleArn: role },
  'HEAD /my-state': {},
}
let account: Record<string, unknown>
beforeEach(() => {
  account = { ...well }
})

const url = await serve({ after }, async (request, response) => {
  if ((await text(request)).includes('Action=GetCallerIdentity')) return response.end(identity)
  const isToken = String(request.headers['x-amz-target']).endsWith('GetAuthorizationToken')
  const key = isToken ? 'token' : `${request.method} ${request.url?.replace(/[/?]?(\?.*)?$/, '')}`
  const answer = account[key]
  response.writeHead(typeof answer === 'number' ? answer : answer === undefined ? 404 : 200, {
    'content-type': 'application/json',
    'last-modified': 'Tue, 24 Nov 2026 12:00:00 GMT',
  })
  response.end(
    request.method === 'HEAD' ? undefined : typeof answer === 'string' ? answer : JSON.stringify(answer ?? {}),
  )
})
Object.assign(process.env, awsAt(url))

const find = (variables: Record<string, string>) => checkAccount(readSettings(variables), new TerraformJson({}))

test('an account where all is well has nothing to mend, and only what the settings need is looked at', async () => {
  const variables = { ACCESS_LOGS: 'existing', STATE_BUCKET: 'my-state', RESERVED_CONCURRENCY: '50' }
  const names = ['AWS account', 'Region', 'Permissions', 'Registry', 'Quota', 'Access logs', 'State']
  const findings = await find(variables)
  assert.deepEqual(
    findings.map(({ name, fix }) => [name, fix]),
    names.map((name) => [name, undefined]),
  )
  assert.deepEqual(
    (await find({})).map(({ name }) => name),
    names.slice(0, 5),
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
const state = { STATE_BUCKET: 'my-state' }
const lock = 'HEAD /my-state/my_lambda/default/service.tfstate.tflock'
const files = { BUCKET_NAME: 'my-files' }
const ours = { 'GET /account': { cloudwatchRoleArn: 'arn:aws:iam::123456789012:role/my_lambda-gateway-role' } }
const existing = { VPC_ID: 'vpc-1', SECRETS_ENDPOINT: 'existing' }
const endpoint = (privateDns: boolean) => ({
  'GET ': `<vpcEndpointId>vpce-1</vpcEndpointId><groupId>sg-9</groupId><privateDnsEnabled>${privateDns}</privateDnsEnabled>`,
})
const ownKey = encryptedBy('arn:aws:kms:ap-northeast-2:123456789012:key/1')
const keyPolicy = /key\/1, whose policy has to let the role my_lambda-role use kms:GenerateDataKey/

/** Settings, what is otherwise in the account, and what is told. */
const cases: Readonly<Record<string, readonly (readonly [Record<string, string>, object, Told])[]>> = {
  Registry: [[{}, { token: 400 }, { fix: /ecr:GetAuthorizationToken/ }]],
  Quota: [
    [{ RESERVED_CONCURRENCY: '50' }, small, { fix: /lower RESERVED_CONCURRENCY .*they take 50, and Lambda leaves 20/ }],
    [{ RESERVED_CONCURRENCY: '20' }, small, {}],
    // Of both functions; those of the one that has a reservation are in it.
    [{ PROVISIONED_CONCURRENCY: '11' }, small, { fix: /they take 22, and Lambda leaves 20/ }],
    [{ PROVISIONED_CONCURRENCY: '5', RESERVED_CONCURRENCY: '15' }, small, {}],
    [{}, { [QUOTA]: quota(10) }, { text: /10 invocations at a time/, unsure: true }],
    [{}, { [QUOTA]: 403 }, { unsure: true }],
  ],
  'Access logs': [
    [{ ACCESS_LOGS: 'create' }, {}, { text: /somebody-elses is replaced, for every API/ }],
    [{ ACCESS_LOGS: 'create' }, ours, { unsure: undefined }],
    [{ ACCESS_LOGS: 'existing' }, { 'GET /account': {} }, { fix: /set ACCESS_LOGS=create/ }],
    [{ ACCESS_LOGS: 'existing' }, { 'GET /account': 403 }, { unsure: true }],
  ],
  State: [
    [state, { [lock]: {} }, { text: /locked by somebody's Terraform: service, since 2026-11-24T12/ }],
    [state, { 'HEAD /my-state': 403 }, { fix: /s3:ListBucket/ }],
    [state, { 'HEAD /my-state': 404 }, { fix: /make it first: aws s3 mb s3:\/\/my-state/ }],
  ],
  Files: [
    [files, {}, { fix: /correct BUCKET_NAME/ }],
    [files, { 'HEAD /my-files': 301 }, { fix: /AWS_REGION, ap-northeast-2/ }],
    [files, { 'HEAD /my-files': {} }, { text: /^callers read and replace every object of my-files$/ }],
    [files, { 'HEAD /my-files': {}, 'GET /my-files': ownKey }, { text: keyPolicy, unsure: true }],
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
  for (const [variables, otherwise, told] of rows)
    test(`${name}: ${told.fix ?? told.text ?? 'no reason to stop'} ${JSON.stringify(variables)}`, async () => {
      Object.assign(account, otherwise)
      const { text = '', fix, unsure } = (await find(variables)).find((finding) => finding.name === name) ?? {}
      assert.match(text, told.text ?? /./)
      if (told.fix) assert.match(fix ?? '', told.fix)
      else assert.equal(fix, undefined)
      if ('unsure' in told) assert.equal(unsure, told.unsure)
    })
