/** Descriptions and schemas of the APIs accept the same values. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import * as v from 'valibot'
import { creationHeaders, newUser, page, userPath } from '../../functions/rds/api.ts'
import { fileUpload, linkQuery, MAX_POST_SIZE, uploadRequest } from '../../functions/s3/api.ts'
import { accepts, readDescription } from '../helpers/openapi.ts'

/** Special cases of names and keys: blanks, lone surrogates, control and invisible characters, segments, length limits. */
const special = [
  ...['', ' ', '\u00a0x\ufeff', '\ud800', '\u2028', 'a\u2028b', '\na\n', 'a\nb', '\x7f', '\x85'],
  ...['a\ufffd', '\u200b', '\u202ea', '\u1112\u1161\u11ab', '.', 'a/../b', './a', 'a//é', '/a', `$\{filename}`],
  ...[255, 256, 511, 1024, 1025].flatMap((length) => ['x'.repeat(length), ` ${'x'.repeat(length)} `]),
  ...[255, 256].map((length) => '😀'.repeat(length)),
]
const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.constantFrom(...special))
const mediaTypes = ['text/plain', 'text/plain; charset="a b"', 'text', 'a/b;', 'a/b c', `a/${'b'.repeat(253)}`]
const mediaType = fc.oneof(text, fc.constantFrom(...mediaTypes, `a/${'b'.repeat(254)}`))
const number = fc.oneof(
  fc.constantFrom(-1, 0, 150, 151, MAX_POST_SIZE, MAX_POST_SIZE + 1),
  fc.integer({ min: -2, max: 152 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)
/** Both sides of every bound of a number in a query, and numerals that only some parsers accept. */
const numerals = '0,1,1000,1001,9007199254740991,9007199254740992,99999999999999999999,,00,01,+1,1e2,1.0,0x1, 1,NaN'
const numeral = fc.oneof(
  fc.integer({ min: -1, max: 1002 }).map(String),
  text.filter((value) => value.isWellFormed()),
  fc.constantFrom(...numerals.split(',')),
)
const flag = fc.constantFrom('true', 'false', 'TRUE', '1', '')
const headerValue = fc.oneof(text, fc.stringMatching(/^[\x20-\x7e]{1,256}$/))
const or = (arbitrary: fc.Arbitrary<unknown>, weight: number) =>
  fc.oneof({ weight, arbitrary }, fc.jsonValue({ maxDepth: 2 }))
const user = fc.record({ name: or(text, 4), age: or(number, 4) }, { requiredKeys: [] })
const upload = fc.record(
  { filename: or(text, 6), size: or(number, 6), contentType: mediaType },
  { requiredKeys: ['filename', 'size'] },
)

// Rules that the descriptions state in words: not every client knows these character classes.
const isVisible = (value: unknown) => {
  const { name } = value as { name: string }
  const visible = name.replace(/[\p{DI}\u2800\ufffc\u{13441}\u{13442}\u{1d159}]/gu, '')
  return name.isWellFormed() && /[\p{L}\p{N}\p{P}\p{S}]/u.test(visible)
}
const isKey = (name: unknown) =>
  typeof name !== 'string' || (Buffer.byteLength(name.normalize()) <= 1024 && name.isWellFormed())
const isSignable = ({ filename }: { filename?: unknown }) =>
  isKey(filename) && !String(filename).includes(`$\{filename}`)
const isSafe = (value: string) => !(Number(value) > Number.MAX_SAFE_INTEGER)

const [users, files] = ['rds', 's3'].map(readDescription)
type Description = ReturnType<typeof readDescription>
const component = (description: Description, name: string) => (value: unknown) =>
  accepts(description.components.schemas[name], value)
/** Whether the description accepts this text for a parameter. Only numbers and booleans are parsed. */
const parameter = (description: Description, method: string, path: string, index: number) => (value: string) => {
  const { schema } = description.paths[path][method].parameters[index]
  const isJson = schema.type !== 'string' && /^(-?(0|[1-9]\d*)|true|false)$/.test(value)
  return accepts(schema, isJson ? JSON.parse(value) : value)
}

/** @param input value for the schema. @param also rule that the description states in words. */
const agree = <T>(
  name: string,
  arbitrary: fc.Arbitrary<T>,
  schema: v.GenericSchema,
  input: (value: T) => unknown,
  described: (value: T) => boolean,
  also: (value: T) => boolean = () => true,
) =>
  test(name, () => {
    const property = fc.property(arbitrary, (value) => {
      assert.equal(v.safeParse(schema, input(value)).success, described(value) && also(value))
    })
    fc.assert(property, { numRuns: 1000 })
  })

const file = { content: Buffer.from('x'), contentType: 'text/plain', filename: undefined }
const same = (value: unknown) => value
const inForm = (filename: string) => component(files, 'Upload')({ file: 'x', filename })
agree('users', or(user, 9), newUser, same, component(users, 'UserInput'), isVisible)
agree('direct uploads', upload, uploadRequest, same, component(files, 'UploadRequest'), isSignable)
agree('names in a form', text, fileUpload, (filename) => ({ filename, file }), inForm, isKey)
agree('limit', numeral, page, (limit) => ({ limit }), parameter(users, 'get', '/rds', 0))
agree('after', numeral, page, (after) => ({ after }), parameter(users, 'get', '/rds', 1), isSafe)
agree('id', numeral, userPath, (id) => ({ id }), parameter(users, 'get', '/rds/{id}', 0), isSafe)
agree('filename', text, linkQuery, (filename) => ({ filename }), parameter(files, 'get', '/s3', 0), isKey)
agree('verify', flag, linkQuery, (verify) => ({ filename: 'x', verify }), parameter(files, 'get', '/s3', 1))
const headers = (value: string) => ({ 'idempotency-key': value })
agree('keys of creations', headerValue, creationHeaders, headers, parameter(users, 'post', '/rds', 0))
