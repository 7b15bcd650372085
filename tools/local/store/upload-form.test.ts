import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { readUploadForm } from './upload-form.ts'

const boundary = '----b'
const part = (headers: string, content: string) => `--${boundary}\r\n${headers}\r\n\r\n${content}\r\n`
const end = `--${boundary}--`
const key = part('Content-Disposition: form-data; name="key"', 'k')
const file = part('Content-Disposition: form-data; name="file"; filename="f"', 'x')

/** Fields, file name and content of a form read in chunks of seven bytes. */
async function read(text: string, type = `multipart/form-data; boundary=${boundary}`) {
  const chunks = (text.match(/.{1,7}/gs) ?? []).map((chunk) => Buffer.from(chunk))
  const request = Object.assign(Readable.from(chunks), { headers: { 'content-type': type } })
  const { fields, filename, content } = await readUploadForm(request)
  return [Object.fromEntries(fields), filename, (await buffer(content)).toString()]
}

test('reads forms of every client', async () => {
  const ofDotNet = [
    part('Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=key', 'k'),
    part("Content-Disposition: form-data; name=file; filename=f; filename*=utf-8''f", 'x'),
  ]
  const shouting = part('content-DISPOSITION:Form-Data;NAME="Key"', 'k')
  const other = part('Content-Disposition: form-data; name="other"', 'o')
  const windows = part('Content-Disposition: form-data; filename="C:\\a; name=b\\f"; name="file"', 'x')
  const type = `Multipart/Form-Data; charset=utf-8; Boundary="${boundary}"; x=y`
  for (const form of [ofDotNet.join(''), shouting + file, key + windows, key + file + file, key + file + other])
    for (const each of [undefined, type])
      assert.deepEqual(await read(`a preamble\r\n${form}${end}\r\nan epilogue`, each), [{ key: 'k' }, 'f', 'x'], form)
  const nameless = part('Content-Disposition: form-data; name="file"', 'x')
  assert.deepEqual(await read(nameless + end), [{}, undefined, 'x'])
})

test('refuses a malformed form, one that breaks off, and one without a file', async () => {
  const nameless = part('Content-Disposition: form-data', 'x')
  for (const broken of ['no form', '', key, key + file, key + file.slice(0, -3), key + nameless + file + end])
    await assert.rejects(read(broken), { code: 'MalformedPOSTRequest' }, broken)
  for (const type of ['text/plain', 'multipart/form-data'])
    await assert.rejects(read(key + end, type), { code: 'MalformedPOSTRequest' })
  await assert.rejects(read(key + end), { code: 'InvalidArgument' })
  const long = part('Content-Disposition: form-data; name="a"', 'x'.repeat(15_000))
  await assert.rejects(read(long + long + file + end), { code: 'MaxPostPreDataLengthExceeded' })
})
