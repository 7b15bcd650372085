import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import * as v from 'valibot'
import { readForm, upload } from '../../../test/helpers/body-parser.ts'
import { encodeMultipart, type PartOptions } from '../../../test/support.ts'
import { CallerError } from '../caller-errors.ts'
import type { FilePart } from './file-part.ts'

/** Uncaught errors: each would end the process in Lambda. */
const escaped: unknown[] = []
const note = (error: unknown) => void escaped.push(error)
before(() => process.on('uncaughtException', note).on('unhandledRejection', note))
after(() => process.off('uncaughtException', note).off('unhandledRejection', note))

const text = fc.string({ unit: 'grapheme', maxLength: 12 })
const special = fc.constantFrom('a', 'a[]', '__proto__', 'constructor', '0', 'hasOwnProperty')
const name = fc.oneof(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), special)
const breaks = fc.constantFrom('\r\n', '\r', '\n', '--', '-', '\r\n--', '\r\n\r\n', ':', 'x', '\0', 'Content-Type: a/b')
const content = fc.oneof(
  fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
  fc.array(breaks).map((all) => Buffer.from(all.join(''))),
  fc.constantFrom(64 * 1024, 200_000).map((size) => Buffer.alloc(size, 'x')),
)

test('reads back any encoded form', async () => {
  const fields = fc.array(fc.record({ name, content: text }), { maxLength: 4 })
  // Browsers send an empty input as a file without a name; a name of folders alone counts as none.
  const filename = text.filter((value) => !/(^|[/\\])$/.test(value))
  const file = fc.record({ name: fc.constant('file'), filename, content })
  const boundaries = fc.stringMatching(/^[\x20-\x7e]{0,69}[\x21-\x7e]$/)
  await fc.assert(
    fc.asyncProperty(fields, file, fields, boundaries, async (first, one, last, boundary) => {
      const parts: PartOptions[] = [...first, one, ...last]
      // A client picks a boundary that its content does not contain.
      fc.pre(parts.every((part) => !Buffer.from(part.content as string).includes(`--${boundary}`)))
      const type = `multipart/form-data; boundary="${boundary.replaceAll(/["\\]/g, '\\$&')}"`
      const form = await readForm(encodeMultipart(parts, boundary), type)
      const sent = Map.groupBy(parts, (part) => part.name)
      assert.equal(Object.keys(form).length, sent.size)
      for (const [key, all] of sent) {
        const got = [form[key]].flat().map((value) => (value as FilePart).content ?? value)
        assert.deepEqual(
          got,
          all.map((part) => part.content),
        )
      }
    }),
    { numRuns: 300 },
  )
  assert.deepEqual(escaped, [])
})

const valid = encodeMultipart([
  { name: 'filename', contentType: 'text/plain; charset=utf-8', content: '한글.png' },
  { name: 'file', filename: 'a"b.png', contentType: 'image/png', content: Buffer.from([0x89, 0, 0xff, 0x0d, 0x0a]) },
  { name: '__proto__', contentType: 'text/plain; charset=euc-kr', content: 'x\r\n\r\n--x' },
  { name: 'a[]', content: '1' },
]).toString('latin1')
const delimiters = ['--boundary', '\r\n--boundary\r\n', '\r\n--boundary--', '\r\n--boundaryx', '\r\n--bound']
const marks = ['', '\r\n', '\n', '\r\n\r\n', '; name="file"', '; filename=', '"', '\\', ';', ':', '--', ' ']
const headers = ['Content-Disposition: form-data', '\r\nContent-Transfer-Encoding: base64', '\r\nContent-Type: a/b']
const piece = fc.oneof(
  fc.constantFrom(...delimiters, ...marks, ...headers),
  fc.string({ unit: 'binary-ascii', maxLength: 4 }),
)
const made = fc.array(piece).map((all) => all.join(''))

/** Damage to a body: bytes replaced, removed or inserted, anywhere or at a line end, where parsers look. */
const damage = fc.tuple(fc.nat(500), fc.constantFrom(0, 1, 2, 10, 40, 1e9), piece, fc.boolean())
const damaged = fc.array(damage, { minLength: 1, maxLength: 4 }).map((all) =>
  all.reduce((body, [place, size, put, atLineEnd]) => {
    const start = atLineEnd ? Math.max(0, body.indexOf('\r\n', place)) : place
    return body.slice(0, start) + put + body.slice(start + size)
  }, valid),
)

test('reads or refuses any damaged body quickly, without an uncaught error', async () => {
  const property = fc.asyncProperty(fc.oneof(damaged, made), async (body) => {
    try {
      v.safeParse(upload, await readForm(Buffer.from(body, 'latin1')))
    } catch (error) {
      // A hanging parser times out with another error.
      assert.ok(error instanceof CallerError, String(error))
    }
  })
  await fc.assert(property, { numRuns: 8000 })
  // Streams of the parser may still fail in a later turn.
  await setImmediate()
  assert.deepEqual(escaped, [])
})
