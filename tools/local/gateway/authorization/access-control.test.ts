import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api, keys, startGateway } from '../../../../test/helpers/gateway.ts'
import type { InvocationResult } from '../../lambda/environment.ts'
import type { AccessWiring } from '../../wiring/methods.ts'

const authorizer = { type: 'authorizer', functionName: 'auth', pattern: 'Bearer [a-z0-9]+', lifetime: 60 } as const
let access: AccessWiring
let answer: Partial<InvocationResult> = {}
let asked: object[] = []
const routes = api(['ANY /items', 'ANY /items/{id}'])
const gateway = await startGateway([], undefined, {
  apis: () => [{ ...routes, methods: routes.methods.map((method) => ({ ...method, access })) }],
  async invoke(name, event) {
    const result = { requestId: 'r', duration: 1, payload: JSON.stringify({ body: JSON.stringify(event) }) }
    if (name === 'fn') return result
    asked.push(event)
    return { ...result, ...answer }
  },
})

async function call(headers: Record<string, string> = {}, path = '/items') {
  const { status, body, headers: answer } = await gateway.send(`/default${path}`, { headers })
  return { status, text: String(body), type: answer['x-amzn-errortype'] }
}

test('admits only callers with the API key or a valid signature', async () => {
  const forbidden = { text: '{"message":"Forbidden"}', type: 'ForbiddenException' }
  const refused: [type: 'api-key' | 'iam', headers: Record<string, string>, answer: object][] = [
    ['api-key', {}, forbidden],
    ['api-key', { 'x-api-key': 'wrong' }, forbidden],
    ['iam', {}, { text: '{"message":"Missing Authentication Token"}' }],
    ['iam', { authorization: 'AWS4-HMAC-SHA256 nonsense' }, { type: 'IncompleteSignatureException' }],
  ]
  for (const [type, headers, expected] of refused) {
    access = { type }
    assert.partialDeepStrictEqual(await call(headers), { status: 403, ...expected })
  }
  access = { type: 'api-key' }
  const { status, text } = await call({ 'X-Api-Key': keys.apiKey })
  assert.deepEqual([status, JSON.parse(text).requestContext.identity.apiKey], [200, keys.apiKey])
})

const policy = (Effect: string, Resource: string, more: object = {}) => ({
  payload: JSON.stringify({
    principalId: 'ada',
    policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect, Resource }] },
    ...more,
  }),
})
const stage = 'arn:aws:execute-api:*:*:*/default/*'

test('caches an authorizer’s Allow by token, for every method that it names', async () => {
  access = authorizer
  answer = policy('Allow', stage, { context: { scope: 'users' } })
  asked = []
  for (const path of ['/items', '/items/1', '/items/2']) {
    const { status, text } = await call({ authorization: 'Bearer abc' }, path)
    assert.equal(status, 200)
    assert.deepEqual(JSON.parse(text).requestContext.authorizer, { scope: 'users', principalId: 'ada' })
  }
  assert.match(
    JSON.stringify(asked),
    /^\[{"type":"TOKEN","authorizationToken":"Bearer abc","methodArn":"arn:aws:execute-api:ap-northeast-2:\d{12}:[a-z0-9]{10}\/default\/GET\/items"}\]$/,
  )
  await call({ authorization: 'Bearer xyz' })
  assert.equal(asked.length, 2)
  access = { ...authorizer, lifetime: 0 }
  for (const times of [3, 4]) {
    await call({ authorization: 'Bearer abc' })
    assert.equal(asked.length, times)
  }
})

const failed = (errorMessage: string) =>
  ({ functionError: 'Unhandled', payload: JSON.stringify({ errorMessage }) }) as const
const denied = '{"Message":"User is not authorized to access this resource'
const unauthorized = '{"message":"Unauthorized"}'
const broken = '{"message":null}'
/** Authorizer result, both responses to two requests, and authorizer invocations. */
const refusals: [answer: Partial<InvocationResult>, status: number, text: string, asked: number, token?: string][] = [
  [policy('Deny', stage), 403, `${denied} with an explicit deny"}`, 1],
  // A policy for one method denies the others, as in AWS.
  [policy('Allow', 'arn:aws:execute-api:*:*:*/default/GET/items/1'), 403, `${denied}"}`, 1],
  [failed('Unauthorized'), 401, unauthorized, 2],
  [failed('no issuer'), 500, broken, 2],
  [{ payload: '<' }, 500, broken, 2],
  [policy('allow', stage), 500, broken, 2],
  // A missing or malformed token invokes no authorizer.
  [policy('Allow', stage), 401, unauthorized, 0, ''],
  [policy('Allow', stage), 401, unauthorized, 0, 'Bearer a b'],
  [policy('Allow', stage), 401, unauthorized, 0, 'Basic Bearer a'],
]
test('refuses callers when the authorizer denies or fails, or the token is missing', async () => {
  access = authorizer
  for (const [index, [result, status, text, times, authorization = `Bearer ${index}`]] of refusals.entries()) {
    answer = result
    asked = []
    for (let count = 0; count < 2; count += 1)
      assert.partialDeepStrictEqual(await call({ authorization }), { status, text })
    assert.equal(asked.length, times, result.payload)
  }
})
