import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as v from 'valibot'
import { problems } from '../../test/helpers/problems.ts'
import { creationHeaders, newUser, page, userPath } from './api.ts'

const paths = (value: unknown) => problems(newUser, value).map(([path]) => path)

describe('a name', () => {
  test('is trimmed, and otherwise unchanged', () => {
    const same = ['a  b', '👩‍👩‍👧‍👦', 'می‌خواهم', '\u2067עברית\u2069', '…', '😀'.repeat(255)]
    const trimmed = { '  Ann \t\r\n': 'Ann', '\u00a0\u3000a\ufeff': 'a', [` ${'한'.repeat(255)} `]: '한'.repeat(255) }
    for (const [name, stored] of [...same.map((each) => [each, each]), ...Object.entries(trimmed)])
      assert.deepEqual(v.parse(newUser, { name, age: 1 }), { name: stored, age: 1 })
  })

  const invisible = [...'\u200b\u3164\uffa0\u2800\u00ad\u0301\ufe0f\u{e0041}\ue000', '\u200d\u2060']
  const wrong: Record<string, unknown[]> = {
    'must have 1 to 255 characters': ['', ' \t\r\n\u00a0', 'x'.repeat(256), '😀'.repeat(256), 'x'.repeat(5_000_000)],
    // The second: 홍길동 in code page 949, as a gateway decodes it.
    'must be in UTF-8, without lone surrogates or U+FFFD, the sign of a wrong encoding': ['\ud83d', 'ȫ\ufffd浿'],
    'must not contain control characters': ['a\0', 'a\nb', '\x1b[2Ja', 'a\x85b'],
    'must not contain line separators or bidirectional overrides': ['a\u2028b', 'a\u2029b', 'gnp\u202eexe', '\u202da'],
    'must have a visible character': invisible,
    'must be a string': [null, 5, ['a'], { toString: 'a' }],
  }
  for (const [message, names] of Object.entries(wrong)) {
    test(`${message}, or is refused`, () => {
      for (const name of names) assert.deepEqual(problems(newUser, { name, age: 1 }), [['name', message]])
    })
  }
})

test('an age is an integer from 0 to 150', () => {
  for (const age of [0, 25.0, 150]) assert.equal(v.parse(newUser, { name: 'a', age }).age, age)
  for (const age of [-1, 151, 0.5, Number.NaN, '25', null, [25]])
    assert.deepEqual(problems(newUser, { name: 'a', age })[0], ['age', 'must be an integer from 0 to 150'], String(age))
})

test('a user is a JSON object, and all its problems are reported', () => {
  for (const body of [null, 'a', 5])
    assert.deepEqual(problems(newUser, body), [[null, 'must be a JSON object with name and age']])
  for (const body of [{}, [], { name: '', age: -1 }]) assert.deepEqual(paths(body), ['name', 'age'])
  assert.deepEqual(v.parse(newUser, { name: 'a', age: 1, id: 7, admin: true }), { name: 'a', age: 1 })
})

test('an id is positive; a page has at most 1000 users, 100 by default, and begins after any id', () => {
  assert.deepEqual(v.parse(userPath, { id: '9007199254740991' }), { id: Number.MAX_SAFE_INTEGER })
  assert.deepEqual(problems(userPath, { id: '0' }), [['id', 'must be an integer from 1 to 9007199254740991']])
  assert.deepEqual(v.parse(page, {}), { limit: 100, after: 0 })
  assert.deepEqual(v.parse(page, { limit: '1000', after: '7' }), { limit: 1000, after: 7 })
  for (const limit of ['0', '1001'])
    assert.deepEqual(problems(page, { limit }), [['limit', 'must be an integer from 1 to 1000']])
  assert.deepEqual(problems(page, { after: 'x' }), [['after', 'must be an integer from 0 to 9007199254740991']])
})

test('an Idempotency-Key has 1 to 255 printable ASCII characters', () => {
  const is = (key: string) => v.is(creationHeaders, { 'idempotency-key': key })
  for (const key of ['a', '"8e03978e-40d5-43dd-bc93-6894a57f9324"', ' ~!', 'x'.repeat(255)]) assert.ok(is(key), key)
  for (const key of ['', 'x'.repeat(256), 'é', 'a\tb']) assert.ok(!is(key), key)
})
