import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Context } from 'aws-lambda'
import { failing, put, thingsStack } from '../../test/helpers/things-stack.ts'
import { captureLog, type EventOptions, invoke, lambdaContext, proxyEvent } from '../../test/support.ts'
import { ConflictError, HttpError, InvalidInputError, NotFoundError, UnavailableError } from './caller-errors.ts'
import { callerOf, type HttpEvent } from './http-event.ts'

const get = { resource: '/things' }
const nothing = { resource: '/nothing' }
const remove = { method: 'DELETE', resource: '/things/{id}', path: { id: '1' } }
type Refusal = { message: string; errors: unknown }
const ask = (options: EventOptions, handler = thingsStack()) => invoke<Refusal>(handler, options)

describe('a valid request', () => {
  test('reaches its route with the values that the schemas parsed', async () => {
    const event = put('{"name":"n","size":1,"more":2}', { path: { id: '7', other: 'x' } })
    const { status, body } = await ask(event)
    assert.deepEqual([status, body], [200, { path: { id: 7 }, query: { limit: 5 }, body: { name: 'n', size: 1 } }])
  })

  test('carries its path with the stage, and may get an answer without a body', async () => {
    assert.deepEqual((await ask(get)).body, { requestPath: '/default/things' })
    const { status, body } = await ask(remove)
    assert.deepEqual([status, body], [204, undefined])
  })
})

const common = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'Location, Retry-After, x-amzn-RequestId',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Content-Type': 'application/json',
}

test('every answer has the headers that browsers need, with the origin if only one is allowed', async () => {
  assert.deepEqual((await ask(get)).headers, { ...common, Location: '/there' })
  assert.deepEqual((await ask(nothing)).headers, common)
  assert.deepEqual((await ask({ ...remove, method: 'PATCH' })).headers, { ...common, Allow: 'PUT, DELETE' })
  const { headers } = await ask(nothing, thingsStack(undefined, 'https://example.com'))
  assert.deepEqual([headers['Access-Control-Allow-Origin'], headers.Vary], ['https://example.com', 'Origin'])
})

describe('an error for the caller has its own message', () => {
  const cause = new Error('secret')
  const invalid = new InvalidInputError([{ path: 'name', message: 'is required' }], { cause })
  const cases: [status: number, Error, own?: object][] = [
    [404, new NotFoundError('There is no thing 1')],
    [409, new ConflictError('It is there already')],
    [415, new HttpError(415, 'Send JSON', { 'X-Own': '1' }), { 'X-Own': '1' }],
    [422, invalid],
    [503, new UnavailableError('Could not connect', { cause }), { 'Retry-After': '1' }],
  ]
  for (const [expected, error, own = {}] of cases) {
    test(String(expected), async () => {
      const context = lambdaContext()
      const { status, headers, body } = await invoke(failing(error), get, context)
      const errors = error === invalid ? { errors: invalid.errors } : {}
      assert.deepEqual([status, headers], [expected, { ...common, ...own }])
      assert.deepEqual(body, { message: error.message, ...errors, requestId: context.awsRequestId })
    })
  }

  test('path, query and body are validated together; a body of the wrong type is reported as body', async () => {
    const { status, body } = await ask(put('{"size":"big"}', { path: { id: 'x' }, query: { limit: '6' } }))
    assert.equal(status, 422)
    assert.deepEqual(body.errors, [
      { path: 'id', message: 'must be an integer from 1 to 9' },
      { path: 'limit', message: 'must be an integer from 1 to 5' },
      { path: 'name', message: 'is required' },
      { path: 'size', message: 'must be a number' },
    ])
    assert.deepEqual((await ask(put('null'))).body.errors, [{ path: 'body', message: 'must be an object' }])
  })

  test('a compressed body is refused with the name of its encoding', async () => {
    const encoded = (name: string) => ask(put('{"name":"n","size":1}', { headers: { 'content-ENCODING': name } }))
    for (const [encoding = '', name] of [
      ['br, gzip', ' br, gzip'],
      ['\x1b[2J', ''],
    ]) {
      const { status, body } = await encoded(encoding)
      assert.deepEqual([status, body.message], [415, `Unsupported content encoding${name}: send the body uncompressed`])
    }
    assert.equal((await encoded('Identity')).status, 200)
  })
})

test('any other thrown value is a 500 with one log line and no detail', async () => {
  const ofDriver = { statusCode: 400, expose: true, headers: { secret: 'secret' } }
  const driver = Object.assign(new Error('secret'), ofDriver)
  const throwing = thingsStack(() => {
    throw driver
  })
  for (const handler of [
    throwing,
    ...[driver, 'secret', undefined, Object.create(null)].map((each) => failing(each)),
  ]) {
    const context = lambdaContext()
    const { status, headers, body, lines } = await invoke(handler, get, context)
    assert.deepEqual([status, headers, lines.length], [500, common, 1])
    assert.deepEqual(body, { message: 'Internal Server Error', requestId: context.awsRequestId })
  }
})

test('answers 504 before Lambda ends a slow handler', async () => {
  const context = lambdaContext(0.6)
  const endless = thingsStack(() => new Promise(() => {}))
  const { status, body } = await invoke(endless, get, context)
  assert.equal(status, 504)
  assert.deepEqual(body, { message: 'The request took too long', requestId: context.awsRequestId })
  assert.ok(context.getRemainingTimeInMillis() > 0)
})

test('answers any event', async (t) => {
  const lines = captureLog(t)
  const event = proxyEvent(get)
  const events: [event: unknown, status: number][] = [
    [{}, 404],
    [undefined, 404],
    [{ ...event, headers: null, multiValueHeaders: null }, 200],
    [{ ...event, requestContext: undefined }, 200],
    [{ ...event, requestContext: null }, 200],
    [{ ...proxyEvent({ ...remove, method: 'PUT', path: null }), headers: null }, 415],
  ]
  for (const [each, status] of events)
    for (const context of [lambdaContext(), {}, undefined])
      assert.equal((await thingsStack()(each as never, context as Context)).statusCode, status, JSON.stringify(each))
  assert.equal(lines.length, 18)
})

const role = 'AROAEXAMPLE:CognitoIdentityCredentials'
const callers: Record<string, [requestContext: object, caller: string | undefined]> = {
  'the subject of a Cognito token': [{ authorizer: { claims: { sub: 'c0ffee' } }, identity: {} }, 'c0ffee'],
  'the subject of another token': [{ authorizer: { principalId: 'ada', scope: 'users' }, identity: {} }, 'ada'],
  'the unique id of an IAM user': [{ identity: { caller: 'AIDAEXAMPLE', cognitoIdentityId: null } }, 'AIDAEXAMPLE'],
  'the unique id of a role, in any session': [{ identity: { caller: 'AROAEXAMPLE:s-1' } }, 'AROAEXAMPLE'],
  'the identity of a pool whose users share a role': [{ identity: { caller: role, cognitoIdentityId: 'p:1' } }, 'p:1'],
  "an API key's id": [{ identity: { apiKey: 'secret', apiKeyId: 'k1' } }, 'k1'],
  'nobody on an open API': [{ identity: { sourceIp: '192.0.2.1', caller: null, apiKeyId: null } }, undefined],
}
for (const [who, [requestContext, expected]] of Object.entries(callers))
  test(`the caller is ${who}`, () =>
    assert.equal(callerOf({ ...proxyEvent(), requestContext } as unknown as HttpEvent), expected))
