import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readUploadForm } from './upload-form.ts'

const boundary = '----b'

async function* inChunks(body: Buffer, size: number) {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size)
}

test('a form is read as each client writes it', async () => {
  const read = async (text: string, type = `multipart/form-data; boundary=${boundary}`) => {
    const { fields, filename, content } = await readUploadForm(inChunks(Buffer.from(text), 7), type)
    const parts: Buffer[] = []
    for await (const part of content) parts.push(part)
    return [Object.fromEntries(fields), filename, Buffer.concat(parts).toString()]
  }
  const part = (headers: string, content: string) => `--${boundary}\r\n${headers}\r\n\r\n${content}\r\n`
  const end = `--${boundary}--`
  const key = part('Content-Disposition: form-data; name="key"', 'k')
  const file = part('Content-Disposition: form-data; name="file"; filename="f"', 'x')
  const ofDotNet = [
    part('Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=key', 'k'),
    part("Content-Disposition: form-data; name=file; filename=f; filename*=utf-8''f", 'x'),
  ]
  const shouting = part('content-DISPOSITION:Form-Data;NAME="Key"', 'k')
  const folded = part('Content-Disposition: form-data;\r\n\tname="key"', 'k')
  const windows = part('Content-Disposition: form-data; filename="C:\\a; name=b\\f"; name="file"', 'x')
  const forms: [form: string, type?: string][] = [
    [ofDotNet.join('') + end],
    [shouting + file + end, `Multipart/Form-Data; Boundary=${boundary}`],
    [folded + file + end],
    [`a preamble\r\n${key}${file}${end}\r\nan epilogue`],
    [key + file + part('Content-Disposition: form-data; name="other"', 'o') + end],
    [key + file + end, `multipart/form-data; charset=utf-8; boundary="${boundary}"; x=y`],
    [key + windows + end],
  ]
  for (const [form, type] of forms) assert.deepEqual(await read(form, type), [{ key: 'k' }, 'f', 'x'], form)
  const nameless = part('Content-Disposition: form-data; name="file"', 'x')
  assert.deepEqual(await read(nameless + end), [{}, undefined, 'x'])
  for (const broken of ['no form', '', key + end, key + file, key + part('X: y', 'z') + end])
    await assert.rejects(read(broken), { code: 'MalformedPOSTRequest' }, broken)
  await assert.rejects(read(key + end, 'multipart/form-data'), { code: 'MalformedPOSTRequest' })
  await assert.rejects(read(key + end, 'text/plain'), { code: 'PreconditionFailed' })
})

test('a form is read the same however its bytes arrive', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.stringMatching(/^[a-eg-z-]{1,8}$/), fc.string({ unit: 'grapheme' }), { maxKeys: 4 }),
      fc.uint8Array({ maxLength: 200 }),
      fc.integer({ min: 1, max: 64 }),
      async (fields, content, chunk) => {
        const head = Object.entries(fields).map(
          ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
        )
        head.push(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n`)
        const body = Buffer.concat([Buffer.from(head.join('')), content, Buffer.from(`\r\n--${boundary}--`)])
        const form = await readUploadForm(inChunks(body, chunk), `multipart/form-data; boundary="${boundary}"`)
        assert.deepEqual(form.fields, new Map(Object.entries(fields)))
        const parts: Buffer[] = []
        for await (const part of form.content) parts.push(part)
        assert.ok(Buffer.concat(parts).equals(content))
      },
    ),
    { numRuns: 60 },
  )
})
