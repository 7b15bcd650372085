import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as v from 'valibot'
import { readForm, upload as schema, uploadEvent } from '../../../test/helpers/multipart.ts'

const PNG = '\x89PNG\r\n\x1a\n\0'
const FIELD = 'Content-Disposition: form-data; name="filename"'
const FILE = 'Content-Disposition: form-data; name="file"'
const TYPE = 'Content-Type: image/png'

/** Bytes as a client sends them: characters up to U+00FF are one each, others are in UTF-8. */
const bytes = (text: string) =>
  Buffer.concat([...text].map((char) => Buffer.from(char, char <= 'ÿ' ? 'latin1' : 'utf8')))

/** Header lines of each part, and its content. */
type Parts = readonly (readonly [...headers: string[], content: string])[]

/** Parameters of the header Content-Type, the form, and what is stored of it. */
const recorded: Record<string, [parameters: string, Parts, filename: string, contentType?: string, content?: string]> =
  {
    'curl 7.80: quotes and backslashes escaped by backslashes': [
      'boundary=------------------------d74496d66958873e',
      [[`${FILE}; filename="say \\"hi\\".png"`, TYPE, PNG]],
      'say "hi".png',
    ],
    '.NET HttpClient: a quoted boundary, unquoted names, a text part with a charset, both kinds of file name': [
      'boundary="6f6b6a2e-58a5-4ac1-8bb6-9f5c5f0a3d11"',
      [
        ['Content-Type: text/plain; charset=utf-8', 'Content-Disposition: form-data; name=filename', '한글.png'],
        [
          TYPE,
          `Content-Disposition: form-data; name=file; filename="=?utf-8?B?7ZWc?="; filename*=utf-8''%ED%95%9C`,
          PNG,
        ],
      ],
      '한글.png',
    ],
    'OkHttp 3: a length in every part, a charset in text': [
      'boundary=c6f0d7c1-5d1b-4a2e-9d6f-3b0b9f0f2a55',
      [
        [FIELD, 'Content-Length: 1', 'a'],
        [`${FILE}; filename="x.txt"`, 'Content-Type: text/plain; charset=utf-8', 'Content-Length: 2', '\r\n'],
      ],
      'a',
      'text/plain; charset=utf-8',
      '\r\n',
    ],
    'Apache HttpClient 4: transfer encodings, a boundary with an underscore, the charset after it': [
      'boundary=ZTfD_-7VXxnl8G3b; charset=UTF-8',
      [
        [FIELD, 'Content-Type: text/plain; charset=ISO-8859-1', 'Content-Transfer-Encoding: 8bit', 'caf\xe9'],
        [`${FILE}; filename="a.png"`, TYPE, 'Content-Transfer-Encoding: binary', PNG],
      ],
      'café',
    ],
  }

/** The upload, but for the name of its part. */
async function upload(body: Uint8Array, header: string) {
  const { filename, file } = v.parse(schema, await readForm(uploadEvent(body, header)))
  const { content, contentType } = file
  return { filename: filename ?? file.filename, file: { content, contentType } }
}

describe('what real clients send is stored as they meant it', () => {
  for (const [client, [parameters, parts, filename, contentType = 'image/png', content = PNG]] of Object.entries(
    recorded,
  ))
    test(client, async () => {
      const delimiter = `--${/boundary="?([^";]+)/.exec(parameters)?.[1]}`
      const lines = parts.flatMap((part) => [delimiter, ...part.slice(0, -1), '', part.at(-1)])
      const body = bytes([...lines, `${delimiter}--`, ''].join('\r\n'))
      const received = await upload(body, `multipart/form-data; ${parameters}`)
      assert.deepEqual(received, { filename, file: { contentType, content: Buffer.from(content, 'latin1') } })
    })

  test("Node's own fetch", async () => {
    const form = new FormData()
    form.append('filename', '한글 "a"\\b.png')
    form.append('file', new File([Buffer.from(PNG, 'latin1')], '"q"\r\n.png', { type: 'image/png' }))
    const request = new Request('http://localhost', { method: 'POST', body: form })
    const { filename, file } = await upload(await request.bytes(), request.headers.get('content-type') ?? '')
    assert.equal(filename, '한글 "a"\\b.png')
    assert.deepEqual(file, { contentType: 'image/png', content: Buffer.from(PNG, 'latin1') })
  })
})
