import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { APIGatewayProxyEvent, Context } from 'aws-lambda'
import * as v from 'valibot'
import { captureLog, lambdaContext, proxyEvent } from '../../test/support.ts'
import { defineApi, type Handlers, json, noContent } from './api-definition.ts'
import {
  ConflictError,
  InvalidInputError,
  NotFoundError,
  PayloadTooLargeError,
  UnavailableError,
  UnsupportedMediaTypeError,
} from './caller-errors.ts'
import type { HttpMiddleware } from './http-event.ts'
import { httpStack, type StackEnvironment } from './http-stack.ts'
import { jsonBody } from './json-body.ts'
import { answers } from './routing.ts'
import { integerText } from './text.ts'
import { validate } from './validation.ts'

const api = defineApi({
  title: 'Things',
  description: 'Things.',
  routes: {
    'GET /things': {
      operationId: 'listThings',
      summary: 'List things',
      answers: { 200: v.object({ requestPath: v.string() }) },
    },
    'PUT /things/{id}': {
      operationId: 'replaceThing',
      summary: 'Replace a thing',
      path: v.object({ id: integerText(1, 9) }),
      query: v.object({ limit: v.optional(integerText(1, 5), '5') }),
      body: {
        json: v.object({ name: v.string('must be a string'), size: v.number('must be a number') }, 'must be an object'),
      },
      answers: { 200: v.unknown() },
    },
    'DELETE /things/{id}': { operationId: 'deleteThing', summary: 'Delete a thing', answers: { 204: null } },
  },
})
type Things = Handlers<typeof api>
const handlers: Things = {
  'GET /things': async ({ requestPath }) => json(200, { requestPath }, { Location: '/there' }),
  'PUT /things/{id}': async ({ path, query, body }) => json(200, { path, query, body }),
  'DELETE /things/{id}': async () => noContent(),
}
const things: Partial<Things> = {}
const failing = (error: unknown): Partial<Things> => ({ 'GET /things': () => Promise.reject(error) })

const environment = { CORS_ORIGIN: '*', LOG_LEVEL: 'error' } as const
interface Options {
  readonly environment?: StackEnvironment
  readonly use?: HttpMiddleware[]
}
const stack = (own: Partial<Things>, options: Options = {}) =>
  httpStack(api, options.environment ?? environment)
    .use(jsonBody())
    .use(validate())
    .use(options.use ?? [])
    .handler(answers(api, { ...handlers, ...own }))
const ask = async (
  own: Partial<Things>,
  event: APIGatewayProxyEvent,
  options: Options = {},
  context: Context = lambdaContext(),
) => {
  const answer = await stack(own, options)(event as never, context)
  return { ...answer, json: answer.body ? (JSON.parse(answer.body) as Record<string, unknown>) : undefined, context }
}
const get = (resource = '/things') => proxyEvent({ method: 'GET', resource })
const put = (body: string, { headers, ...more }: Parameters<typeof proxyEvent>[0] = {}) => {
  const right = { method: 'PUT', resource: '/things/{id}', path: { id: '7' }, body }
  return proxyEvent({ ...right, headers: { 'CONTENT-type': 'application/json', ...headers }, ...more })
}

describe('a request that is right', () => {
  test('reaches its route with what the schemas made of it', async () => {
    const event = put('{"name":"n","size":1,"more":2}', { path: { id: '7', other: 'x' } })
    const { statusCode, json } = await ask(things, event)
    assert.equal(statusCode, 200)
    assert.deepEqual(json, { path: { id: 7 }, query: { limit: 5 }, body: { name: 'n', size: 1 } })
  })

  test('is told its own path, with the stage, and may be answered without a body', async () => {
    assert.deepEqual((await ask(things, get())).json, { requestPath: '/default/things' })
    const answer = await ask(things, proxyEvent({ method: 'DELETE', resource: '/things/{id}', path: { id: '1' } }))
    assert.deepEqual([answer.statusCode, answer.body], [204, ''])
  })
})

describe('every answer, errors too, has the headers that browsers need', () => {
  const expected = {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': 'Location, Retry-After, x-amzn-RequestId',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Content-Type': 'application/json',
  }
  const cases: [name: string, Partial<Things>, APIGatewayProxyEvent, own: Record<string, string>][] = [
    ['200', things, get(), { Location: '/there' }],
    ['404', things, get('/nothing'), {}],
    ['405', things, proxyEvent({ method: 'PATCH', resource: '/things/{id}' }), { Allow: 'PUT, DELETE' }],
    ['500', failing(new Error('secret')), get(), {}],
    ['503', failing(new UnavailableError('Not now')), get(), { 'Retry-After': '1' }],
  ]
  for (const [name, routes, event, own] of cases) {
    test(name, async (t) => {
      captureLog(t)
      const { statusCode, headers } = await ask(routes, event)
      assert.equal(String(statusCode), name)
      assert.deepEqual(headers, { ...expected, ...own })
    })
  }

  test('one origin, where only one is allowed', async () => {
    const own = { ...environment, CORS_ORIGIN: 'https://example.com' }
    const { headers } = await ask(things, get('/nothing'), { environment: own })
    assert.equal(headers?.['Access-Control-Allow-Origin'], 'https://example.com')
    assert.equal(headers?.Vary, 'Origin')
  })
})

