import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { api, keys } from '../../../test/helpers/gateway.ts'
import type { AccessWiring, InvocationResult } from '../../types.ts'
import { createGateway } from '../gateway.ts'
import { AccessControl } from './access.ts'
import type { TokenEvent } from './authorizer.ts'

const run = promisify(execFile)
const CORS = {
  DEFAULT_4XX: { 'Access-Control-Allow-Origin': '*' },
  DEFAULT_5XX: { 'Access-Control-Allow-Origin': '*' },
}

type Authorize = (event: TokenEvent) => Partial<InvocationResult>

/** A gateway whose one function answers with its event, and asks `access` of its callers. */
async function serve(t: TestContext, access: AccessWiring, authorize: Authorize = () => ({})) {
  const routes = api(['ANY /rds', 'ANY /rds/{id}'], { gatewayResponseHeaders: CORS })
  const preflight = {
    resource: '/rds',
    httpMethod: 'OPTIONS',
    integration: { type: 'MOCK', statusCode: 204, headers: {} },
  } as const
  const asked: TokenEvent[] = []
  const invoke = async (name: string, event: object): Promise<InvocationResult> => {
    const result = { requestId: 'r', duration: 1 }
    if (name === 'fn') return { ...result, payload: JSON.stringify({ body: JSON.stringify(event) }) }
    asked.push(event as TokenEvent)
    return { ...result, payload: 'null', ...authorize(event as TokenEvent) }
  }
  const methods = [...routes.methods.map((method) => ({ ...method, access })), preflight]
  const server = createGateway({ apis: [{ ...routes, methods }], invoke, access: new AccessControl(keys) })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/default`
  const call = async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
    const response = await fetch(base + path, { method, headers })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text }
  }
  return { base, asked, call }
}

const contextOf = (text: string) => JSON.parse(JSON.parse(text).body ?? text).requestContext

test('an API key: with it the function is called, without it the answer is 403, and OPTIONS needs none', async (t) => {
  const { call } = await serve(t, { type: 'api-key' })
  for (const headers of [{}, { 'x-api-key': 'wrong' }, { 'x-api-key': '' }] as Record<string, string>[]) {
    const { status, text, headers: answer } = await call('/rds', headers)
    assert.deepEqual([status, text], [403, '{"message":"Forbidden"}'])
    assert.equal(answer.get('x-amzn-errortype'), 'ForbiddenException')
    assert.equal(answer.get('access-control-allow-origin'), '*')
  }
  const { status, text } = await call('/rds', { 'X-Api-Key': keys.apiKey })
  assert.equal(status, 200)
  assert.equal(JSON.parse(text).requestContext.identity.apiKey, keys.apiKey)
  assert.equal((await call('/rds', {}, 'OPTIONS')).status, 204)
})

const authorizer: AccessWiring = { type: 'authorizer', functionName: 'auth', pattern: 'Bearer [a-z]+', lifetime: 60 }
const policy = (Effect: string, Resource: string, more: object = {}) => ({
  payload: JSON.stringify({
    principalId: 'ada',
    policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect, Resource }] },
    ...more,
  }),
})
const stage = 'arn:aws:execute-api:*:*:*/default/*'

test('an authorizer’s yes is kept for the token, for every method that it names', async (t) => {
  const { call, asked } = await serve(t, authorizer, () => policy('Allow', stage, { context: { scope: 'users' } }))
  for (const path of ['/rds', '/rds/1', '/rds/2']) {
    const { status, text } = await call(path, { authorization: 'Bearer abc' })
    assert.equal(status, 200)
    assert.deepEqual(contextOf(text).authorizer, { scope: 'users', principalId: 'ada' })
  }
  assert.equal(asked.length, 1)
  assert.match(
    String(asked[0]?.methodArn),
    /^arn:aws:execute-api:ap-northeast-2:\d{12}:[a-z0-9]{10}\/default\/GET\/rds$/,
  )
  assert.equal(asked[0]?.authorizationToken, 'Bearer abc')
  await call('/rds', { authorization: 'Bearer xyz' })
  assert.equal(asked.length, 2)
  assert.equal((await call('/rds', {}, 'OPTIONS')).status, 204)
})

test('a yes for one method alone is a no for the next, as it is in AWS', async (t) => {
  const { call } = await serve(t, authorizer, ({ methodArn }) => policy('Allow', methodArn))
  assert.equal((await call('/rds', { authorization: 'Bearer abc' })).status, 200)
  const { status, text } = await call('/rds/1', { authorization: 'Bearer abc' })
  assert.deepEqual([status, text], [403, '{"Message":"User is not authorized to access this resource"}'])
})

test('a no is a 403', async (t) => {
  const { call } = await serve(t, authorizer, () => policy('Deny', stage))
  const { status, text } = await call('/rds', { authorization: 'Bearer abc' })
  const message = 'User is not authorized to access this resource with an explicit deny'
  assert.deepEqual([status, text], [403, JSON.stringify({ Message: message })])
})

test('no token, or what does not look like one, is a 401 and asks nobody', async (t) => {
  const { call, asked } = await serve(t, authorizer, () => policy('Allow', stage))
  for (const headers of [{}, { authorization: 'Basic YTpi' }, { authorization: 'Bearer a b' }] as Record<
    string,
    string
  >[]) {
    const { status, text } = await call('/rds', headers)
    assert.deepEqual([status, text], [401, '{"message":"Unauthorized"}'])
  }
  assert.equal(asked.length, 0)
})

const failed = (errorMessage: string) =>
  ({ functionError: 'Unhandled', payload: JSON.stringify({ errorMessage }) }) as const
const answers: Record<string, [Partial<InvocationResult>, number, string]> = {
  'says Unauthorized': [failed('Unauthorized'), 401, '{"message":"Unauthorized"}'],
  fails: [failed('no issuer'), 500, '{"message":null}'],
  'answers nothing': [{ payload: 'null' }, 500, '{"message":null}'],
  'answers no JSON': [{ payload: '<' }, 500, '{"message":null}'],
  'answers without a principal': [policy('Allow', stage, { principalId: undefined }), 500, '{"message":null}'],
  'answers an unknown effect': [policy('allow', stage), 500, '{"message":null}'],
  'answers a nested context': [policy('Allow', stage, { context: { a: {} } }), 500, '{"message":null}'],
}
for (const [name, [answer, status, text]] of Object.entries(answers)) {
  test(`an authorizer that ${name} is a ${status}, each time anew`, async (t) => {
    const { call, asked } = await serve(t, authorizer, () => answer)
    for (let index = 0; index < 2; index += 1) {
      const refused = await call('/rds', { authorization: 'Bearer abc' })
      assert.deepEqual([refused.status, refused.text], [status, text])
    }
    assert.equal(asked.length, 2)
  })
}

test('without a lifetime it is asked each time', async (t) => {
  const { call, asked } = await serve(t, { ...authorizer, lifetime: 0 }, () => policy('Allow', stage))
  for (let index = 0; index < 2; index += 1) await call('/rds', { authorization: 'Bearer abc' })
  assert.equal(asked.length, 2)
})

test('IAM: curl signs, and gets in; with another secret, key, service or body it does not', async (t) => {
  const { base, call } = await serve(t, { type: 'iam' })
  const { accessKeyId, secretAccessKey } = keys.credentials
  const curl = async (user: string, path: string, service = 'execute-api', ...more: string[]) => {
    const signed = ['--aws-sigv4', `aws:amz:ap-northeast-2:${service}`, '--user', user]
    const { stdout } = await run('curl', ['-s', '-w', '\n%{http_code}', ...signed, ...more, `${base}${path}`])
    const end = stdout.lastIndexOf('\n')
    return { status: Number(stdout.slice(end + 1)), text: stdout.slice(0, end) }
  }
  const right = `${accessKeyId}:${secretAccessKey}`
  const { status, text } = await curl(right, '/rds?after=a&limit=2', 'execute-api', '-d', '{"name":"Ada"}')
  assert.equal(status, 200, text)
  assert.equal(JSON.parse(text).requestContext.identity.accessKey, accessKeyId)
  for (const [user, service] of [
    [`${accessKeyId}:wrong`, 'execute-api'],
    [`AKIAOTHER:${secretAccessKey}`, 'execute-api'],
    [right, 's3'],
  ] as const) {
    const refused = await curl(user, '/rds', service)
    assert.equal(refused.status, 403, refused.text)
  }
  assert.deepEqual(JSON.parse((await call('/rds')).text), { message: 'Missing Authentication Token' })
  const malformed = await call('/rds', { authorization: 'AWS4-HMAC-SHA256 nonsense' })
  assert.equal(malformed.headers.get('x-amzn-errortype'), 'IncompleteSignatureException')
  assert.equal((await call('/rds', {}, 'OPTIONS')).status, 204)
})
