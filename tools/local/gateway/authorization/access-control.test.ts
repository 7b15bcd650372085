import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { api, keys, startGateway } from '../../../../test/helpers/gateway.ts'
import type { InvocationResult } from '../../lambda/environment.ts'
import type { AccessWiring } from '../../wiring/methods.ts'
import type { TokenEvent } from './lambda-authorizer.ts'

/** A gateway whose one function answers with its event, and asks `access` of its callers. */
async function serve(
  t: TestContext,
  access: AccessWiring,
  authorize: (event: TokenEvent) => Partial<InvocationResult> = () => ({}),
) {
  const routes = api(['ANY /items', 'ANY /items/{id}'])
  const methods = routes.methods.map((method) => ({ ...method, access }))
  const asked: TokenEvent[] = []
  const invoke = async (name: string, event: object): Promise<InvocationResult> => {
    const result = { requestId: 'r', duration: 1, payload: JSON.stringify({ body: JSON.stringify(event) }) }
    if (name === 'fn') return result
    asked.push(event as TokenEvent)
    return { ...result, ...authorize(event as TokenEvent) }
  }
  const gateway = await startGateway([{ ...routes, methods }], undefined, { invoke })
  t.after(() => gateway.stop())
  const call = async (path: string, headers: Record<string, string> = {}) => {
    const { body, ...reply } = await gateway.send(`/default${path}`, { headers })
    return { ...reply, text: String(body) }
  }
  return { base: `http://127.0.0.1:${gateway.port}/default`, asked, call }
}

test('an API key: with it the function is called, without it the answer is 403', async (t) => {
  const { call } = await serve(t, { type: 'api-key' })
  for (const headers of [undefined, { 'x-api-key': 'wrong' }, { 'x-api-key': '' }]) {
    const { status, text, headers: answer } = await call('/items', headers)
    assert.deepEqual([status, text], [403, '{"message":"Forbidden"}'])
    assert.equal(answer['x-amzn-errortype'], 'ForbiddenException')
  }
  const { status, text } = await call('/items', { 'X-Api-Key': keys.apiKey })
  assert.equal(status, 200)
  assert.equal(JSON.parse(text).requestContext.identity.apiKey, keys.apiKey)
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
const token = { authorization: 'Bearer abc' }

test('an authorizer’s yes is kept for the token, for every method that it names', async (t) => {
  const { call, asked } = await serve(t, authorizer, () => policy('Allow', stage, { context: { scope: 'users' } }))
  for (const path of ['/items', '/items/1', '/items/2']) {
    const { status, text } = await call(path, token)
    assert.equal(status, 200)
    assert.deepEqual(JSON.parse(text).requestContext.authorizer, { scope: 'users', principalId: 'ada' })
  }
  assert.equal(asked.length, 1)
  assert.match(
    JSON.stringify(asked[0]),
    /^{"type":"TOKEN","authorizationToken":"Bearer abc","methodArn":"arn:aws:execute-api:ap-northeast-2:\d{12}:[a-z0-9]{10}\/default\/GET\/items"}$/,
  )
  await call('/items', { authorization: 'Bearer xyz' })
  assert.equal(asked.length, 2)
  const forgetful = await serve(t, { ...authorizer, lifetime: 0 }, () => policy('Allow', stage))
  for (const path of ['/items', '/items']) await forgetful.call(path, token)
  assert.equal(forgetful.asked.length, 2)
})

const failed = (errorMessage: string) =>
  ({ functionError: 'Unhandled', payload: JSON.stringify({ errorMessage }) }) as const
const denied = '{"Message":"User is not authorized to access this resource'
const explicitly = `${denied} with an explicit deny"}`
const unauthorized = '{"message":"Unauthorized"}'
/** How often two requests ask the authorizer, and what both are told. */
type Refusal = [answer: Partial<InvocationResult>, status: number, text: string, asked: number, header?: string]
const answers: Refusal[] = [
  [policy('Deny', stage), 403, explicitly, 1],
  // A yes for one method alone is a no for the next, as it is in AWS.
  [policy('Allow', 'arn:aws:execute-api:*:*:*/default/GET/items/1'), 403, `${denied}"}`, 1],
  [failed('Unauthorized'), 401, unauthorized, 2],
  [failed('no issuer'), 500, '{"message":null}', 2],
  [{ payload: '<' }, 500, '{"message":null}', 2],
  [policy('Allow', stage, { principalId: undefined }), 500, '{"message":null}', 2],
  [policy('allow', stage), 500, '{"message":null}', 2],
  [policy('Allow', stage, { context: { a: {} } }), 500, '{"message":null}', 2],
  // No token, or one that does not look like one, asks nobody.
  ...['', 'Basic YTpi', 'Bearer a b'].map((text): Refusal => [policy('Allow', stage), 401, unauthorized, 0, text]),
]
test('an authorizer that refuses, fails or cannot be asked', async (t) => {
  for (const [answer, status, text, times, authorization = token.authorization] of answers) {
    const { call, asked } = await serve(t, authorizer, () => answer)
    for (let index = 0; index < 2; index += 1) {
      const refused = await call('/items', { authorization })
      assert.deepEqual([refused.status, refused.text], [status, text], answer.payload)
    }
    assert.equal(asked.length, times, answer.payload)
  }
})

test('IAM: curl signs, and gets in; with another secret or no signature it does not', async (t) => {
  const { base, call } = await serve(t, { type: 'iam' })
  const { accessKeyId, secretAccessKey } = keys.credentials
  const curl = async (secret: string) => {
    const signed = ['--aws-sigv4', 'aws:amz:ap-northeast-2:execute-api', '--user', `${accessKeyId}:${secret}`]
    const args = ['-s', ...signed, '-d', '{"name":"Ada"}', `${base}/items?after=a&limit=2`]
    return JSON.parse((await promisify(execFile)('curl', args)).stdout)
  }
  assert.equal((await curl(secretAccessKey)).requestContext?.identity.accessKey, accessKeyId)
  assert.match((await curl('wrong')).message, /signature/)
  assert.deepEqual(JSON.parse((await call('/items')).text), { message: 'Missing Authentication Token' })
  const malformed = await call('/items', { authorization: 'AWS4-HMAC-SHA256 nonsense' })
  assert.equal(malformed.headers['x-amzn-errortype'], 'IncompleteSignatureException')
})
