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

test('the bearer of a valid token may call every method of the stage, since the answer is kept for all of them', async () => {
  const { principalId, policyDocument, context } = await call(`Bearer ${issuer.token()}`)
  const Resource = methodArn.replace('GET/rds/1', '*')
  assert.deepEqual(policyDocument.Statement, [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource }])
  assert.deepEqual([principalId, context], ['ada', { scope: 'openid users' }])
  assert.equal((await call(`bearer  ${issuer.token({ sub: undefined })}`)).principalId, 'unknown')
})

test('one of the scopes is enough, as each kind of issuer writes them; with none it is a no', async () => {
  for (const claims of [{ scope: 'admin' }, { scope: undefined, scp: 'openid users' }, { scp: ['users'] }])
    assert.deepEqual(await effectFor(claims), ['Allow'])
  for (const scope of ['openid', 'user', 'users-read', '', undefined])
    assert.deepEqual(await effectFor({ scope }), ['Deny'])
})

test('a subject enters the access log, which is JSON, as plain text, and different ones stay different', async () => {
  const principals = []
  for (const sub of ['auth0|a-1', 'a"b', 'a\\b', 'a%22b', 'a\nb', '김', '\ud800'])
    principals.push((await call(`Bearer ${issuer.token({ sub })}`)).principalId)
  assert.equal(principals[0], 'auth0|a-1')
  for (const principal of principals) assert.equal(JSON.parse(`"${principal}"`), principal)
  assert.equal(new Set(principals).size, principals.length)
})

test('an invalid token is rejected with the exact error that API Gateway turns into a 401', async () => {
  const forged = issuer.token({}, { key: newKey() })
  const token = issuer.token()
  const long = `Bearer ${'a'.repeat(9000)}`
  for (const authorization of [`Bearer ${forged}`, long, 'Basic YTpi', token, `Bearer ${token} ${token}`, ''])
    await assert.rejects(call(authorization), { message: 'Unauthorized' }, authorization)
})

test('the log says who was let in and who was not, and has no token', async () => {
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

test('the variables are checked at start, all of them', () => {
  const refuses = (variables: Record<string, string>, message: RegExp) =>
    assert.throws(() => readEnvironment(authorizerEnvironmentSchema, variables), message)
  refuses({}, /JWT_ISSUER is missing; JWT_AUDIENCE is missing/)
  refuses({ JWT_ISSUER: 'x', JWT_AUDIENCE: ' ', JWT_SCOPES: ',' }, /JWT_ISSUER .*JWT_AUDIENCE .*JWT_SCOPES /)
  const urls = 'login http://a.example.com https://a.example.com/?x=1 https://u@a.example.com ftp://a.example'
  for (const JWT_ISSUER of urls.split(' ')) refuses({ JWT_ISSUER, JWT_AUDIENCE: 'a' }, /JWT_ISSUER must be an https/)
})

test('with the issuer out of order it is another error, which is a 500, for tokens of keys that it has to be asked for', async (t) => {
  // Past the pause that the unknown keys of earlier tests began.
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
