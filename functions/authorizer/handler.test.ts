import assert from 'node:assert/strict'
import { after, mock, test } from 'node:test'
import { newKey, TestIssuer } from '../../test/helpers/issuer.ts'
import { captureLog } from '../../test/support.ts'
import { readEnvironment } from '../http/read-environment.ts'
import { authorizerEnvironmentSchema } from './environment.ts'

const methodArn = 'arn:aws:execute-api:ap-northeast-2:123456789012:a1b2c3d4e5/default/GET/rds/1'
const issuer = await new TestIssuer().start()
after(() => issuer.stop())
Object.assign(process.env, { JWT_ISSUER: issuer.url, JWT_AUDIENCE: 'my-api', JWT_SCOPES: 'users, admin' })
const lines = captureLog({ mock })
const { handler: authorize } = await import('./handler.ts')

const call = (authorizationToken: string) => authorize({ authorizationToken, methodArn })
const effectFor = async (claims: object) =>
  (await call(`Bearer ${issuer.token(claims)}`)).policyDocument.Statement.map(({ Effect }) => Effect)

test('a valid token allows every method of the stage, because API Gateway caches the policy for all of them', async () => {
  const { principalId, policyDocument, context } = await call(`Bearer ${issuer.token()}`)
  const Resource = methodArn.replace('GET/rds/1', '*')
  assert.deepEqual(policyDocument.Statement, [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource }])
  assert.deepEqual([principalId, context], ['ada', { scope: 'openid users' }])
  assert.equal((await call(`bearer  ${issuer.token({ sub: undefined })}`)).principalId, 'unknown')
})

test('any required scope is enough, in the format of each issuer; a token without one is denied', async () => {
  for (const claims of [{ scope: 'admin' }, { scope: undefined, scp: 'openid users' }, { scp: ['users'] }])
    assert.deepEqual(await effectFor(claims), ['Allow'])
  for (const scope of ['openid', 'user', 'users-read', '', undefined])
    assert.deepEqual(await effectFor({ scope }), ['Deny'])
})

test('a subject enters the JSON access log without special characters, and stays unique', async () => {
  const principals = []
  for (const sub of ['auth0|a-1', 'a"b', 'a\\b', 'a%22b', 'a\nb', '김', '\ud800'])
    principals.push((await call(`Bearer ${issuer.token({ sub })}`)).principalId)
  assert.equal(principals[0], 'auth0|a-1')
  for (const principal of principals) assert.equal(JSON.parse(`"${principal}"`), principal)
  assert.equal(new Set(principals).size, principals.length)
})

test('rejects an invalid token with the exact error that API Gateway maps to 401', async () => {
  const forged = issuer.token({}, { key: newKey() })
  const token = issuer.token()
  const long = `Bearer ${'a'.repeat(9000)}`
  for (const authorization of [`Bearer ${forged}`, long, 'Basic YTpi', token, `Bearer ${token} ${token}`, ''])
    await assert.rejects(call(authorization), { message: 'Unauthorized' }, authorization)
})

test('logs admissions and refusals without the token', async () => {
  lines.length = 0
  const token = issuer.token()
  await call(`Bearer ${token}`)
  await assert.rejects(call(`Bearer ${issuer.token({ aud: 'other' })}`))
  const [accepted, other] = lines
  assert.deepEqual([accepted?.level, accepted?.subject, accepted?.allowed], ['info', 'ada', true])
  assert.deepEqual([other?.level, other?.message], ['warn', 'token refused'])
  assert.match(String(other?.reason), /"aud"/)
  const [header = '', , signature = ''] = token.split('.')
  for (const secret of [header, signature]) assert.ok(!JSON.stringify(lines).includes(secret))
})

test('checks all variables at start', () => {
  const refuses = (variables: Record<string, string>, message: RegExp) =>
    assert.throws(() => readEnvironment(authorizerEnvironmentSchema, variables), message)
  refuses({}, /JWT_ISSUER is missing; JWT_AUDIENCE is missing/)
  refuses({ JWT_ISSUER: 'x', JWT_AUDIENCE: ' ', JWT_SCOPES: ',' }, /JWT_ISSUER .*JWT_AUDIENCE .*JWT_SCOPES /)
  const urls = 'login http://a.example.com https://a.example.com/?x=1 https://u@a.example.com ftp://a.example'
  for (const JWT_ISSUER of urls.split(' ')) refuses({ JWT_ISSUER, JWT_AUDIENCE: 'a' }, /JWT_ISSUER must be an https/)
})

test('while the issuer fails, a token with an uncached key gets the error that becomes a 500', async (t) => {
  // Skips the pause started by unknown keys of earlier tests.
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 11_000 })
  const known = issuer.token()
  await call(`Bearer ${known}`)
  issuer.answers.set('/keys', { status: 503, body: '' })
  t.after(() => issuer.answers.clear())
  const unknown = issuer.token({}, { key: newKey() })
  lines.length = 0
  await assert.rejects(call(`Bearer ${unknown}`), { message: 'The token issuer failed' })
  assert.deepEqual([lines[0]?.level, lines[0]?.message], ['error', 'the issuer failed'])
  assert.match(String(lines[0]?.error), /503/)
  assert.equal((await call(`Bearer ${known}`)).principalId, 'ada')
})
