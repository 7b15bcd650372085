import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import * as v from 'valibot'
import { contentType } from '../http/multipart/file-part.ts'
import { filename, fileUpload, linkQuery, uploadRequest } from './api.ts'

/** Path and message of every problem. */
const problems = (schema: v.GenericSchema, value: unknown) =>
  (v.safeParse(schema, value, { abortPipeEarly: true }).issues ?? []).map((issue) => [
    v.getDotPath(issue),
    issue.message,
  ])

describe('a key that S3 keeps and every client can ask for', () => {
  const right = ['a/', '한글 😀/é.txt', 'a//b', '..a/.b/c..', ' a ', '\u2028', '\ufeff', '한'.repeat(341), '__proto__']
  for (const key of [...right, '%2F?#&+;="\\\'*()[]{}<>|^`~', 'x'.repeat(1024)])
    test(`is taken: ${key.slice(0, 30)}`, () => assert.equal(v.parse(filename, key), key))

  const wrong: Record<string, unknown[]> = {
    'must not be empty': [''],
    'must have at most 1024 bytes in UTF-8': ['x'.repeat(1025), '한'.repeat(342)],
    'must not begin with a slash': ['/a'],
    'must not contain control characters': ['a\0', 'a\r\nb', 'a\x7f', 'a\x85'],
    'must not have . or .. between slashes': ['.', '..', './a', 'a/../b', 'a/.'],
    'must be valid Unicode, without lone surrogates': ['a\ud800'],
    'must be one text': [['a', 'b'], null, 5],
  }
  for (const [message, keys] of Object.entries(wrong)) {
    test(`${message}, or is refused`, () => {
      for (const key of keys) assert.deepEqual(problems(filename, key), [[null, message]], String(key))
    })
  }

  test('is one that URL parsers leave as it is', () => {
    fc.assert(
      fc.property(fc.webPath(), fc.string({ unit: 'grapheme' }), (path, text) => {
        for (const key of [path, text].filter((candidate) => v.is(filename, candidate))) {
          const url = `https://bucket.example/${key.split('/').map(encodeURIComponent).join('/')}`
          assert.equal(new URL(url).href, url)
        }
      }),
    )
  })
})

test('a content type is one that a header can carry', () => {
  const right = ['image/png', 'text/plain; charset=utf-8', 'text/plain ;x="a b"', 'application/vnd.api+json']
  for (const type of [...right, `a/${'b'.repeat(253)}`]) assert.equal(v.parse(contentType, type), type)
  const wrong = ['', 'image', 'image/', '/png', 'a/b c', 'a/b\r\nX: y', 'a/b; é', 'a/b;\n', `a/${'b'.repeat(254)}`, 5]
  for (const type of wrong) assert.equal(problems(contentType, type).length > 0, true, String(type))
})

test('the file is looked up only with verify=true', () => {
  assert.deepEqual(v.parse(linkQuery, { filename: 'a', other: 'x' }), { filename: 'a', verify: false })
  assert.deepEqual(v.parse(linkQuery, { filename: 'a', verify: 'true' }), { filename: 'a', verify: true })
  assert.deepEqual(v.parse(linkQuery, { filename: 'a', verify: 'false' }), { filename: 'a', verify: false })
  for (const verify of ['', '1', 'TRUE', 'yes']) {
    assert.deepEqual(problems(linkQuery, { filename: 'a', verify }), [['verify', 'must be true or false']])
  }
})

describe('an upload', () => {
  const file = { content: Buffer.from('x'), contentType: 'text/plain', filename: 'own.txt' }
  test('is named by its field, or else by the file itself', () => {
    assert.deepEqual(v.parse(fileUpload, { file, filename: 'given' }), { filename: 'given', file })
    assert.deepEqual(v.parse(fileUpload, { file }), { filename: 'own.txt', file })
  })
  test('is refused with an empty name, since only a missing field falls back, with two names or two files', () => {
    assert.deepEqual(problems(fileUpload, { file, filename: '' }), [['filename', 'must not be empty']])
    assert.deepEqual(problems(fileUpload, { file, filename: ['a', 'b'] }), [['filename', 'must be one text']])
    assert.deepEqual(problems(fileUpload, { filename: 'a', file: [file, file] }), [['file', 'must be one file']])
  })
})

describe('a direct upload', () => {
  const request = { filename: 'a', size: 1, contentType: 'image/png' }
  test('is taken from nothing to 5 GiB', () => {
    for (const size of [0, 1, 5 * 1024 ** 3])
      assert.deepEqual(v.parse(uploadRequest, { ...request, size }), { ...request, size })
  })
  test('is refused beyond, and with a size that is no number of bytes', () => {
    const message = 'must be an integer from 0 to 5368709120'
    for (const size of [-1, 5 * 1024 ** 3 + 1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '1', null, [1]]) {
      assert.deepEqual([...new Set(problems(uploadRequest, { ...request, size }).map(String))], [`size,${message}`])
    }
  })
  test('has a content type of its own where none is given', () => {
    assert.equal(v.parse(uploadRequest, { filename: 'a', size: 1 }).contentType, 'application/octet-stream')
  })
  test("is refused where its key has S3's placeholder", () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is S3's, not JavaScript's
    assert.deepEqual(problems(uploadRequest, { ...request, filename: 'a/${filename}' }), [
      ['filename', "must not contain S3's placeholder for the file's name"],
    ])
  })
  test('is a JSON object', () => {
    const message = 'must be a JSON object with filename, size and contentType'
    for (const body of [null, 'a', 5, true]) assert.deepEqual(problems(uploadRequest, body), [[null, message]])
    assert.ok(problems(uploadRequest, []).length > 0)
  })
})
