/** The whole program with API_SECURITY=jwt: real functions, issuer and database. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { smokeTest } from '../../tools/deploy/apis/smoke-test.ts'
import { TestIssuer } from '../helpers/issuer.ts'
import { call, startTestService } from './helpers/service.ts'

const issuer = await new TestIssuer().start()
const settings = { API_SECURITY: 'jwt', JWT_ISSUER: issuer.url, JWT_AUDIENCE: 'my-api', JWT_SCOPES: 'users' }
Object.assign(process.env, settings)
const service = await startTestService()
after(async () => {
  await service.stop()
  await issuer.stop()
})

const as = (token: string, path = '/rds', init: Parameters<typeof call>[1] = {}) =>
  call(`${service.base}${path}`, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } })

test('admits a valid token to every method of both APIs, with one authorizer call for each', async () => {
  const token = issuer.token()
  const { status, body } = await as(token, '/rds', { method: 'POST', json: { name: 'Ada', age: 36 } })
  assert.equal(status, 200)
  assert.equal((await as(token, `/rds/${body.user.id}`)).status, 200)
  assert.equal((await as(token, `/rds/${body.user.id}`, { method: 'DELETE' })).status, 204)
  assert.equal((await as(token, '/s3?filename=a.txt')).status, 200)
  assert.equal(service.log.filter((line) => line.includes('token accepted')).length, 2)
  for (const line of service.log) assert.doesNotMatch(line, /eyJ[\w-]{10,}/)
})

test('answers 401 to an expired token, 403 to one without the scope', async () => {
  const expired = await as(issuer.token({ exp: Math.floor(Date.now() / 1000) - 60 }))
  assert.deepEqual([expired.status, expired.body], [401, { message: 'Unauthorized' }])
  assert.equal((await as(issuer.token({ scope: 'openid' }))).status, 403)
})

test('the smoke test names the skipped checks without a token, and fails when access differs from the setting', async () => {
  const tried = (API_SECURITY: 'open' | 'jwt' | 'iam', url = service.base) => {
    const apis = { urls: { rds: url, s3: url }, apiKey: async () => undefined }
    return smokeTest({ API_SECURITY, AWS_REGION: 'ap-northeast-2' }, apis, { progress() {}, note() {} })
  }
  process.env.TOKEN = ''
  assert.match(await tried('jwt'), /^strangers are refused \(jwt\); not tried .* TOKEN=… make smoke$/)
  process.env.TOKEN = issuer.token()
  assert.match(await tried('jwt'), /^strangers are refused \(jwt\); a user is created.*; a file keeps its bytes$/)
  process.env.TOKEN = issuer.token({ aud: 'other' })
  await assert.rejects(tried('jwt'), /answered 401, not 200.*JWT_AUDIENCE/s)
  await assert.rejects(tried('open'), /answered 401, not 200/)
  await assert.rejects(tried('iam', issuer.url), /OPTIONS .*not 200 or 204/)
})
