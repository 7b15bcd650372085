import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import * as v from 'valibot'
import { lambdaContext, proxyEvent } from '../../test/support.ts'
import { CallerError, InvalidInputError, PayloadTooLargeError, UnsupportedMediaTypeError } from './caller-errors.ts'
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
  assert.rejects(read(body), (error: Error) => {
    assert.ok(error instanceof InvalidInputError)
    assert.deepEqual(error.errors, [{ path: 'body', message }])
    return true
  })

describe('JSON is read as it is', () => {
  const values: [text: string, value: unknown][] = [
    ['0', 0],
    [' \r\n\t{"a" : 1 } ', { a: 1 }],
    ['{"a":1,"a":2}', { a: 2 }],
    ['{"a":-0}', { a: -0 }],
    ['{"a":1e999}', { a: Number.POSITIVE_INFINITY }],
    ['{"a":9007199254740993}', { a: 9007199254740992 }],
    ['{"a":"\\ud800"}', { a: '\ud800' }],
    ['{"constructor":1,"prototype":{},"hasOwnProperty":null}', { constructor: 1, prototype: {}, hasOwnProperty: null }],
  ]
  for (const [text, value] of values) test(text, async () => assert.deepEqual(await read(text), value))
  test('in base64 too', async () => assert.deepEqual(await read(Buffer.from('{"a":"한글"}')), { a: '한글' }))
})

describe('what is no JSON is refused', () => {
  const texts = ['{', '{"a":1,}', "{'a':1}", '{"a":NaN}', 'undefined', '{} {}', '{"a":"\t"}', ' ', 'a=1']
  for (const text of texts) test(JSON.stringify(text), () => refused(text, 'is not valid JSON'))
  const encoded: Record<string, (Buffer | string)[]> = {
    'bytes that are not UTF-8': [Buffer.from([0x22, 0xff, 0x22]), Buffer.from('"😀"').subarray(0, 4)],
    'UTF-16, in base64 or not': [Buffer.from('{"a":1}', 'utf16le'), '{\0"\0a\0"\0:\x001\0}\0', '\ufffd\ufffd{\0}\0'],
    'Shift-JIS, whose second bytes may be backslashes': ['{"a":"\ufffd\\"}'],
  }
  for (const [name, bodies] of Object.entries(encoded)) {
    test(name, async () => {
      for (const body of bodies) await refused(body, 'is not in UTF-8: send JSON in UTF-8')
    })
  }
  test('a byte-order mark, in base64 or not', async () => {
    const message = 'begins with a byte-order mark: send UTF-8 without one'
    for (const body of ['\ufeff{}', Buffer.from('\ufeff{}')]) await refused(body, message)
  })
})

describe('keys that would change what objects are made of are refused by name', () => {
  const texts = [
    '{"__proto__":{"admin":true}}',
    '{"name":"a","__proto__":{},"__proto__":1}',
    '{"a":[{"__proto__":null}]}',
    '{"\\u005f_proto__":1}',
    '{"constructor":{"prototype":{"admin":true}}}',
  ]
  const message = 'must not have a field __proto__ or constructor.prototype'
  for (const text of texts) test(text, () => refused(text, message))
})

test('a missing body is required', async () => {
  for (const body of [null, undefined, '', new Uint8Array(), {}, 5]) await refused(body, 'is required: a JSON object')
})

describe('the media type must be JSON', () => {
  const right = [
    'APPLICATION/JSON',
    'application/json; charset="UTF-8"',
    'application/json; charset=utf8',
    'application/json; charset=us-ascii',
    'application/json; version=1;',
    'application/vnd.api+json; ext="x"',
  ]
  for (const type of right) test(type, async () => assert.deepEqual(await read('{}', type), {}))

  const wrong = [
    ...[null, '', 'text/plain', 'application/x-www-form-urlencoded', 'application/xjson', 'text/json+x'],
    ...['application/json, application/json', 'application/json; charset=utf-16', 'application/json; charset="utf-8'],
  ]
  for (const type of wrong) test(String(type), () => assert.rejects(read('{}', type), UnsupportedMediaTypeError))
})

describe('size alone is no danger', () => {
  test('nesting 100,000 deep', () => refused(`${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'is nested too deeply'))
  test('nesting that never ends', () => refused('[{"a":'.repeat(100_000), 'is not valid JSON'))
  const large = (length: number) => JSON.stringify('é'.repeat(length / 2 - 1))
  test('1,000,000 bytes', async () => assert.equal(await read(large(1_000_000)), 'é'.repeat(499_999)))
  test('more than that, in base64 or not', async () => {
    for (const body of [large(1_000_002), Buffer.from(large(1_000_002))])
      await assert.rejects(read(body), PayloadTooLargeError)
  })
  test('6 MB of empty objects, which would take all memory', () =>
    assert.rejects(read(`[${'{},'.repeat(2_000_000)}{}]`), PayloadTooLargeError))
})

test('any value comes out as it went in', async () => {
  const dangerous = (value: unknown) => /"(__proto__|constructor)"/.test(JSON.stringify(value))
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.boolean(), async (value, encoded) => {
      fc.pre(!dangerous(value))
      const text = JSON.stringify(value)
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
  const body = fc.oneof(text, fc.uint8Array())
  await fc.assert(
    fc.asyncProperty(body, text, async (content, type) => {
      await read(content).catch((error) => assert.ok(error instanceof CallerError, String(error)))
      await read(content, `application/json${type}`).catch((error) => assert.ok(error instanceof CallerError))
    }),
  )
})
