import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { after, beforeEach, test } from 'node:test'
import { TerraformJson } from '../../local/wiring/terraform-json.ts'
import { readSettings } from '../../terraform/settings.ts'
import { awsAt, serve } from '../../test/helpers/server.ts'
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

async function find(name: string, variables: Record<string, string> = {}) {
  const findings = await checkAccount(readSettings(variables), new TerraformJson({}))
  return findings.find((finding) => finding.name === name)
}

test('an account where all is well has nothing to mend', async () => {
  const variables = { ACCESS_LOGS: 'existing', STATE_BUCKET: 'my-state', RESERVED_CONCURRENCY: '50' }
  const findings = await checkAccount(readSettings(variables), new TerraformJson({}))
  assert.deepEqual(
    findings.filter(({ fix }) => fix !== undefined),
    [],
  )
  assert.deepEqual(
    findings.map(({ name }) => name),
    ['AWS account', 'Region', 'Permissions', 'Registry', 'Quota', 'Access logs', 'State'],
  )
})

test('a reservation that Lambda would refuse is told before', async () => {
  account['GET /2016-08-19/account-settings'] = quota(120)
  const finding = await find('Quota', { RESERVED_CONCURRENCY: '50' })
  assert.match(finding?.fix ?? '', /lower RESERVED_CONCURRENCY .*they take 50, and Lambda leaves 20 here/)
  assert.equal((await find('Quota', { RESERVED_CONCURRENCY: '20' }))?.fix, undefined)
  // Of both functions; those of the one that has a reservation are in it.
  assert.match(
    (await find('Quota', { PROVISIONED_CONCURRENCY: '11' }))?.fix ?? '',
    /they take 22, and Lambda leaves 20/,
  )
  const both = { PROVISIONED_CONCURRENCY: '5', RESERVED_CONCURRENCY: '15' }
  assert.equal((await find('Quota', both))?.fix, undefined)
})

test('the ten invocations of a new account are no reason to stop, and told', async () => {
  account['GET /2016-08-19/account-settings'] = quota(10)
  const finding = await find('Quota')
  assert.deepEqual([finding?.fix, finding?.unsure], [undefined, true])
  assert.match(finding?.text ?? '', /10 invocations at a time/)
})

test('access logs need a role of the account’s, which another deployment may have', async () => {
  assert.equal(await find('Access logs'), undefined)
  assert.match(
    (await find('Access logs', { ACCESS_LOGS: 'create' }))?.text ?? '',
    /somebody-elses is replaced, for every API/,
  )
  account['GET /account'] = {}
  assert.match((await find('Access logs', { ACCESS_LOGS: 'existing' }))?.fix ?? '', /set ACCESS_LOGS=create/)
  account['GET /account'] = { cloudwatchRoleArn: 'arn:aws:iam::123456789012:role/my_lambda-gateway-role' }
  assert.equal((await find('Access logs', { ACCESS_LOGS: 'create' }))?.unsure, undefined)
})

test('a bucket for the state that is not there, or not allowed, or locked', async () => {
  const variables = { STATE_BUCKET: 'my-state' }
  account['HEAD /my-state/my_lambda/default/service.tfstate.tflock'] = {}
  assert.match(
    (await find('State', variables))?.text ?? '',
    /locked by somebody's Terraform: service, since 2026-11-24T12/,
  )
  account['HEAD /my-state'] = 403
  assert.match((await find('State', variables))?.fix ?? '', /s3:ListBucket/)
  delete account['HEAD /my-state']
  assert.match((await find('State', variables))?.fix ?? '', /make it first: aws s3 mb s3:\/\/my-state/)
})

test('a bucket for the files that is not there, or elsewhere, or encrypted by a key of its own', async () => {
  const variables = { BUCKET_NAME: 'my-files' }
  assert.match((await find('Files', variables))?.fix ?? '', /correct BUCKET_NAME/)
  account['HEAD /my-files'] = 301
  assert.match((await find('Files', variables))?.fix ?? '', /AWS_REGION, ap-northeast-2/)
  account['HEAD /my-files'] = {}
  assert.match((await find('Files', variables))?.text ?? '', /^callers read and replace every object of my-files$/)
  account['GET /my-files'] = encryptedBy('arn:aws:kms:ap-northeast-2:123456789012:key/1')
  const { text = '', fix, unsure } = (await find('Files', variables)) ?? {}
  assert.match(text, /key\/1, whose policy has to let the role my_lambda-role use kms:GenerateDataKey/)
  assert.deepEqual([fix, unsure], [undefined, true])
})

test('an endpoint that is there has to be found, and to let the functions in', async () => {
  const variables = { VPC_ID: 'vpc-1', SECRETS_ENDPOINT: 'existing' }
  const find443 = async () => (await find('Endpoint', variables))?.text ?? ''
  account['GET '] = '<vpcEndpointSet/>'
  assert.match(await find443(), /^vpc-1 has none for Secrets Manager: without a NAT/)
  account['GET '] = '<vpcEndpointId>vpce-1</vpcEndpointId><privateDnsEnabled>false</privateDnsEnabled>'
  assert.match(await find443(), /^vpce-1 has no private DNS name/)
  account['GET '] =
    '<vpcEndpointId>vpce-1</vpcEndpointId><groupId>sg-9</groupId><privateDnsEnabled>true</privateDnsEnabled>'
  assert.match(await find443(), /^vpce-1 has to let the functions' group in on port 443: see its groups, sg-9$/)
  account['GET '] = 403
  assert.match(await find443(), /^cannot be seen \(403\)$/)
  assert.equal(await find('Endpoint'), undefined)
})

test('a registry that gives no token stops a deployment before it begins', async () => {
  account.token = 400
  assert.match((await find('Registry'))?.fix ?? '', /ecr:GetAuthorizationToken/)
})

test('what cannot be seen is no reason to stop', async () => {
  account['GET /2016-08-19/account-settings'] = 403
  account['GET /account'] = 403
  for (const name of ['Quota', 'Access logs']) {
    const finding = await find(name, { ACCESS_LOGS: 'existing' })
    assert.deepEqual([finding?.fix, finding?.unsure], [undefined, true])
  }
})
