import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { failing, put, thingsStack } from '../../test/helpers/things-stack.ts'
import { invoke, lambdaContext } from '../../test/support.ts'
import { json } from './api-definition.ts'
import { InvalidInputError, NotFoundError, UnavailableError } from './caller-errors.ts'
import { describe } from './request-log.ts'

const get = { resource: '/things' }
const LINK = 'https://bucket/key?X-Amz-Signature=secret'
const linking = thingsStack(async () => json(200, { url: LINK }))

// First in this file: a process has one cold start.
test('logs one line per request with its ids and without its content; the first marks the cold start', async () => {
  for (const coldStart of [true, false]) {
    const context = lambdaContext()
    const { lines } = await invoke(linking, get, context)
    assert.equal(lines.length, 1)
    const { timestamp, duration, apiRequestId, ...line } = lines[0] ?? {}
    assert.ok(Math.abs(Date.parse(String(timestamp)) - Date.now()) < 5000)
    assert.ok(typeof duration === 'number' && duration >= 0 && duration < 5000)
    assert.match(String(apiRequestId), /^[\da-f-]{36}$/)
    assert.deepEqual(line, {
      ...{ level: 'info', message: 'GET /things 200', requestId: context.awsRequestId },
      ...{ method: 'GET', resource: '/things', status: 200, coldStart },
    })
  }
})

test('derives the level from the status, and omits lines below LOG_LEVEL', async () => {
  const levels = async (stack: ReturnType<typeof thingsStack>, resource = '/things') =>
    (await invoke(stack, { resource })).lines.map(({ level }) => level)
  const warnings = thingsStack(undefined, '*', 'warn')
  assert.deepEqual([await levels(warnings), await levels(warnings, '/nothing')], [[], ['warn']])
  const errors = failing(new Error('x'), '*', 'error')
  assert.deepEqual([await levels(errors), await levels(errors, '/nothing')], [['error'], []])
})

test('logs a 500 with its causes and stacks', async () => {
  const driver = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', errno: -111 })
  const cause = new UnavailableError('Could not connect', { cause: driver })
  const { lines } = await invoke(failing(new TypeError('broken', { cause })), get)
  const { error } = lines[0] as { error: { stack: string; cause: { cause: Record<string, unknown> } } & object }
  assert.match(error.stack, /log\.test\.ts/)
  const { stack, ...written } = error.cause.cause
  assert.deepEqual(written, { name: 'Error', message: 'connect ECONNREFUSED', code: 'ECONNREFUSED', errno: -111 })
})

test('describes AWS errors and thrown values that are no errors, and cuts endless causes and texts', () => {
  const $metadata = { httpStatusCode: 403, requestId: 'r', attempts: 1 }
  const denied = Object.assign(new Error('no'), { name: 'AccessDenied', $metadata })
  assert.deepEqual((describe(denied, false) as { aws: unknown }).aws, $metadata)
  assert.deepEqual(describe('text', true), { message: 'text' })
  assert.deepEqual(describe(null, true), { message: 'null' })
  for (const thrown of [{ body: 'secret' }, Object.create(null)])
    assert.deepEqual(describe(thrown, true), { message: '[object Object]' })
  const endless = new Error('round')
  endless.cause = endless
  assert.equal(JSON.stringify(describe(endless, false)).split('"cause"').length - 1, 4)
})

test('logs a message below 500 only if it holds no caller input', async () => {
  const invalid = new InvalidInputError([{ path: 'name', message: 'is required' }])
  for (const error of [invalid, new NotFoundError('There is no thing 5')]) {
    const { body, lines } = await invoke<{ message: string }>(failing(error), get)
    assert.equal(body.message, error.message)
    const written = { name: error.name, ...(error === invalid && { message: error.message }) }
    assert.deepEqual(lines[0]?.error, written)
  }
})

test('no line holds any content of a request, with any outcome', async () => {
  const secret = fc.stringMatching(/^[a-z]{12,20}$/)
  const make = [
    (text: string) => JSON.stringify({ name: text }),
    (text: string) => JSON.stringify({ name: 'ok', size: 1, [text]: text }),
    (text: string) => `{"name":"${text}`,
    (text: string) => `{"__proto__":"${text}"}`,
  ]
  await fc.assert(
    fc.asyncProperty(secret, fc.constantFrom(...make), async (text, body) => {
      const { lines } = await invoke(linking, put(body(text), { query: { q: text }, headers: { Authorization: text } }))
      assert.equal(lines.length, 1)
      assert.ok(!JSON.stringify(lines).includes(text), JSON.stringify(lines))
    }),
  )
})
