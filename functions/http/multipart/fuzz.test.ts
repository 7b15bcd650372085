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
const breaks = fc.constantFrom('\r\n', '\r', '\n', '--', '-', '\r\n--', '\r\n\r\n', ':', 'x', '\0', 'Content-Type: a/b')
const content = fc.oneof(
  fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
  fc.array(breaks).map((all) => Buffer.from(all.join(''))),
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
    { name: 'a[]', content: '1' },
    { name: '__proto__', contentType: 'text/plain; charset=euc-kr', content: 'x' },
  ]),
]
const delimiters = ['--boundary', '\r\n--boundary\r\n', '\r\n--boundary--', '\r\n--boundaryx', '\r\n--bound']
const marks = ['', '\r\n', '\n', '\r\n\r\n', '; name="file"', '; filename=', '"', '\\', ';', ':', '--', ' ']
const headers = ['Content-Disposition: form-data', '\r\nContent-Transfer-Encoding: base64', '\r\nContent-Type: a/b']
const piece = fc.oneof(
  fc.constantFrom(...delimiters, ...marks, ...headers),
  fc.string({ unit: 'binary-ascii', maxLength: 4 }),
)

/** Ways to damage a body: some bytes, or none, in the place of others, anywhere or at the end of a line, where parsers look. */
const damage = fc.tuple(fc.nat(400), fc.constantFrom(0, 1, 2, 10, 40, 1e9), piece, fc.boolean())
const damaged = fc
  .tuple(fc.constantFrom(...valid), fc.array(damage, { minLength: 1, maxLength: 4 }))
  .map(([body, all]) => {
    let text = body.toString('latin1')
    for (const [place, size, put, atLineEnd] of all) {
      const start = atLineEnd ? Math.max(0, text.indexOf('\r\n', place)) : place
      text = text.slice(0, start) + put + text.slice(start + size)
    }
    return text
  })
const made = fc.array(piece).map((all) => all.join(''))

for (const [title, bodies] of [
  ['whatever is damaged in a body, it is read or refused, at once, and nothing escapes', damaged],
  ['so is whatever is made of the pieces of one', made],
] as const) {
  test(title, async () => {
    const property = fc.asyncProperty(bodies, async (text) => {
      try {
        v.safeParse(upload, await read(Buffer.from(text, 'latin1')))
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
