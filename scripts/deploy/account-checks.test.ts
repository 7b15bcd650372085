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
  response.end(request.method === 'HEAD' ? undefined : JSON.stringify(answer ?? {}))
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
  assert.match(finding?.fix ?? '', /lower RESERVED_CONCURRENCY, of which Lambda takes at most 20 here/)
  assert.equal((await find('Quota', { RESERVED_CONCURRENCY: '20' }))?.fix, undefined)
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
