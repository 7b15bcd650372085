import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import * as v from 'valibot'
import { lambdaContext } from '../../test/helpers/event.ts'
import { encodeMultipart, type PartOptions, uploadEvent } from '../../test/helpers/multipart.ts'
import { CallerError } from '../http/errors.ts'
import type { HttpRequest } from '../http/request.ts'
import { fileUpload } from './api.ts'
import { type FilePart, type Form, multipartBody } from './multipart-body.ts'

const { before: parse } = multipartBody({ file: 'file', tooLarge: '' })
const route = { body: { multipart: fileUpload } }

async function read(body: Uint8Array, boundary = 'boundary'): Promise<Form> {
  const quoted = boundary.replaceAll(/["\\]/g, '\\$&')
  const event: { body: unknown } = uploadEvent(body, `multipart/form-data; boundary="${quoted}"`)
  await parse?.({ event, context: lambdaContext(), internal: { route } } as unknown as HttpRequest)
  return event.body as Form
}

/** Errors that no handler saw: in Lambda each of them ends the process. */
const escaped: unknown[] = []
const note = (error: unknown) => void escaped.push(error)
before(() => process.on('uncaughtException', note).on('unhandledRejection', note))
after(() => process.off('uncaughtException', note).off('unhandledRejection', note))

const text = fc.string({ unit: 'grapheme', maxLength: 12 })
const name = fc.oneof(
  { weight: 3, arbitrary: text.filter((value) => value !== '' && value.isWellFormed() && !/[\r\n\0]/.test(value)) },
  { weight: 1, arbitrary: fc.constantFrom('a', 'a[]', '__proto__', 'constructor', '0', 'hasOwnProperty') },
)
const boundary = fc.oneof(
  fc.constantFrom('----WebKitFormBoundary7MA4YWxkTrZu0gW', 'b', '--', 'X-INSOMNIA-BOUNDARY'),
  fc.stringMatching(/^[\x20-\x7e]{0,69}[\x21-\x7e]$/),
)
const pieces = fc.constantFrom('\r\n', '\r', '\n', '--', '-', '\r\n--', '\r\n\r\n', ':', 'x', '\0', 'Content-Type: a/b')
const content = fc.oneof(
  fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
  fc.array(pieces).map((all) => Buffer.from(all.join(''))),
  fc.constantFrom(64 * 1024, 200_000).map((size) => Buffer.alloc(size, 'x')),
)

test('whatever form is encoded is read back', async () => {
  const fields = fc.array(fc.record({ name, content: text.filter((value) => value.isWellFormed()) }), { maxLength: 8 })
  const file = fc.record({ name: fc.constant('file'), filename: name, content })
  await fc.assert(
    fc.asyncProperty(fields, file, boundary, fc.nat(), async (sent, sentFile, delimiter, position) => {
      const parts: PartOptions[] = sent.filter((field) => field.name !== 'file')
      parts.splice(position % (parts.length + 1), 0, sentFile)
      // A client picks a boundary that stands nowhere in what it sends.
      fc.pre(parts.every((part) => !Buffer.from(part.content as string).includes(`--${delimiter}`)))
      const form = await read(encodeMultipart(parts, delimiter), delimiter)
      const expected = new Map<string, unknown[]>()
      for (const part of parts) expected.set(part.name, [...(expected.get(part.name) ?? []), part.content])
      for (const [key, values] of expected) {
        const got = [form[key]].flat().map((value) => (value as FilePart).content ?? value)
        assert.deepEqual(got, values)
      }
      assert.equal(Object.keys(form).length, expected.size)
    }),
    { numRuns: 300 },
  )
  assert.deepEqual(escaped, [])
})

const valid = [
  encodeMultipart([
    { name: 'filename', content: '한글.png' },
    { name: 'file', filename: 'a.png', contentType: 'image/png', content: Buffer.from([0x89, 0, 0xff, 0x0d, 0x0a]) },
  ]),
  encodeMultipart([
    { name: 'file', filename: 'a"b.txt', contentType: 'text/plain; charset=utf-8', content: 'x\r\n\r\n--x' },
    { name: 'a', content: '' },
    { name: 'a[]', content: '1' },
    { name: '__proto__', contentType: 'text/plain; charset=euc-kr', content: 'x' },
  ]),
]

/** One way to damage a body, at a place between 0 and 1. */
const mutation = fc.record({
  kind: fc.constantFrom('flip', 'cut', 'end', 'repeat', 'insert', 'unix', 'longer', 'shorter', 'swap'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  size: fc.integer({ min: 1, max: 40 }),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
    fc
      .constantFrom('\r\n--boundary\r\n', '\r\n--boundary--', '\r\n\r\n', '\r\n', '"', '; name="b"', '\\', ';', ':')
      .map(Buffer.from),
    fc
      .constantFrom('Content-Disposition: form-data; name="x"\r\n', 'Content-Transfer-Encoding: base64\r\n')
      .map(Buffer.from),
  ),
})

function damage(
  body: Buffer,
  { kind, at, size, bytes }: typeof mutation extends fc.Arbitrary<infer T> ? T : never,
): Buffer {
  const start = Math.floor(at * body.length)
  const [head, piece, tail] = [body.subarray(0, start), body.subarray(start, start + size), body.subarray(start + size)]
  const replaced = (from: string, to: string) => {
    const found = body.indexOf(from, start)
    if (found === -1) return body
    return Buffer.concat([body.subarray(0, found), Buffer.from(to), body.subarray(found + from.length)])
  }
  switch (kind) {
    case 'flip':
      return Buffer.concat([head, bytes, body.subarray(start + bytes.length)])
    case 'cut':
      return Buffer.concat([head, tail])
    case 'end':
      return head
    case 'repeat':
      return Buffer.concat([head, piece, piece, tail])
    case 'insert':
      return Buffer.concat([head, bytes, piece, tail])
    case 'unix':
      return replaced('\r\n', '\n')
    case 'longer':
      return replaced('--boundary', '--boundaryx')
    case 'shorter':
      return replaced('boundary', 'bound')
    default:
      return Buffer.concat([tail, piece, head])
  }
}

test('whatever is damaged in a body, it is read or refused, at once, and nothing escapes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...valid),
      fc.array(mutation, { minLength: 1, maxLength: 4 }),
      async (body, all) => {
        try {
          v.safeParse(fileUpload, await read(all.reduce(damage, body)))
        } catch (error) {
          // A parser that hangs is given up with another error.
          assert.ok(error instanceof CallerError, String(error))
        }
      },
    ),
    { numRuns: 5000 },
  )
  // Streams of the parser may still fail in a later turn.
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(escaped, [])
})

test('random bytes after a delimiter are read or refused', async () => {
  const tokens = fc.constantFrom(
    '--boundary',
    '\r\n',
    '--',
    'Content-Disposition: form-data',
    '; name="file"',
    '; filename=',
    '"',
    'x',
    ' ',
  )
  await fc.assert(
    fc.asyncProperty(fc.array(tokens), async (all) => {
      await read(Buffer.from(all.join(''))).catch((error) => assert.ok(error instanceof CallerError, String(error)))
    }),
    { numRuns: 2000 },
  )
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(escaped, [])
})
