import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { portable } from './pattern.ts'

test('drops a pattern that some language lacks', () => {
  for (const source of [
    ...['(?=a)', '(?!a)', '(?<=a)', '(?<name>a)', '(?i:a)', '(a)\\1', '(?<a>b)\\k<a>', '\\cA', '\\0', '[\\b]', 'a{'],
    ...['a{1,1000}', '[a&&b]', '[+--]', '[a[]', '[]', '[^]', '😀', '\\ud83d\\ude00', '\\u{1f600}', '[\\w-.]', '\\-'],
  ])
    assert.equal(portable(new RegExp(source)), undefined, source)
  for (const pattern of [/\p{L}/u, /a/i, /[\p{L}--a]/v]) assert.equal(portable(pattern), undefined, String(pattern))
})

test('keeps the meaning of a portable pattern, with and without the flag u', () => {
  const atom = fc.constantFrom('a', '\\/', '[a\\]\\-]', '[^\\x00-\\x1f]', '\\d', '(?:b|\\.)', '\\u2028', 'é', '-', ' ')
  const times = fc.constantFrom('', '*', '?', '{1,2}')
  const part = fc.tuple(atom, times).map((both) => both.join(''))
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), fc.string({ maxLength: 5 }), (parts, text) => {
      const original = new RegExp(`^${parts.join('')}$`)
      const kept = portable(original) ?? assert.fail(String(original))
      const meant = original.test(text)
      assert.deepEqual([new RegExp(kept).test(text), new RegExp(kept, 'u').test(text)], [meant, meant])
    }),
  )
})
