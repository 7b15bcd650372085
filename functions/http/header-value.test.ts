import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { parseHeaderValue } from './header-value.ts'

describe('a legal header is read as it was meant', () => {
  const legal: [header: string, type: string, parameters?: Record<string, string>][] = [
    ['text/plain', 'text/plain'],
    ['Multipart/Form-Data; Boundary=AbC', 'multipart/form-data', { boundary: 'AbC' }],
    ['a/b; boundary=a_b.c/d=e:f', 'a/b', { boundary: 'a_b.c/d=e:f' }],
    ['a/b; boundary="a b;c=\\"d\\"\\\\"; charset=utf-8', 'a/b', { boundary: 'a b;c="d"\\', charset: 'utf-8' }],
    ['a/b; ; ;boundary=x; ', 'a/b', { boundary: 'x' }],
    [' \ta/b\t;\tboundary\t=\t"x"\t;a=b', 'a/b', { boundary: 'x', a: 'b' }],
    ['a/b; boundary=first; BOUNDARY=second', 'a/b', { boundary: 'first' }],
    ['a/b; boundary=', 'a/b', { boundary: '' }],
    ['form-data; name="f"; filename="C:\\dir\\new.txt"', 'form-data', { name: 'f', filename: 'C:\\dir\\new.txt' }],
    ["form-data; filename*=UTF-8''a%20b", 'form-data', { 'filename*': "UTF-8''a%20b" }],
    ['form-data; name="__proto__"; constructor=1', 'form-data', { name: '__proto__', constructor: '1' }],
  ]
  for (const [header, type, parameters = {}] of legal) {
    const expected = { type, parameters: new Map(Object.entries(parameters)) }
    test(header, () => assert.deepEqual(parseHeaderValue(header), expected))
  }
})

describe('a malformed header is refused', () => {
  const parameters = ['boundary', '=x', 'b="x', 'b="x\\"', 'b="x"y', 'b=x"y"', 'bound ary=x'].map(
    (text) => `a/b; ${text}`,
  )
  for (const header of ['', '; boundary=x', 'a/b boundary=x', 'multipart/', 'a/b, text/plain', ...parameters])
    test(JSON.stringify(header), () => assert.equal(parseHeaderValue(header), undefined))
})

test('whatever is formatted is parsed back', () => {
  const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9a-z-]{1,12}$/)
  const space = fc.stringMatching(/^[ \t]{0,2}$/)
  const all = fc.uniqueArray(fc.tuple(token, fc.string(), space, space), { selector: ([name]) => name })
  fc.assert(
    fc.property(token, token, all, (type, subtype, parameters) => {
      const tail = parameters.map(([name, value, before, after]) => {
        return `;${before}${name}${after}=${before}"${value.replaceAll(/["\\]/g, '\\$&')}"${after}`
      })
      const read = new Map(parameters.map(([name, value]) => [name, value]))
      const header = `${type}/${subtype}${tail.join('')}`
      assert.deepEqual(parseHeaderValue(header), { type: `${type}/${subtype}`, parameters: read })
    }),
  )
})

test('any text is read or refused, without an error', () => {
  const text = fc.stringMatching(/^[a/;= "\\\t*'\0é]*$/)
  fc.assert(fc.property(fc.oneof(text, fc.string({ unit: 'binary' })), (value) => void parseHeaderValue(value)))
  fc.assert(fc.property(text, (value) => void parseHeaderValue(`form-data${value}`)))
})

describe('hostile text costs time in proportion to its length', () => {
  // What is repeated, between a beginning and a quotation mark that fits nowhere. A parser that takes the square of the time would hang.
  const repeated = [
    ...['| ', 'a/b| ', 'a/b;c=| ', 'a/b;c=d| ', 'a/b;| ', 'a/b;c="d"| ', 'a/b;c="|\\', 'a/b;c="|\\"', 'a/b;c=|"'],
    ...['a/b|;', 'a/b;|c=', 'a/b;|c', '|a', 'a/b|;c=d', 'a/b|;c="d"'],
  ]
  for (const text of repeated) {
    const [start = '', more = ''] = text.split('|')
    test(text, () => void parseHeaderValue(`${start}${more.repeat(1_000_000)}"`))
  }
})
