import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { portable } from './pattern.ts'

test('a pattern is kept where every language has it', () => {
  for (const [source, expected = source] of [
    ['^[\\w-]+$'],
    ['^\\d{1,1000}(?:a|b)?\\b'],
    ['\\u2028[^\\u2029]'],
    ['\\u0000\\u007f', '\\x00\\x7f'],
    ['\\/\\-\\@', '/-@'],
    ['[a[]', '[a\\[]'],
    ['[\\-\\]\\^]'],
  ] as const)
    assert.equal(portable(source), expected)
})

test('a pattern is dropped where a language lacks something', () => {
  for (const source of [
    ...['\\p{L}', '\\P{L}', '(?=a)', '(?!a)', '(?<=a)', '(?<name>a)', '(?i:a)', '(a)\\1', '\\k<a>', '\\cA', '\\0'],
    ...['a{1,1001}', '[a&&b]', '[a--b]', '[]', '[^]', '😀', '\\ud83d\\ude00', '\\u{1f600}', '[\\b]', 'a{', '['],
  ])
    assert.equal(portable(source), undefined, source)
})

test('what is kept means the same, with and without the flag u', () => {
  const atom = fc.constantFrom(
    'a',
    '\\-',
    '\\/',
    '[a[\\]]',
    '[^\\x00-\\x1f]',
    '\\d',
    '(?:b|\\.)',
    '\\u0041',
    '\\w',
    '"',
    ' ',
  )
  const source = fc.array(
    fc.tuple(atom, fc.constantFrom('', '*', '?', '{1,2}')).map(([each, times]) => each + times),
    { maxLength: 5 },
  )
  fc.assert(
    fc.property(source, fc.string({ maxLength: 5 }), (parts, text) => {
      const original = `^${parts.join('')}$`
      const kept = portable(original) ?? assert.fail(original)
      const meant = new RegExp(original).test(text)
      assert.deepEqual([new RegExp(kept).test(text), new RegExp(kept, 'u').test(text)], [meant, meant])
    }),
  )
})
