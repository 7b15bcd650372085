import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import * as v from 'valibot'
import { parseHeaderValue } from '../http/header-value.ts'
import { filename } from './api.ts'
import { attachment } from './content-disposition.ts'

test('a name has a form for old clients and one for all others', () => {
  const examples: [key: string, header: string][] = [
    ['a.txt', `attachment; filename="a.txt"; filename*=UTF-8''a.txt`],
    ['dir/sub/a b.txt', `attachment; filename="a b.txt"; filename*=UTF-8''a%20b.txt`],
    ['한.txt', `attachment; filename="_.txt"; filename*=UTF-8''%ED%95%9C.txt`],
    ['😀', `attachment; filename="_"; filename*=UTF-8''%F0%9F%98%80`],
    [`"\\%41`, `attachment; filename="___41"; filename*=UTF-8''%22%5C%2541`],
    [`it's(*)!`, `attachment; filename="it's(*)!"; filename*=UTF-8''it%27s%28%2A%29!`],
    ['//', `attachment; filename="file"; filename*=UTF-8''file`],
    ['dir/', `attachment; filename="dir"; filename*=UTF-8''dir`],
  ]
  for (const [key, header] of examples) assert.equal(attachment(key), header)
})

test('every key comes out of the header as its last segment, and never breaks the header', () => {
  const key = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }).filter((text) => v.is(filename, text))
  fc.assert(
    fc.property(key, (text) => {
      const header = attachment(text)
      assert.match(header, /^[\x20-\x7e]+$/)
      const { type, parameters } = parseHeaderValue(header) ?? {}
      const [charset, language, encoded] = parameters?.get('filename*')?.split("'") ?? []
      assert.deepEqual([type, charset, language], ['attachment', 'UTF-8', ''])
      // RFC 8187, 3.2.1: what may stand there unencoded.
      assert.match(encoded ?? '', /^([A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-F]{2})+$/)
      assert.equal(decodeURIComponent(encoded ?? ''), text.split('/').findLast(Boolean) ?? 'file')
    }),
  )
})
