import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { put, thingsStack } from '../../test/helpers/things-stack.ts'
import { invoke } from '../../test/support.ts'
import { plainMessage } from './plain-message.ts'
import { readEnvironment } from './read-environment.ts'

test('a schema without messages of its own says what it asks for', () => {
  const cases: readonly (readonly [v.GenericSchema, unknown, string])[] = [
    [v.string(), 5, 'must be string'],
    [v.picklist(['good', 'bad']), 'x', 'must be ("good" | "bad")'],
    [v.union([v.string(), v.null()]), 5, 'must be (string | null)'],
    [v.pipe(v.string(), v.maxLength(2)), 'xyz', 'must have length <=2'],
    [v.pipe(v.number(), v.integer()), 1.5, 'must be a valid integer'],
    [v.pipe(v.string(), v.email()), 'x', 'must be a valid email'],
    [v.pipe(v.string(), v.regex(/^a/)), 'x', 'must have format /^a/'],
    [v.strictObject({}), { other: 1 }, 'is not known'],
    [v.string('must be text'), 5, 'must be text'],
  ]
  const check = v.check<string>(() => false)
  for (const [schema, value, message] of [...cases, [v.pipe(v.string(), check), 'x', 'is not valid'] as const])
    assert.deepEqual(
      v.safeParse(schema, value, { message: plainMessage }).issues?.map((issue) => issue.message),
      [message],
    )
})

test('neither an answer, nor its log line, nor the error of an environment repeats a value', async () => {
  const schema = v.object({ WORD: v.pipe(v.string(), v.regex(/^a/)) })
  assert.throws(() => readEnvironment(schema, { WORD: 'hunter2' }), /: WORD must have format \/\^a\/\. /)
  const { body, lines } = await invoke(thingsStack(), put('{"name":["hunter2"],"size":1}'))
  assert.deepEqual(body.errors, [{ path: 'name', message: 'must be string' }])
  assert.doesNotMatch(JSON.stringify([body, lines]), /hunter2/)
})
