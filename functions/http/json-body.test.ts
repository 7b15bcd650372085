import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import * as v from 'valibot'
import { bodyParser } from '../../test/helpers/body-parser.ts'
import { jsonBody } from './json-body.ts'

const parse = bodyParser(jsonBody(), { json: v.unknown() })
const read = (body: unknown, contentType = 'application/json') => parse(body, contentType)
const refused = (body: unknown, message: string) =>
  assert.rejects(read(body), { name: 'InvalidInputError', errors: [{ path: 'body', message }] })

test('round-trips any value and its field names, in base64 or as text', async () => {
  const value = fc.jsonValue().filter((each) => !/"(__proto__|constructor)"/.test(JSON.stringify(each)))
  await fc.assert(
    fc.asyncProperty(value, fc.boolean(), async (given, encoded) => {
      const text = JSON.stringify(given)
      assert.equal(JSON.stringify(await read(encoded ? Buffer.from(text) : text)), text)
    }),
    { examples: [[{ constructor: 1, prototype: {}, hasOwnProperty: null, lone: '\ud800' }, false]] },
  )
})

describe('refuses invalid JSON', () => {
  const nested = ['['.repeat(100_000) + ']'.repeat(100_000), '[{"a":'.repeat(100_000)]
  // Invalid UTF-8, half a character, UTF-16, Shift-JIS (a second byte may be a backslash) and byte-order marks.
  const bytes = [Buffer.from([0x22, 0xff, 0x22]), Buffer.from('"😀"').subarray(0, 4), Buffer.from('{"a":1}', 'utf16le')]
  for (const body of ['{', ' ', 'a=1', ...nested, ...bytes, '{"a":"\ufffd\\"}', '\ufeff{}', Buffer.from('\ufeff{}')])
    test(JSON.stringify(body).slice(0, 50), () => refused(body, 'must be JSON in UTF-8 without a byte-order mark'))
})

describe('refuses keys that pollute prototypes, by name', () => {
  const proto = ['{"__proto__":{"admin":true}}', '{"a":[{"__proto__":null}]}', '{"\\u005f_proto__":1}']
  for (const text of [...proto, '{"constructor":{"prototype":{"admin":true}}}'])
    test(text, () => refused(text, 'must not have a field __proto__ or constructor.prototype'))
})

test('requires a body', async () => {
  for (const body of [null, '', new Uint8Array(), {}]) await refused(body, 'is required: a JSON object')
})

test('the media type must be JSON, in UTF-8', async () => {
  const plain = 'application/json'
  const right = [`${plain}; charset="UTF-8"`, `${plain}; charset=utf8`, `${plain}; charset=us-ascii; version=1;`]
  for (const type of ['APPLICATION/JSON', 'application/vnd.api+json; ext="x"', ...right])
    assert.deepEqual(await read('{}', type), {}, type)
  const wrong = [`${plain}, ${plain}`, `${plain}; charset=utf-16`, `${plain}; charset="x`]
  for (const type of ['', 'text/plain', 'application/xjson', 'text/json+x', ...wrong])
    await assert.rejects(read('{}', type), { status: 415 }, type)
})

test('limits a body to 1,000,000 bytes, in base64 or as text: 6 MB of empty objects would exhaust memory', async () => {
  const large = (length: number) => JSON.stringify('é'.repeat(length / 2 - 1))
  const both = (length: number) => [large(length), Buffer.from(large(length))]
  for (const body of both(1_000_000)) assert.equal(await read(body), 'é'.repeat(499_999))
  for (const body of both(1_000_002)) await assert.rejects(read(body), { status: 413 })
})
