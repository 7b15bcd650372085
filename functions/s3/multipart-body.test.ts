import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { lambdaContext } from '../../test/helpers/event.ts'
import { encodeMultipart, type PartOptions, uploadEvent } from '../../test/helpers/multipart.ts'
import { type FieldError, InvalidInputError, PayloadTooLargeError, UnsupportedMediaTypeError } from '../http/errors.ts'
import type { HttpEvent, HttpRequest } from '../http/request.ts'
import { fileUpload } from './api.ts'
import { type FilePart, type Form, multipartBody } from './multipart-body.ts'

const { before: parse } = multipartBody({ file: 'file', tooLarge: 'ask POST /s3/uploads' })
const route = { body: { multipart: fileUpload } }

async function readEvent(event: HttpEvent): Promise<Form> {
  await parse?.({ event, context: lambdaContext(), internal: { route } } as unknown as HttpRequest)
  return event.body as Form
}
const readBody = (body: Uint8Array, contentType?: string) => readEvent(uploadEvent(body, contentType))
const read = (...parts: PartOptions[]) => readBody(encodeMultipart(parts))
const file = (options: Partial<PartOptions> = {}) => ({ name: 'file', filename: 'a.bin', content: 'x', ...options })
const bytes = (form: Form) => (form.file as FilePart).content

const refused = (reading: Promise<unknown>, ...errors: FieldError[]) =>
  assert.rejects(reading, (error: Error) => {
    assert.ok(error instanceof InvalidInputError, String(error))
    assert.deepEqual(error.errors, errors)
    return true
  })

describe('a file comes out byte for byte', () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  const contents: [name: string, Uint8Array | string][] = [
    ['all byte values', all],
    ['nothing', ''],
    ['line breaks at both ends', '\r\n\r\ntext\r\n\r\n'],
    ['one line break', '\r\n'],
    ['halves of line breaks', '\r\n\r--boundar\n--boundary\r'],
    ['dashes', '----'],
    [
      'what looks like a delimiter',
      'x--boundary\r\n\r\n--bound\n--boundary--\r--boundary\r\n --boundary\r\n-- boundary',
    ],
    ['what looks like headers', 'Content-Type: text/html\r\n\r\n'],
    ['bytes that are not UTF-8', new Uint8Array([0xff, 0xfe, 0xc3])],
    ['4,500,000 bytes', Buffer.alloc(4_500_000, all)],
  ]
  for (const [name, content] of contents) {
    test(name, async () => assert.ok(bytes(await read(file({ content }))).equals(Buffer.from(content as string))))
  }
})

test('4,500,001 bytes are too many, and the message names the way out', async () => {
  await assert.rejects(read(file({ content: Buffer.alloc(4_500_001) })), (error: Error) => {
    return error instanceof PayloadTooLargeError && /4500000 bytes.*POST \/s3\/uploads/.test(error.message)
  })
})

test('a file keeps its content type with its parameters, and without one it has the default', async () => {
  const typed = await read(file({ contentType: 'text/plain; charset=utf-8' }))
  assert.equal((typed.file as FilePart).contentType, 'text/plain; charset=utf-8')
  assert.equal(((await read(file())).file as FilePart).contentType, 'application/octet-stream')
  assert.equal(((await read(file({ contentType: '' }))).file as FilePart).contentType, 'application/octet-stream')
})

test('the part named file is a file even where the client says nothing of a file', async () => {
  const form = await read({ name: 'file', content: 'x' })
  assert.deepEqual(form.file, {
    content: Buffer.from('x'),
    contentType: 'application/octet-stream',
    filename: undefined,
  })
})

describe('text is decoded as it says', () => {
  const text = (content: Uint8Array | string, contentType?: string) =>
    read({ name: 'filename', content, ...(contentType && { contentType }) })
  const right: [contentType: string | undefined, Uint8Array | string, string][] = [
    [undefined, '한글', '한글'],
    ['text/plain', '한글', '한글'],
    ['text/plain; charset=utf-8', '한글', '한글'],
    ['text/plain; charset="EUC-KR"', new Uint8Array([0xc7, 0xd1, 0xb1, 0xdb]), '한글'],
    ['text/plain; charset=ISO-8859-1', new Uint8Array([0xe9]), 'é'],
    ['text/plain; charset="utf-8', '한글', '한글'],
    [undefined, '', ''],
    [undefined, ' \r\n ', ' \r\n '],
    [undefined, 'x'.repeat(2_000_000), 'x'.repeat(2_000_000)],
  ]
  for (const [contentType, content, expected] of right) {
    test(`${contentType} ${expected.slice(0, 9)}`, async () => {
      assert.equal((await text(content, contentType)).filename, expected)
    })
  }
  const message = 'has text that is neither in UTF-8 nor in the charset it declares: send UTF-8'
  for (const contentType of [undefined, 'text/plain; charset=nonsense', 'text/plain; charset=']) {
    test(`${contentType} that it is not`, () =>
      refused(
        text('\xff', contentType).then(() => text(new Uint8Array([0xff]), contentType)),
        { path: 'filename', message },
      ))
  }
})

