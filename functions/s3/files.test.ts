import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import * as v from 'valibot'
import { parseHeaderValue } from '../http/header-value.ts'
import { filename } from './api.ts'
import { attachment } from './files.ts'

test('every key comes out of the header as its last segment, and never breaks the header; old clients get ASCII', () => {
  const key = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }).filter((text) => v.is(filename, text))
  const odd = ['a.txt', 'dir/sub/a b.txt', '한.txt', '😀', '"\\%41', "it's(*)!", '//', 'dir/']
  fc.assert(
    fc.property(key, (text) => {
      const header = attachment(text)
      assert.match(header, /^[\x20-\x7e]+$/)
      const name = text.split('/').findLast(Boolean) ?? 'file'
      const { type, parameters } = parseHeaderValue(header) ?? {}
      const [charset, language, encoded = ''] = parameters?.get('filename*')?.split("'") ?? []
      assert.deepEqual([type, charset, language], ['attachment', 'UTF-8', ''])
      // RFC 8187, 3.2.1: what may stand there unencoded.
      assert.match(encoded, /^([A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-F]{2})+$/)
      assert.equal(decodeURIComponent(encoded), name)
      assert.equal(parameters?.get('filename'), name.replaceAll(/[^\x20-\x7e]|["\\%]/gu, '_'))
    }),
    { examples: odd.map((each) => [each]) },
  )
})
