import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { invoke } from '../../test/support.ts'
import { defineApi, noContent } from './api-definition.ts'
import { httpStack } from './http-stack.ts'
import { jsonBody } from './json-body.ts'
import { plainMessage } from './plain-message.ts'
import { readEnvironment } from './read-environment.ts'
import { answers } from './routing.ts'
import { validate } from './validation.ts'

test('a schema without messages of its own says what it asks for', () => {
  const cases: readonly (readonly [v.GenericSchema, unknown, string])[] = [
    [v.string(), 5, 'must be string'],
    [v.picklist(['good', 'bad']), 'x', 'must be ("good" | "bad")'],
    [v.union([v.string(), v.null()]), 5, 'must be (string | null)'],
    [v.pipe(v.string(), v.maxLength(2)), 'xyz', 'must have length <=2'],
    [v.pipe(v.number(), v.minValue(3)), 1, 'must have value >=3'],
    [v.pipe(v.number(), v.integer()), 1.5, 'must be a valid integer'],
    [v.pipe(v.string(), v.email()), 'x', 'must be a valid email'],
    [v.pipe(v.string(), v.regex(/^a/)), 'x', 'must have format /^a/'],
    [v.pipe(v.string(), v.isoDate(), v.title('day')), 'x', 'must be a valid date'],
    [v.strictObject({}), { other: 1 }, 'is not known'],
    [v.string('must be text'), 5, 'must be text'],
  ]
  for (const [schema, value, message] of cases) {
    const { issues } = v.safeParse(schema, value, { message: plainMessage })
    assert.deepEqual(
      issues?.map((issue) => issue.message),
      [message],
    )
  }
})

test('neither an answer, nor its log line, nor the error of an environment repeats a value', async () => {
  const schema = v.object({ WORD: v.pipe(v.string(), v.regex(/^a/)) })
  assert.throws(() => readEnvironment(schema, { WORD: 'hunter2' }), /: WORD must have format \/\^a\/\. /)
  const api = defineApi({
    ...{ title: 'Words', description: '' },
    routes: { 'POST /words': { operationId: 'add', summary: 'Add', body: { json: schema }, answers: { 204: null } } },
  })
  const handler = httpStack(api, { CORS_ORIGIN: '*', LOG_LEVEL: 'info' })
    .use(jsonBody())
    .use(validate())
    .handler(answers(api, { 'POST /words': async () => noContent() }))
  const { body, lines } = await invoke(handler, { method: 'POST', resource: '/words', json: { WORD: 'hunter2' } })
  assert.deepEqual(body.errors, [{ path: 'WORD', message: 'must have format /^a/' }])
  assert.doesNotMatch(JSON.stringify([body, lines]), /hunter2/)
  assert.equal(lines.length, 1)
})
