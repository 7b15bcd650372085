import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as v from 'valibot'
import { problems } from '../../test/helpers/problems.ts'
import { contentType } from '../http/multipart/file-part.ts'
import { readEnvironment } from '../http/read-environment.ts'
import { filename, fileUpload, linkQuery, uploadRequest } from './api.ts'
import { s3EnvironmentSchema } from './environment.ts'

describe('a key that S3 stores and every client can request', () => {
  test('is accepted', () => {
    const odd = ['a/', '한글 😀/é.txt', 'a//b', '..a/.b/c..', ' a ', '\u2028', '\ufeff', '__proto__']
    for (const key of [...odd, '%2F?#&+;="\\\'*()[]{}<>|^`~', 'x'.repeat(1024), '한'.repeat(341)])
      assert.equal(v.parse(filename, key), key)
  })

  const wrong: Record<string, unknown[]> = {
    'must not be empty': [''],
    'must have at most 1024 bytes in UTF-8': ['x'.repeat(1025), '한'.repeat(342)],
    'must not begin with a slash': ['/a'],
    'must not contain control characters': ['a\0', 'a\r\nb', 'a\x7f', 'a\x85'],
    'must not have . or .. between slashes': ['.', '..', './a', 'a/../b', 'a/.'],
    'must be in UTF-8, without lone surrogates or U+FFFD, the sign of a wrong encoding': ['a\ud800', 'a\ufffd'],
    'must be one string': [['a', 'b'], null, 5],
  }
  for (const [message, keys] of Object.entries(wrong)) {
    test(`${message}, or is refused`, () => {
      for (const key of keys) assert.deepEqual(problems(filename, key), [[null, message]], String(key))
    })
  }
})

test('a content type must fit in a header', () => {
  const right = ['image/png', 'text/plain; charset=utf-8', 'text/plain ;x="a b"', 'application/vnd.api+json']
  for (const type of [...right, `a/${'b'.repeat(253)}`]) assert.equal(v.parse(contentType, type), type)
  const wrong = ['', 'image', 'image/', '/png', 'a/b c', 'a/b\r\nX: y', 'a/b; é', 'a/b;\n', `a/${'b'.repeat(254)}`, 5]
  for (const type of wrong) assert.ok(!v.is(contentType, type), String(type))
})

test('looks up the file only with verify=true', () => {
  for (const verify of [undefined, 'true', 'false'])
    assert.equal(v.parse(linkQuery, { filename: 'a', verify }).verify, verify === 'true')
  for (const verify of ['', '1', 'TRUE', 'yes'])
    assert.deepEqual(problems(linkQuery, { filename: 'a', verify }), [['verify', 'must be true or false']])
})

test('an upload is named by its field, or else by the file; refuses an empty name, two names or two files', () => {
  const file = { content: Buffer.from('x'), contentType: 'text/plain', filename: 'own.txt' }
  assert.deepEqual(v.parse(fileUpload, { file, filename: 'given' }), { filename: 'given', file })
  assert.deepEqual(v.parse(fileUpload, { file }), { filename: 'own.txt', file })
  assert.deepEqual(problems(fileUpload, { file, filename: '' }), [['filename', 'must not be empty']])
  assert.deepEqual(problems(fileUpload, { file, filename: ['a', 'b'] }), [['filename', 'must be one string']])
  assert.deepEqual(problems(fileUpload, { filename: 'a', file: [file, file] }), [['file', 'must be one file']])
})

test('a direct upload has a size up to 5 GiB, a type, and no placeholder of S3 in its key', () => {
  const request = { filename: 'a', size: 5 * 1024 ** 3, contentType: 'image/png' }
  assert.deepEqual(v.parse(uploadRequest, request), request)
  assert.equal(v.parse(uploadRequest, { filename: 'a', size: 0 }).contentType, 'application/octet-stream')
  const outside = ['size', 'must be an integer from 0 to 5368709120']
  for (const size of [-1, 5 * 1024 ** 3 + 1, 1.5, '1', null])
    assert.deepEqual(problems(uploadRequest, { ...request, size }), [outside])
  const placeholder = ['filename', "must not contain S3's placeholder for the file's name"]
  assert.deepEqual(problems(uploadRequest, { ...request, filename: `a/$\{filename}` }), [placeholder])
  const message = 'must be a JSON object with filename, size and contentType'
  for (const body of [null, 'a']) assert.deepEqual(problems(uploadRequest, body), [[null, message]])
})

test('links last at most an hour, which is the default', () => {
  const read = (more: Record<string, string>) => readEnvironment(s3EnvironmentSchema, { BUCKET_NAME: 'b', ...more })
  assert.equal(read({}).URL_EXPIRES_IN, 3600)
  for (const URL_EXPIRES_IN of ['0', '3601'])
    assert.throws(() => read({ URL_EXPIRES_IN }), /: URL_EXPIRES_IN must be an integer from 1 to 3600\./)
})
