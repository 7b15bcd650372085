import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import * as v from 'valibot'
import { readForm, upload, uploadEvent } from '../../../test/helpers/multipart.ts'
import { encodeMultipart, type PartOptions } from '../../../test/support.ts'
import { CallerError } from '../caller-errors.ts'
import type { FilePart } from './file-part.ts'

function read(body: Uint8Array, boundary = 'boundary') {
  const quoted = boundary.replaceAll(/["\\]/g, '\\$&')
  return readForm(uploadEvent(body, `multipart/form-data; boundary="${quoted}"`))
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
  // A name of folders alone, without content, is what browsers send for an input that was left empty.
  const filename = name.filter((value) => !/[/\\]$/.test(value))
  const file = fc.record({ name: fc.constant('file'), filename, content })
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

const pick = (...texts: string[]) => fc.constantFrom(...texts).map((text) => Buffer.from(text))
/** One way to damage a body, at a place between 0 and 1. */
const mutation = fc.record({
  kind: fc.constantFrom('flip', 'cut', 'end', 'repeat', 'insert', 'unix', 'longer', 'shorter', 'swap'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  size: fc.integer({ min: 1, max: 40 }),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
    pick('\r\n--boundary\r\n', '\r\n--boundary--', '\r\n\r\n', '\r\n', '"', '; name="b"', '\\', ';', ':'),
    pick('Content-Disposition: form-data; name="x"\r\n', 'Content-Transfer-Encoding: base64\r\n'),
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
    return found === -1 ? [body] : [body.subarray(0, found), Buffer.from(to), body.subarray(found + from.length)]
  }
  const pieces = {
    flip: [head, bytes, body.subarray(start + bytes.length)],
    cut: [head, tail],
    end: [head],
    repeat: [head, piece, piece, tail],
    insert: [head, bytes, piece, tail],
    unix: replaced('\r\n', '\n'),
    longer: replaced('--boundary', '--boundaryx'),
    shorter: replaced('boundary', 'bound'),
    swap: [tail, piece, head],
  }
  return Buffer.concat(pieces[kind])
}

const tokens = [
  '--boundary',
  '\r\n',
  '--',
  'Content-Disposition: form-data',
  '; name="file"',
  '; filename=',
  '"',
  'x',
  ' ',
]
const hostile = {
  'whatever is damaged in a body, it is read or refused, at once, and nothing escapes': fc
    .tuple(fc.constantFrom(...valid), fc.array(mutation, { minLength: 1, maxLength: 4 }))
    .map(([body, all]) => all.reduce(damage, body)),
  'so is whatever is made of the pieces of one': fc
    .array(fc.constantFrom(...tokens))
    .map((all) => Buffer.from(all.join(''))),
}
for (const [title, body] of Object.entries(hostile)) {
  test(title, async () => {
    const property = fc.asyncProperty(body, async (bytes) => {
      try {
        v.safeParse(upload, await read(bytes))
      } catch (error) {
        // A parser that hangs is given up with another error.
        assert.ok(error instanceof CallerError, String(error))
      }
    })
    await fc.assert(property, { numRuns: 4000 })
    // Streams of the parser may still fail in a later turn.
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(escaped, [])
  })
}