test('a field that is asked for by nobody is named in no message', () => {
  const message = 'has text that is neither in UTF-8 nor in the charset it declares: send UTF-8'
  return refused(read({ name: 'n'.repeat(8000), content: new Uint8Array([0xff]) }), { path: 'body', message })
})

describe('names are names', () => {
  const names = [
    '__proto__',
    'constructor',
    'hasOwnProperty',
    'a[]',
    'a[b]',
    '[]',
    ']',
    '0',
    'a b',
    '한글',
    'n'.repeat(4000),
  ]
  for (const name of names) {
    test(name.slice(0, 20), async () => {
      const form = await read({ name, content: 'v' }, file())
      assert.deepEqual(
        Object.entries(form)
          .map(([key]) => key)
          .sort(),
        ['file', name].sort(),
      )
      assert.equal(form[name], 'v')
      assert.equal(({} as Form).v, undefined)
    })
  }
  test('a field `a` beside a field `a[]`', async () => {
    const form = await read({ name: 'a', content: '1' }, { name: 'a[]', content: '2' }, file())
    assert.deepEqual([form.a, form['a[]']], ['1', '2'])
  })
  test('sent more than once, all are there in their order', async () => {
    const contents = ['', 'x'.repeat(200_000), '', 'b', '', 'a', 'y'.repeat(70_000)]
    const form = await read(...contents.map((content) => ({ name: 'a', content })))
    assert.deepEqual(form.a, contents)
  })
})

describe('a file under another name', () => {
  test('is refused, since it would be dropped', () => {
    const message = 'has a file in a part of another name: send one file, as file'
    return refused(read(file(), file({ name: 'avatar' })), { path: 'body', message })
  })
  test('is nothing, where it is a file input that was left empty', async () => {
    const empty = { filename: '', content: '', contentType: 'application/octet-stream' }
    assert.deepEqual(Object.keys(await read(file({ name: 'avatar', ...empty }), file())), ['file'])
    assert.deepEqual(Object.keys(await read(file(empty), { name: 'filename', content: 'keep.txt' })), ['filename'])
  })
})

describe('the content type', () => {
  const body = (boundary: string) => encodeMultipart([file()], boundary)
  const boundaries: [header: string, boundary: string][] = [
    ['multipart/form-data;boundary=b', 'b'],
    ['multipart/form-data; boundary="b"', 'b'],
    ['Multipart/Form-Data; charset=utf-8; BOUNDARY=B', 'B'],
    ['multipart/form-data; boundary=a_b.c', 'a_b.c'],
    ['multipart/form-data; boundary="a b:\'()+_,-./=?\\"\\\\"', 'a b:\'()+_,-./=?"\\'],
    [`multipart/form-data; boundary=${'b'.repeat(200)}`, 'b'.repeat(200)],
  ]
  for (const [header, boundary] of boundaries) {
    test(`is understood: ${header.slice(0, 70)}`, async () => {
      assert.equal(bytes(await readBody(body(boundary), header)).toString(), 'x')
    })
  }
  for (const header of ['', 'application/json', 'multipart/mixed; boundary=b', 'multipart/form-data; boundary="b']) {
    test(`is not the one asked for: ${header}`, () =>
      assert.rejects(readBody(body('b'), header), UnsupportedMediaTypeError))
  }
  for (const boundary of [
    '',
    '; boundary=',
    '; boundary=""',
    '; boundary="b "',
    '; boundary="é"',
    `; boundary=${'b'.repeat(201)}`,
  ]) {
    test(`has no usable boundary: ${boundary.slice(0, 20)}`, () => {
      const message = 'has no usable boundary in its Content-Type'
      return refused(readBody(body('b'), `multipart/form-data${boundary}`), { path: 'body', message })
    })
  }
})

test('a body that came as text is read too, and a missing one is malformed', async () => {
  const event = uploadEvent(new Uint8Array())
  const text = encodeMultipart([{ name: 'filename', content: '한글' }]).toString()
  assert.deepEqual({ ...(await readEvent({ ...event, body: text, isBase64Encoded: false })) }, { filename: '한글' })
  for (const body of [null, undefined, '', {}]) {
    await refused(readEvent({ ...event, body }), { path: 'body', message: 'ends without the closing boundary' })
  }
})
