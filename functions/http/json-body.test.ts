import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import * as v from 'valibot'
import { lambdaContext, proxyEvent } from '../../test/support.ts'
import { CallerError } from './caller-errors.ts'
import type { HttpEvent, HttpRequest } from './http-event.ts'
import { jsonBody } from './json-body.ts'

const { before: parse } = jsonBody()
const route = { body: { json: v.unknown() } }

async function read(body: unknown, contentType: string | null = 'application/json'): Promise<unknown> {
  const headers = contentType === null ? {} : { 'content-type': contentType }
  const event = {
    ...proxyEvent({ method: 'POST', headers, body: body as string }),
    ...(typeof body !== 'string' && !(body instanceof Uint8Array) && { body }),
  } as HttpEvent
  await parse?.({ event, context: lambdaContext(), internal: { route } } as unknown as HttpRequest)
  return event.body
}
const refused = (body: unknown, message: string) =>
  assert.rejects(read(body), { name: 'InvalidInputError', errors: [{ path: 'body', message }] })

test('JSON is read as it is', async () => {
  const values: [body: string | Buffer, value: unknown][] = [
    ['0', 0],
    [' \r\n\t{"a" : 1 } ', { a: 1 }],
    ['{"a":1,"a":2}', { a: 2 }],
    ['{"a":9007199254740993}', { a: 9007199254740992 }],
    ['{"a":"\\ud800"}', { a: '\ud800' }],
    ['{"constructor":1,"prototype":{},"hasOwnProperty":null}', { constructor: 1, prototype: {}, hasOwnProperty: null }],
    [Buffer.from('{"a":"한글"}'), { a: '한글' }],
  ]
  for (const [body, value] of values) assert.deepEqual(await read(body), value, String(body))
})

describe('what is no JSON is refused', () => {
  const nested = ['['.repeat(100_000) + ']'.repeat(100_000), '[{"a":'.repeat(100_000)]
  // Bytes that are no UTF-8, half a character, UTF-16, Shift-JIS, whose second bytes may be backslashes, and byte-order marks.
  const bytes = [Buffer.from([0x22, 0xff, 0x22]), Buffer.from('"😀"').subarray(0, 4), Buffer.from('{"a":1}', 'utf16le')]
  const decoded = ['{\0"\0a\0"\0:\x001\0}\0', '{"a":"\ufffd\\"}', '\ufeff{}', Buffer.from('\ufeff{}')]
  for (const body of ['{', '{"a":1,}', "{'a':1}", '{"a":NaN}', '{} {}', ' ', 'a=1', ...nested, ...bytes, ...decoded])
    test(JSON.stringify(body).slice(0, 50), () => refused(body, 'is not valid JSON in UTF-8 without a byte-order mark'))
})

describe('keys that would change what objects are made of are refused by name', () => {
  const proto = ['{"__proto__":{"admin":true}}', '{"a":[{"__proto__":null}]}', '{"\\u005f_proto__":1}']
  for (const text of [...proto, '{"constructor":{"prototype":{"admin":true}}}'])
    test(text, () => refused(text, 'must not have a field __proto__ or constructor.prototype'))
})

test('a missing body is required', async () => {
  for (const body of [null, undefined, '', new Uint8Array(), {}, 5]) await refused(body, 'is required: a JSON object')
})

test('the media type must be JSON', async () => {
  const charsets = ['charset="UTF-8"', 'charset=utf8', 'charset=us-ascii', 'version=1;'].map((text) => `; ${text}`)
  for (const type of ['APPLICATION/JSON', 'application/vnd.api+json; ext="x"'])
    assert.deepEqual(await read('{}', type), {}, type)
  for (const parameters of charsets) assert.deepEqual(await read('{}', `application/json${parameters}`), {}, parameters)
  const wrong = [
    'application/json, application/json',
    'application/json; charset=utf-16',
    'application/json; charset="x',
  ]
  for (const type of [null, '', 'text/plain', 'application/xjson', 'text/json+x', ...wrong])
    await assert.rejects(read('{}', type), { status: 415 }, String(type))
})

test('a body has at most 1,000,000 bytes, in base64 or not: 6 MB of empty objects would take all memory', async () => {
  const large = (length: number) => JSON.stringify('é'.repeat(length / 2 - 1))
  assert.equal(await read(large(1_000_000)), 'é'.repeat(499_999))
  for (const body of [large(1_000_002), Buffer.from(large(1_000_002)), `[${'{},'.repeat(2_000_000)}{}]`])
    await assert.rejects(read(body), { status: 413 })
})

test('any value comes out as it went in, its names too', async () => {
  const value = fc.jsonValue().filter((each) => !/"(__proto__|constructor)"/.test(JSON.stringify(each)))
  await fc.assert(
    fc.asyncProperty(value, fc.boolean(), async (given, encoded) => {
      const text = JSON.stringify(given)
      assert.equal(JSON.stringify(await read(encoded ? Buffer.from(text) : text)), text)
    }),
  )
})

test('any text is a value or an error of the caller', async () => {
  const pieces = ['{', '}', '[', ']', '"', ':', ',', '\\', 'u', 'd800', '1e9', '-', 'null', '__proto__', ' ']
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom(...pieces)).map((all) => all.join('')),
  )
  await fc.assert(
    fc.asyncProperty(fc.oneof(text, fc.uint8Array()), text, async (content, type) => {
      for (const parameters of ['', type])
        await read(content, `application/json${parameters}`).catch((error) =>
          assert.ok(error instanceof CallerError, String(error)),
        )
    }),
  )
})
