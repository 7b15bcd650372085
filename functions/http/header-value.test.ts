import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseHeaderValue } from './header-value.ts'

describe('parses a legal header', () => {
  const legal: [header: string, type: string, parameters?: Record<string, string>][] = [
    ['text/plain', 'text/plain'],
    ['Multipart/Form-Data; Boundary=AbC', 'multipart/form-data', { boundary: 'AbC' }],
    ['a/b; boundary=a_b.c/d=e:f', 'a/b', { boundary: 'a_b.c/d=e:f' }],
    ['a/b; boundary="a b;c=\\"d\\"\\\\"; charset=utf-8', 'a/b', { boundary: 'a b;c="d"\\', charset: 'utf-8' }],
    ['a/b; ; ;boundary=x; ', 'a/b', { boundary: 'x' }],
    [' \ta/b\t;\tboundary\t=\t"x"\t;a=b\t', 'a/b', { boundary: 'x', a: 'b' }],
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

describe('refuses a malformed header', () => {
  const wrong = ['boundary', '=x', 'b="x', 'b="x\\"', 'b="x"y', 'b=x"y"', 'bound ary=x'].map((text) => `a/b; ${text}`)
  for (const header of ['', '; boundary=x', 'a/b boundary=x', 'multipart/', 'a/b, text/plain', ...wrong])
    test(JSON.stringify(header), () => assert.equal(parseHeaderValue(header), undefined))
})

describe('parses hostile text in linear time', () => {
  // A prefix and a repeated part; a stray quotation mark follows. A quadratic parser would hang.
  const texts = ['| ', 'a/b| ', 'a/b;| ', 'a/b;c=| ', 'a/b;c=d| ', 'a/b;c="d"| ', 'a/b;c="|\\"', 'a/b|;', 'a/b|;c=d']
  for (const text of texts) {
    const [start = '', repeated = ''] = text.split('|')
    test(text, () => void parseHeaderValue(`${start}${repeated.repeat(1_000_000)}"`))
  }
})