describe('an error that the caller can do something about says what', () => {
  const cases: [status: number, Error][] = [
    [404, new NotFoundError('There is no thing 1')],
    [409, new ConflictError('It is there already')],
    [413, new PayloadTooLargeError('Too large: send less')],
    [415, new UnsupportedMediaTypeError('Send JSON')],
    [422, new InvalidInputError([{ path: 'name', message: 'is required' }], { cause: new Error('secret') })],
    [503, new UnavailableError('Could not connect', { cause: new Error('secret') })],
  ]
  for (const [status, error] of cases) {
    test(String(status), async (t) => {
      captureLog(t)
      const { statusCode, json, context } = await ask(failing(error), get())
      const errors = error instanceof InvalidInputError ? { errors: error.errors } : {}
      assert.equal(statusCode, status)
      assert.deepEqual(json, { message: error.message, ...errors, requestId: context.awsRequestId })
    })
  }

  test('path, query and body are checked together', async () => {
    const event = put('{"size":"big"}', { path: { id: 'x' }, query: { limit: '6' } })
    const { statusCode, json } = await ask(things, event)
    assert.equal(statusCode, 422)
    assert.deepEqual(json?.errors, [
      { path: 'id', message: 'must be an integer from 1 to 9' },
      { path: 'limit', message: 'must be an integer from 1 to 5' },
      { path: 'name', message: 'is required' },
      { path: 'size', message: 'must be a number' },
    ])
  })

  test('a body of the wrong kind is named body', async () => {
    assert.deepEqual((await ask(things, put('null'))).json?.errors, [{ path: 'body', message: 'must be an object' }])
  })

  test('names of methods and resources that objects inherit are not found', async () => {
    for (const resource of ['__proto__', 'constructor', 'toString']) {
      assert.equal((await ask(things, get(resource))).statusCode, 404)
    }
  })
})

describe('a fault of ours is a 500 that says nothing', () => {
  const faults: Record<string, unknown> = {
    'an error of a driver with a status of its own': Object.assign(new Error('secret'), {
      statusCode: 400,
      expose: true,
      headers: { secret: 'secret' },
    }),
    'a text': 'secret',
    null: null,
    undefined,
    'an object': { message: 'secret', statusCode: 418 },
    'an object without a prototype': Object.create(null),
    'a symbol': Symbol('secret'),
  }
  for (const [name, fault] of Object.entries(faults)) {
    test(name, async (t) => {
      const lines = captureLog(t)
      const { statusCode, body, headers, context } = await ask(failing(fault), get())
      assert.equal(statusCode, 500)
      assert.equal(body, JSON.stringify({ message: 'Internal Server Error', requestId: context.awsRequestId }))
      assert.doesNotMatch(JSON.stringify(headers), /secret/)
      assert.equal(lines.length, 1)
    })
  }

  test('a handler that throws before it promises anything', async (t) => {
    captureLog(t)
    const throwing = () => {
      throw new Error('secret')
    }
    assert.equal((await ask({ 'GET /things': throwing }, get())).statusCode, 500)
  })
})

test('a compressed body is refused, whatever is in it, and its encoding named', async () => {
  const event = (encoding: string, body = '\x1f\ufffd\b') => put(body, { headers: { 'content-ENCODING': encoding } })
  for (const encoding of ['gzip', 'br', 'gzip, gzip']) {
    const { statusCode, json } = await ask(things, event(encoding))
    assert.equal(statusCode, 415)
    assert.equal(json?.message, `Unsupported content encoding ${encoding}: send the body as it is`)
  }
  const { statusCode, body } = await ask(things, event('\x1b[2J'.repeat(1000)))
  assert.deepEqual([statusCode, body.length < 200], [415, true])
  const plain = event('Identity', '{"name":"n","size":1}')
  assert.equal((await ask(things, plain)).statusCode, 200)
})

test('a handler that is not done in time is answered 504 before Lambda ends it', async (t) => {
  captureLog(t)
  const never: Partial<Things> = { 'GET /things': () => new Promise(() => {}) }
  const { statusCode, json, context } = await ask(never, get(), {}, lambdaContext(0.6))
  assert.equal(statusCode, 504)
  assert.deepEqual(json, { message: 'The request took too long', requestId: context.awsRequestId })
  assert.ok(context.getRemainingTimeInMillis() > 0)
})

test('further middlewares run last, for requests that are valid', async () => {
  const calls: string[] = []
  const use = [{ before: () => void calls.push('used') }]
  assert.equal((await ask(things, get('/nothing'), { use })).statusCode, 404)
  assert.deepEqual(calls, [])
  assert.equal((await ask(things, get(), { use })).statusCode, 200)
  assert.deepEqual(calls, ['used'])
})

describe('whatever the event is, there is an answer', () => {
  const { requestContext, ...withoutRequestContext } = get()
  const events: [name: string, unknown, status: number][] = [
    ['an empty object', {}, 404],
    ['nothing', undefined, 404],
    ['null headers', { ...get(), headers: null, multiValueHeaders: null }, 200],
    ['no request context', withoutRequestContext, 200],
    ['a null request context', { ...get(), requestContext: null }, 200],
    ['a null path and query', { ...proxyEvent({ method: 'PUT', resource: '/things/{id}' }), headers: null }, 415],
  ]
  for (const [name, event, status] of events) {
    test(name, async (t) => {
      const lines = captureLog(t)
      const quiet = stack(things, { environment: { ...environment, LOG_LEVEL: 'info' } })
      for (const context of [lambdaContext(), {}, undefined]) {
        const answer = await quiet(event as never, context as Context)
        assert.equal(answer.statusCode, status)
      }
      assert.equal(lines.length, 3)
    })
  }
})
