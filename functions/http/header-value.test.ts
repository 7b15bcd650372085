import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { parseHeaderValue } from './header-value.ts'

const parsed = (value: string) => {
  const result = parseHeaderValue(value)
  return result && [result.type, Object.fromEntries(result.parameters)]
}

describe('a legal header is read as it was meant', () => {
  const legal: [header: string, type: string, parameters?: Record<string, string>][] = [
    ['text/plain', 'text/plain'],
    ['Multipart/Form-Data; Boundary=AbC', 'multipart/form-data', { boundary: 'AbC' }],
    ['multipart/form-data; charset=utf-8; boundary=x', 'multipart/form-data', { charset: 'utf-8', boundary: 'x' }],
    ['multipart/form-data; boundary=a_b.c/d=e:f', 'multipart/form-data', { boundary: 'a_b.c/d=e:f' }],
    ['multipart/form-data; boundary="a b;c=\\"d\\"\\\\"', 'multipart/form-data', { boundary: 'a b;c="d"\\' }],
    ['multipart/form-data; ; ;boundary=x; ', 'multipart/form-data', { boundary: 'x' }],
    [' \tmultipart/form-data\t;\tboundary\t=\t"x"\t;a=b', 'multipart/form-data', { boundary: 'x', a: 'b' }],
    ['multipart/form-data; boundary=first; BOUNDARY=second', 'multipart/form-data', { boundary: 'first' }],
    ['multipart/form-data; boundary=', 'multipart/form-data', { boundary: '' }],
    ['form-data; name="f"; filename="C:\\dir\\new.txt"', 'form-data', { name: 'f', filename: 'C:\\dir\\new.txt' }],
    ["form-data; filename*=UTF-8''a%20b", 'form-data', { 'filename*': "UTF-8''a%20b" }],
    ['form-data; name="__proto__"; constructor=1', 'form-data', { name: '__proto__', constructor: '1' }],
  ]
  for (const [header, type, parameters = {}] of legal) {
    test(header, () => assert.deepEqual(parsed(header), [type, parameters]))
  }
})

describe('a malformed header is refused', () => {
  const malformed = [
    '',
    '; boundary=x',
    'multipart/form-data boundary=x',
    'multipart/',
    'multipart/form-data, text/plain',
    'multipart/form-data; boundary',
    'multipart/form-data; =x',
    'multipart/form-data; boundary="x',
    'multipart/form-data; boundary="x\\"',
    'multipart/form-data; boundary="x"y',
    'multipart/form-data; boundary=x"y"',
    'multipart/form-data; bound ary=x',
  ]
  for (const header of malformed) test(JSON.stringify(header), () => assert.equal(parseHeaderValue(header), undefined))
})

test('whatever is formatted is parsed back', () => {
  const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9a-z-]{1,12}$/)
  const space = fc.stringMatching(/^[ \t]{0,2}$/)
  const parameter = fc.record({ name: token, value: fc.string(), before: space, after: space })
  const all = fc.uniqueArray(parameter, { selector: ({ name }) => name })
  fc.assert(
    fc.property(token, token, all, (type, subtype, parameters) => {
      const tail = parameters.map(({ name, value, before, after }) => {
        return `;${before}${name}${after}=${before}"${value.replaceAll(/["\\]/g, '\\$&')}"${after}`
      })
      const read = new Map(parameters.map(({ name, value }) => [name, value]))
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
  const pattern: Record<string, (length: number) => string> = {
    'spaces before a type': (n) => `${' '.repeat(n)}"`,
    'spaces after a type': (n) => `a/b${' '.repeat(n)}"`,
    'spaces before a value': (n) => `a/b;c=${' '.repeat(n)}"`,
    'spaces in a value': (n) => `a/b;c=d${' '.repeat(n)}"`,
    'spaces around a name': (n) => `a/b;${' '.repeat(n)}c${' '.repeat(n)}"`,
    'spaces after quotes': (n) => `a/b;c="d"${' '.repeat(n)}"`,
    backslashes: (n) => `a/b;c="${'\\'.repeat(n)}`,
    'escaped quotes': (n) => `a/b;c="${'\\"'.repeat(n)}`,
    quotes: (n) => `a/b;c=${'"'.repeat(n)}`,
    semicolons: (n) => `a/b${';'.repeat(n)}"`,
    'equals signs': (n) => `a/b;${'c='.repeat(n)}"`,
    'a long name': (n) => `a/b;${'c'.repeat(n)}"`,
    'a long type': (n) => `${'a'.repeat(n)}"`,
  }
  for (const [name, make] of Object.entries(pattern)) {
    // A parser that takes the square of the time would hang.
    test(name, () => void parseHeaderValue(make(1_000_000)))
  }
})
