import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readForm } from '../../../test/helpers/body-parser.ts'
import { encodeMultipart, type PartOptions } from '../../../test/support.ts'
import type { FilePart } from './file-part.ts'

const read = (...parts: PartOptions[]) => readForm(encodeMultipart(parts))
const file = (options: Partial<PartOptions> = {}) => ({ name: 'file', filename: 'a.bin', content: 'x', ...options })

const refused = (reading: Promise<unknown>, message: string) =>
  assert.rejects(reading, { name: 'InvalidInputError', errors: [{ path: 'body', message }] })

test('reads a file of up to 4,500,000 bytes unchanged; the message for more names the alternative route', async () => {
  const content = Buffer.alloc(
    4_500_000,
    Uint8Array.from({ length: 256 }, (_, byte) => byte),
  )
  assert.ok(((await read(file({ content }))).file as FilePart).content.equals(content))
  const tooLarge = { status: 413, message: /4500000 bytes.*POST \/files\/uploads/ }
  await assert.rejects(read(file({ content: Buffer.alloc(4_500_001) })), tooLarge)
})

test('a part named file is a file, even without a file name', async () => {
  const expected = { content: Buffer.from('x'), contentType: 'application/octet-stream', filename: undefined }
  assert.deepEqual((await read({ name: 'file', content: 'x' })).file, expected)
})

test('decodes text by the charset of its part, or as UTF-8, and refuses invalid bytes', async () => {
  const text = (bytes: readonly number[], contentType: string) =>
    read({ name: 'filename', contentType, content: Buffer.from(bytes) })
  assert.equal((await text([0xc7, 0xd1, 0xb1, 0xdb], 'text/plain; charset="EUC-KR"')).filename, '한글')
  const latin1 = Buffer.from(encodeMultipart([file({ filename: 'é' })]).toString(), 'latin1')
  const types = ['text/plain', 'text/plain; charset="utf-8', 'text/plain; charset=nonsense', 'text/plain; charset=']
  const message = 'must be well-formed multipart/form-data, with names and text in UTF-8 or the declared charset'
  for (const form of [...types.map((type) => text([0xff], type)), readForm(latin1)]) await refused(form, message)
})

test('keeps all fields with long or repeated names in order', async () => {
  const contents = ['', 'x'.repeat(2_000_000), '', 'b', '', 'a', 'y'.repeat(70_000)]
  const name = 'n'.repeat(4000)
  assert.deepEqual((await read(...contents.map((content) => ({ name, content }))))[name], contents)
})

test('refuses a file in an undeclared field, which would be dropped, unless its input is empty', async () => {
  const other = read(file(), file({ name: 'avatar' }))
  await refused(other, 'has a file in another field: send one file, as file')
  const empty = { filename: '', content: '', contentType: 'application/octet-stream' }
  assert.deepEqual(Object.keys(await read(file({ name: 'avatar', ...empty }), file())), ['file'])
})

test('requires the content type of a form, with a boundary of up to 200 characters', async () => {
  const boundary = 'B'.repeat(200)
  const type = `Multipart/Form-Data; charset=utf-8; BOUNDARY=${boundary}`
  assert.deepEqual(Object.keys(await readForm(encodeMultipart([file()], boundary), type)), ['file'])
  for (const header of ['', 'application/json', 'multipart/mixed; boundary=b', 'multipart/form-data; boundary="b'])
    await assert.rejects(readForm('', header), { status: 415 }, header)
  for (const parameter of ['', '; boundary=', '; boundary="b "', '; boundary="é"', `; boundary=${'b'.repeat(201)}`])
    await refused(readForm('', `multipart/form-data${parameter}`), 'has no usable boundary in its Content-Type')
})

test("reads a form from Node's fetch", async () => {
  const form = new FormData()
  form.append('filename', '한글 "a"\\b.png')
  form.append('file', new File(['x'], '"q"\r\n.txt', { type: 'text/plain; charset=utf-8' }))
  const request = new Request('http://localhost', { method: 'POST', body: form })
  const { filename, file } = await readForm(await request.bytes(), request.headers.get('content-type') ?? '')
  assert.equal(filename, '한글 "a"\\b.png')
  const expected = { filename: '%22q%22%0D%0A.txt', contentType: 'text/plain; charset=utf-8' }
  assert.deepEqual(file, { ...expected, content: Buffer.from('x') })
})

test('reads a body sent as text, and refuses a missing one', async () => {
  const text = encodeMultipart([{ name: 'filename', content: '한글' }]).toString()
  assert.deepEqual({ ...(await readForm(text)) }, { filename: '한글' })
  for (const body of [null, '', {}]) await refused(readForm(body), 'ends without the closing boundary')
})
