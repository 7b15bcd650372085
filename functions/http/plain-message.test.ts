import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { plainMessage } from './plain-message.ts'

test('a schema without custom messages names the expected value and hides the received one', () => {
  const cases: readonly (readonly [v.GenericSchema, unknown, string])[] = [
    [v.string(), 5, 'must be string'],
    [v.picklist(['good', 'bad']), 'x', 'must be ("good" | "bad")'],
    [v.union([v.string(), v.null()]), 5, 'must be (string | null)'],
    [v.pipe(v.string(), v.maxLength(2)), 'xyz', 'must have length <=2'],
    [v.pipe(v.number(), v.integer()), 1.5, 'must be a valid integer'],
    [v.pipe(v.string(), v.regex(/^a/)), 'x', 'must have format /^a/'],
    [v.strictObject({}), { other: 1 }, 'is not known'],
    [v.string('must be text'), 5, 'must be text'],
    [
      v.pipe(
        v.string(),
        v.check<string>(() => false),
      ),
      'x',
      'is not valid',
    ],
  ]
  for (const [schema, value, message] of cases)
    assert.deepEqual(
      v.safeParse(schema, value, { message: plainMessage }).issues?.map((issue) => issue.message),
      [message],
    )
})
