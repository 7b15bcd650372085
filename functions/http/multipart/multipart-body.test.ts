import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readForm, uploadEvent } from '../../../test/helpers/multipart.ts'
import { encodeMultipart, type PartOptions } from '../../../test/support.ts'
import type { FilePart } from './file-part.ts'
import type { Form } from './multipart-body.ts'

const readBody = (body: Uint8Array, contentType?: string) => readForm(uploadEvent(body, contentType))
const read = (...parts: PartOptions[]) => readBody(encodeMultipart(parts))
const file = (options: Partial<PartOptions> = {}) => ({ name: 'file', filename: 'a.bin', content: 'x', ...options })
const bytes = (form: Form) => (form.file as FilePart).content

const refused = (reading: Promise<unknown>, message: string) =>
  assert.rejects(reading, { name: 'InvalidInputError', errors: [{ path: 'body', message }] })
const WRONG = 'is not well-formed multipart/form-data, with names and text in UTF-8 or the charset that is declared'

test('a file of up to 4,500,000 bytes comes out byte for byte; the message for more names the way out', async () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  for (const content of [Buffer.from(all), Buffer.alloc(4_500_000, all)])
    assert.ok(bytes(await read(file({ content }))).equals(content))
  const tooLarge = { status: 413, message: /4500000 bytes.*POST \/files\/uploads/ }
  await assert.rejects(read(file({ content: Buffer.alloc(4_500_001) })), tooLarge)
})

test('a file keeps its content type with its parameters, and without one it has the default', async () => {
  const typeOf = async (part: PartOptions) => ((await read(part)).file as FilePart).contentType
  assert.equal(await typeOf(file({ contentType: 'text/plain; charset=utf-8' })), 'text/plain; charset=utf-8')
  for (const part of [file(), file({ contentType: '' })]) assert.equal(await typeOf(part), 'application/octet-stream')
})

test('the part named file is a file even where the client says nothing of a file', async () => {
  const form = await read({ name: 'file', content: 'x' })
  const contentType = 'application/octet-stream'
  assert.deepEqual(form.file, { content: Buffer.from('x'), contentType, filename: undefined })
})

test('text is decoded as it says', async () => {
  const text = (content: Uint8Array | string, contentType?: string) =>
    read({ name: 'filename', content, ...(contentType && { contentType }) })
  const right: [contentType: string | undefined, Uint8Array | string, string][] = [
    [undefined, '한글', '한글'],
    ['text/plain', '한글', '한글'],
    ['text/plain; charset="EUC-KR"', new Uint8Array([0xc7, 0xd1, 0xb1, 0xdb]), '한글'],
    ['text/plain; charset=ISO-8859-1', new Uint8Array([0xe9]), 'é'],
    ['text/plain; charset="utf-8', '한글', '한글'],
    [undefined, ' \r\n ', ' \r\n '],
    [undefined, 'x'.repeat(2_000_000), 'x'.repeat(2_000_000)],
  ]
  for (const [contentType, content, expected] of right)
    assert.equal((await text(content, contentType)).filename, expected, contentType)
  for (const contentType of [undefined, 'text/plain; charset=nonsense', 'text/plain; charset='])
    await refused(text(new Uint8Array([0xff]), contentType), WRONG)
})

test('fields of long names, or sent more than once, are all there in their order', async () => {
  const contents = ['', 'x'.repeat(200_000), '', 'b', '', 'a', 'y'.repeat(70_000)]
  const name = 'n'.repeat(4000)
  assert.deepEqual((await read(...contents.map((content) => ({ name, content }))))[name], contents)
})

test('a file under another name is refused, since it would be dropped, unless its input was left empty', async () => {
  const other = read(file(), file({ name: 'avatar' }))
  await refused(other, 'has a file in a part of another name: send one file, as file')
  const empty = { filename: '', content: '', contentType: 'application/octet-stream' }
  assert.deepEqual(Object.keys(await read(file({ name: 'avatar', ...empty }), file())), ['file'])
})

test('the content type has to be that of a form, with a boundary of up to 200 characters', async () => {
  const body = (boundary: string) => encodeMultipart([file()], boundary)
  const boundary = 'B'.repeat(200)
  const form = await readBody(body(boundary), `Multipart/Form-Data; charset=utf-8; BOUNDARY=${boundary}`)
  assert.equal(bytes(form).toString(), 'x')
  for (const header of ['', 'application/json', 'multipart/mixed; boundary=b', 'multipart/form-data; boundary="b'])
    await assert.rejects(readBody(body('b'), header), { status: 415 }, header)
  for (const parameter of ['', '; boundary=', '; boundary="b "', '; boundary="é"', `; boundary=${'b'.repeat(201)}`])
    await refused(readBody(body('b'), `multipart/form-data${parameter}`), 'has no usable boundary in its Content-Type')
})

test('a name that is not in UTF-8, or encoded wrongly, makes the form malformed', async () => {
  const part = encodeMultipart([file({ filename: 'é' })])
  const latin1 = Buffer.from(part.toString(), 'latin1')
  const encoded = encodeMultipart([file({ filename: '=?utf-8?B?/w==?=' })])
  for (const body of [latin1, encoded]) await refused(readBody(body), WRONG)
})

test("Node's own fetch is understood", async () => {
  const form = new FormData()
  form.append('filename', '한글 "a"\\b.png')
  form.append('file', new File(['x'], '"q"\r\n.png', { type: 'image/png' }))
  const request = new Request('http://localhost', { method: 'POST', body: form })
  const { filename, file } = await readBody(await request.bytes(), request.headers.get('content-type') ?? '')
  assert.equal(filename, '한글 "a"\\b.png')
  assert.deepEqual(file, { filename: '%22q%22%0D%0A.png', contentType: 'image/png', content: Buffer.from('x') })
})

test('a body that came as text is read too, and a missing one is malformed', async () => {
  const event = uploadEvent(new Uint8Array())
  const text = encodeMultipart([{ name: 'filename', content: '한글' }]).toString()
  assert.deepEqual({ ...(await readForm({ ...event, body: text, isBase64Encoded: false })) }, { filename: '한글' })
  for (const body of [null, undefined, '', {}])
    await refused(readForm({ ...event, body }), 'ends without the closing boundary')
})
