import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import * as v from 'valibot'
import { captureLog, lambdaContext, proxyEvent } from '../../test/support.ts'
import { defineApi, type Handlers, json } from './api-definition.ts'
import { InvalidInputError, NotFoundError, UnavailableError } from './caller-errors.ts'
import { httpStack } from './http-stack.ts'
import { jsonBody } from './json-body.ts'
import { describe, type Level } from './request-log.ts'
import { answers } from './routing.ts'
import { validate } from './validation.ts'

const api = defineApi({
  title: 'Things',
  description: 'Things.',
  routes: {
    'GET /things': { operationId: 'getThing', summary: 'Get', answers: { 200: v.unknown() } },
    'POST /things': {
      operationId: 'addThing',
      summary: 'Add',
      body: { json: v.object({ name: v.pipe(v.string(), v.maxLength(3, 'must be short')) }) },
      answers: { 200: v.unknown() },
    },
  },
})
type Handle = Handlers<typeof api>['GET /things']
const answering = (handle: Handle, LOG_LEVEL: Level = 'debug') =>
  httpStack(api, { CORS_ORIGIN: '*', LOG_LEVEL })
    .use(jsonBody())
    .use(validate())
    .handler(answers(api, { 'GET /things': handle, 'POST /things': handle as never }))
const ok: Handle = async () => json(200, { url: 'https://bucket/key?X-Amz-Signature=secret' })
const rejected =
  (error: unknown): Handle =>
  () =>
    Promise.reject(error)
const event = proxyEvent({ resource: '/things' })

// First in this file, since a process has one cold start.
test('the first line of an execution environment says that it was a cold start', async (t) => {
  const lines = captureLog(t)
  const handler = answering(ok)
  for (const _ of [1, 2]) await handler(event as never, lambdaContext())
  assert.deepEqual(
    lines.map((line) => line.coldStart),
    [true, false],
  )
})

test('a request is one line with what finds it again, and nothing that was said', async (t) => {
  const lines = captureLog(t)
  const context = lambdaContext()
  await answering(ok)(event as never, context)
  assert.equal(lines.length, 1)
  const { timestamp, duration, ...line } = lines[0] ?? {}
  assert.ok(Math.abs(Date.parse(String(timestamp)) - Date.now()) < 5000)
  assert.ok(typeof duration === 'number' && duration >= 0 && duration < 5000)
  assert.deepEqual(line, {
    level: 'info',
    message: 'GET /things 200',
    requestId: context.awsRequestId,
    apiRequestId: event.requestContext.requestId,
    method: 'GET',
    resource: '/things',
    status: 200,
    coldStart: false,
  })
})

test('the level follows from the status, and LOG_LEVEL is the least that is written', async (t) => {
  const lines = captureLog(t)
  const levels: Level[] = ['debug', 'info', 'warn', 'error']
  const cases: [Level, handle: Handle, resource?: string][] = [
    ['info', ok],
    ['warn', ok, '/nothing'],
    ['error', rejected(new Error('x'))],
  ]
  for (const [level, handle, resource = '/things'] of cases) {
    lines.length = 0
    for (const minimum of levels) await answering(handle, minimum)(proxyEvent({ resource }) as never, lambdaContext())
    assert.deepEqual(
      lines.map((line) => line.level),
      Array(levels.indexOf(level) + 1).fill(level),
    )
  }
})

test('a fault of ours is written with its causes and stacks', async (t) => {
  const lines = captureLog(t)
  const driver = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', errno: -111 })
  const cause = new UnavailableError('Could not connect', { cause: driver })
  await answering(rejected(new TypeError('broken', { cause })))(event as never, lambdaContext())
  const { error } = lines[0] as { error: { stack: string; cause: { cause: Record<string, unknown> } } & object }
  assert.match(error.stack, /log\.test\.ts/)
  assert.deepEqual(
    { ...error.cause.cause, stack: undefined },
    { name: 'Error', message: 'connect ECONNREFUSED', code: 'ECONNREFUSED', errno: -111, stack: undefined },
  )
})

test('what AWS says of a failed call is written', () => {
  const $metadata = { httpStatusCode: 403, requestId: 'r', attempts: 1 }
  const denied = Object.assign(new Error('no'), { name: 'AccessDenied', $metadata })
  assert.deepEqual((describe(denied, false) as { aws: unknown }).aws, $metadata)
})

test('errors that are no errors, endless causes and texts are bearable', () => {
  assert.deepEqual(describe('text', true), { message: 'text' })
  assert.deepEqual(describe(null, true), { message: 'null' })
  assert.deepEqual(describe({ body: 'secret' }, true), { message: '[object Object]' })
  assert.deepEqual(describe(Object.create(null), true), { message: '[object Object]' })
  const endless = new Error('round')
  endless.cause = endless
  assert.equal(JSON.stringify(describe(endless, false)).split('"cause"').length - 1, 4)
})

test('below 500 a message is written only where it holds nothing that a caller sent', async (t) => {
  const lines = captureLog(t)
  const errors: [Error, written: object][] = [
    [
      new InvalidInputError([{ path: 'name', message: 'is required' }]),
      { message: 'Invalid request: name is required' },
    ],
    [new NotFoundError('There is no thing 5'), {}],
  ]
  for (const [error, written] of errors) {
    const { body } = await answering(rejected(error))(event as never, lambdaContext())
    assert.equal(JSON.parse(body).message, error.message)
    assert.deepEqual(JSON.parse(JSON.stringify(lines.at(-1)?.error)), { name: error.name, ...written })
  }
})

test('nothing of a body ever gets into a line, whatever becomes of the request', async (t) => {
  const lines = captureLog(t)
  const handles = [ok, rejected(new UnavailableError('Not now')), rejected(new Error('broken'))]
  const handlers = handles.map((handle) => answering(handle))
  const secret = fc.stringMatching(/^[a-z]{12,20}$/)
  const make = [
    (text: string) => JSON.stringify({ name: text }),
    (text: string) => JSON.stringify({ name: 'ok', [text]: text }),
    (text: string) => `{"name":"${text}`,
    (text: string) => `${text}{}`,
    (text: string) => JSON.stringify({ name: { [text]: text } }),
    (text: string) => `{"__proto__":"${text}"}`,
  ]
  await fc.assert(
    fc.asyncProperty(secret, fc.constantFrom(...make), fc.constantFrom(...handlers), async (text, body, handler) => {
      lines.length = 0
      const headers = { 'Content-Type': 'application/json', Authorization: text }
      const request = proxyEvent({ method: 'POST', resource: '/things', query: { q: text }, headers, body: body(text) })
      await handler(request as never, lambdaContext())
      assert.equal(lines.length, 1)
      assert.ok(!JSON.stringify(lines).includes(text), JSON.stringify(lines))
    }),
  )
})
