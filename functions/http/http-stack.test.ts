import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Context } from 'aws-lambda'
import { failing, put, thingsStack } from '../../test/helpers/things-stack.ts'
import { captureLog, type EventOptions, invoke, lambdaContext, proxyEvent } from '../../test/support.ts'
import { ConflictError, HttpError, InvalidInputError, NotFoundError, UnavailableError } from './caller-errors.ts'

const get = { resource: '/things' }
const nothing = { resource: '/nothing' }
const remove = { method: 'DELETE', resource: '/things/{id}', path: { id: '1' } }
const ask = (options: EventOptions, handler = thingsStack()) => invoke(handler, options)

describe('a request that is right', () => {
  test('reaches its route with what the schemas made of it', async () => {
    const event = put('{"name":"n","size":1,"more":2}', { path: { id: '7', other: 'x' } })
    const { status, body } = await ask(event)
    assert.deepEqual([status, body], [200, { path: { id: 7 }, query: { limit: 5 }, body: { name: 'n', size: 1 } }])
  })

  test('is told its own path, with the stage, and may be answered without a body', async () => {
    assert.deepEqual((await ask(get)).body, { requestPath: '/default/things' })
    const { status, body } = await ask(remove)
    assert.deepEqual([status, body], [204, undefined])
  })
})

describe('an error that the caller can do something about says what; every answer has the headers that browsers need', () => {
  const common = {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': 'Location, Retry-After, x-amzn-RequestId',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Content-Type': 'application/json',
  }
  const invalid = new InvalidInputError([{ path: 'name', message: 'is required' }], { cause: new Error('secret') })
  const cases: [status: number, Error, own?: object][] = [
    [404, new NotFoundError('There is no thing 1')],
    [409, new ConflictError('It is there already')],
    [415, new HttpError(415, 'Send JSON', { 'X-Own': '1' }), { 'X-Own': '1' }],
    [422, invalid],
    [503, new UnavailableError('Could not connect', { cause: new Error('secret') }), { 'Retry-After': '1' }],
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

  test('200, 404, 405 and 500; with one origin, where only one is allowed', async () => {
    assert.deepEqual((await ask(get)).headers, { ...common, Location: '/there' })
    assert.deepEqual((await ask(nothing)).headers, common)
    assert.deepEqual((await ask({ ...remove, method: 'PATCH' })).headers, { ...common, Allow: 'PUT, DELETE' })
    assert.deepEqual((await ask(get, failing(new Error('secret')))).headers, common)
    const { headers } = await ask(nothing, thingsStack(undefined, 'https://example.com'))
    assert.deepEqual([headers['Access-Control-Allow-Origin'], headers.Vary], ['https://example.com', 'Origin'])
  })

  test('path, query and body are checked together; a body of the wrong kind is named body', async () => {
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

  test('names of methods and resources that objects inherit are not found', async () => {
    for (const resource of ['__proto__', 'constructor', 'toString'])
      assert.equal((await ask({ resource })).status, 404, resource)
  })

  test('a compressed body is refused, whatever is in it', async () => {
    const encoded = (encoding: string, body: string) => ask(put(body, { headers: { 'content-ENCODING': encoding } }))
    for (const [encoding, name] of [
      ['gzip', ' gzip'],
      ['br, gzip', ' br, gzip'],
      ['\x1b[2J'.repeat(1000), ''],
    ] as const) {
      const { status, body } = await encoded(encoding, '\x1f\ufffd\b')
      assert.deepEqual([status, body.message], [415, `Unsupported content encoding${name}: send the body as it is`])
    }
    assert.equal((await encoded('Identity', '{"name":"n","size":1}')).status, 200)
  })
})

describe('a fault of ours is a 500 that says nothing', () => {
  const withStatus = { statusCode: 400, expose: true, headers: { secret: 'secret' } }
  const faults: Record<string, unknown> = {
    'an error of a driver with a status of its own': Object.assign(new Error('secret'), withStatus),
    'a text': 'secret',
    null: null,
    undefined,
    'an object': { message: 'secret', statusCode: 418 },
    'an object without a prototype': Object.create(null),
    'a symbol': Symbol('secret'),
  }
  const handlers = Object.entries(faults).map(([name, fault]) => [name, failing(fault)] as const)
  const throwing = thingsStack(() => {
    throw new Error('secret')
  })
  for (const [name, handler] of [...handlers, ['one that is thrown before anything is promised', throwing] as const]) {
    test(name, async () => {
      const context = lambdaContext()
      const { status, headers, body, lines } = await invoke(handler, get, context)
      assert.deepEqual([status, lines.length], [500, 1])
      assert.deepEqual(body, { message: 'Internal Server Error', requestId: context.awsRequestId })
      assert.doesNotMatch(JSON.stringify(headers), /secret/)
    })
  }
})

test('a handler that is not done in time is answered 504 before Lambda ends it', async () => {
  const context = lambdaContext(0.6)
  const { status, body } = await invoke(
    thingsStack(() => new Promise(() => {})),
    get,
    context,
  )
  assert.equal(status, 504)
  assert.deepEqual(body, { message: 'The request took too long', requestId: context.awsRequestId })
  assert.ok(context.getRemainingTimeInMillis() > 0)
})

describe('whatever the event is, there is an answer', () => {
  const { requestContext, ...withoutRequestContext } = proxyEvent(get)
  const events: Record<string, [event: unknown, status: number]> = {
    'an empty object': [{}, 404],
    nothing: [undefined, 404],
    'null headers': [{ ...proxyEvent(get), headers: null, multiValueHeaders: null }, 200],
    'no request context': [withoutRequestContext, 200],
    'a null request context': [{ ...proxyEvent(get), requestContext: null }, 200],
    'a null path and query': [{ ...proxyEvent({ ...remove, method: 'PUT', path: null }), headers: null }, 415],
  }
  for (const [name, [event, status]] of Object.entries(events)) {
    test(name, async (t) => {
      const lines = captureLog(t)
      for (const context of [lambdaContext(), {}, undefined])
        assert.equal((await thingsStack()(event as never, context as Context)).statusCode, status)
      assert.equal(lines.length, 3)
    })
  }
})
