import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as v from 'valibot'
import { lambdaContext } from '../../test/helpers/event.ts'
import { uploadEvent } from '../../test/helpers/multipart.ts'
import type { HttpRequest } from '../http/request.ts'
import { type FileUpload, fileUpload } from './api.ts'
import { multipartBody } from './multipart-body.ts'

const { before: parse } = multipartBody({ file: 'file', tooLarge: '' })
const route = { body: { multipart: fileUpload } }
const PNG = '\x89PNG\r\n\x1a\n\0'

/** Lines as a client sends them: characters up to U+00FF are bytes, others are in UTF-8. */
const sent = (...lines: string[]): Buffer =>
  Buffer.concat([...lines.join('\r\n')].map((char) => Buffer.from(char, char <= 'ÿ' ? 'latin1' : 'utf8')))

interface Recorded {
  readonly client: string
  readonly header: string
  readonly body: Buffer
  readonly filename: string
  readonly contentType?: string
  /** @default PNG */
  readonly content?: string
}

const recorded: Recorded[] = [
  {
    client: 'Chrome, and Postman from it: quotes and line breaks of names as %22, %0D and %0A',
    header: 'multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW',
    body: sent(
      '------WebKitFormBoundary7MA4YWxkTrZu0gW',
      'Content-Disposition: form-data; name="file"; filename="한글 %22a%22.png"',
      'Content-Type: image/png',
      '',
      PNG,
      '------WebKitFormBoundary7MA4YWxkTrZu0gW--',
      '',
    ),
    filename: '한글 %22a%22.png',
    contentType: 'image/png',
  },
  {
    client: 'Firefox: a boundary of dashes and digits, a text field first',
    header: 'multipart/form-data; boundary=---------------------------9051914041544843365972754266',
    body: sent(
      '-----------------------------9051914041544843365972754266',
      'Content-Disposition: form-data; name="filename"',
      '',
      'dir/이름.png',
      '-----------------------------9051914041544843365972754266',
      'Content-Disposition: form-data; name="file"; filename="a.png"',
      'Content-Type: image/png',
      '',
      PNG,
      '-----------------------------9051914041544843365972754266--',
      '',
    ),
    filename: 'dir/이름.png',
    contentType: 'image/png',
  },
  {
    client: 'curl 7.80: quotes and backslashes escaped by backslashes',
    header: 'multipart/form-data; boundary=------------------------d74496d66958873e',
    body: sent(
      '--------------------------d74496d66958873e',
      'Content-Disposition: form-data; name="file"; filename="say \\"hi\\".png"',
      'Content-Type: image/png',
      '',
      PNG,
      '--------------------------d74496d66958873e--',
      '',
    ),
    filename: 'say "hi".png',
    contentType: 'image/png',
  },
  {
    client: 'curl 8: a field, a file of unknown type, quotes as %22',
    header: 'multipart/form-data; boundary=------------------------PkCjJrYMOIVPVbhPJTqhXC',
    body: sent(
      '--------------------------PkCjJrYMOIVPVbhPJTqhXC',
      'Content-Disposition: form-data; name="filename"',
      '',
      'a',
      '--------------------------PkCjJrYMOIVPVbhPJTqhXC',
      'Content-Disposition: form-data; name="file"; filename="say %22hi%22"',
      'Content-Type: application/octet-stream',
      '',
      PNG,
      '--------------------------PkCjJrYMOIVPVbhPJTqhXC--',
      '',
    ),
    filename: 'a',
    contentType: 'application/octet-stream',
  },
  {
    client: 'Python requests on urllib3 2: names in UTF-8, no content type',
    header: 'multipart/form-data; boundary=2c1b8a1e9f7d4e6ab0c3d5e7f9a1b3c5',
    body: sent(
      '--2c1b8a1e9f7d4e6ab0c3d5e7f9a1b3c5',
      'Content-Disposition: form-data; name="file"; filename="한글.png"',
      '',
      PNG,
      '--2c1b8a1e9f7d4e6ab0c3d5e7f9a1b3c5--',
      '',
    ),
    filename: '한글.png',
  },
  {
    client: 'Python requests on urllib3 1.24: a name that is not ASCII as filename* alone',
    header: 'multipart/form-data; boundary=2c1b8a1e9f7d4e6ab0c3d5e7f9a1b3c5',
    body: sent(
      '--2c1b8a1e9f7d4e6ab0c3d5e7f9a1b3c5',
      'Content-Disposition: form-data; name="file"; filename*=utf-8\'\'%ED%95%9C%EA%B8%80.png',
      'Content-Type: image/png',
      '',
      PNG,
      '--2c1b8a1e9f7d4e6ab0c3d5e7f9a1b3c5--',
      '',
    ),
    filename: '한글.png',
    contentType: 'image/png',
  },
  {
    client: '.NET HttpClient: a quoted boundary, unquoted names, a text part with a charset, both kinds of file name',
    header: 'multipart/form-data; boundary="6f6b6a2e-58a5-4ac1-8bb6-9f5c5f0a3d11"',
    body: sent(
      '--6f6b6a2e-58a5-4ac1-8bb6-9f5c5f0a3d11',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Disposition: form-data; name=filename',
      '',
      '한글.png',
      '--6f6b6a2e-58a5-4ac1-8bb6-9f5c5f0a3d11',
      'Content-Type: image/png',
      'Content-Disposition: form-data; name=file; filename="=?utf-8?B?7ZWc6riALnBuZw==?="; filename*=utf-8\'\'%ED%95%9C%EA%B8%80.png',
      '',
      PNG,
      '--6f6b6a2e-58a5-4ac1-8bb6-9f5c5f0a3d11--',
      '',
    ),
    filename: '한글.png',
    contentType: 'image/png',
  },
  {
    client: 'Insomnia: capitals in its boundary, a file without a line break at its end',
    header: 'multipart/form-data; boundary=X-INSOMNIA-BOUNDARY',
    body: sent(
      '--X-INSOMNIA-BOUNDARY',
      'Content-Disposition: form-data; name="file"; filename="a.txt"',
      'Content-Type: text/plain',
      '',
      'text',
      '--X-INSOMNIA-BOUNDARY--',
      '',
    ),
    filename: 'a.txt',
    contentType: 'text/plain',
    content: 'text',
  },
  {
    client: 'Go mime/multipart: sixty hexadecimal digits',
    header: 'multipart/form-data; boundary=b9a5a1e6a1f7d0f6b6cb2c9f3d8c9e1b7b3d2a5f4e6c8d0a1b2c3d4e5f60',
    body: sent(
      '--b9a5a1e6a1f7d0f6b6cb2c9f3d8c9e1b7b3d2a5f4e6c8d0a1b2c3d4e5f60',
      'Content-Disposition: form-data; name="file"; filename="a.png"',
      'Content-Type: application/octet-stream',
      '',
      PNG,
      '--b9a5a1e6a1f7d0f6b6cb2c9f3d8c9e1b7b3d2a5f4e6c8d0a1b2c3d4e5f60--',
      '',
    ),
    filename: 'a.png',
    contentType: 'application/octet-stream',
  },
  {
    client: 'OkHttp 3: a length in every part, a charset in text',
    header: 'multipart/form-data; boundary=c6f0d7c1-5d1b-4a2e-9d6f-3b0b9f0f2a55',
    body: sent(
      '--c6f0d7c1-5d1b-4a2e-9d6f-3b0b9f0f2a55',
      'Content-Disposition: form-data; name="filename"',
      'Content-Length: 1',
      '',
      'a',
      '--c6f0d7c1-5d1b-4a2e-9d6f-3b0b9f0f2a55',
      'Content-Disposition: form-data; name="file"; filename="x.txt"',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Length: 2',
      '',
      '\r\n',
      '--c6f0d7c1-5d1b-4a2e-9d6f-3b0b9f0f2a55--',
      '',
    ),
    filename: 'a',
    contentType: 'text/plain; charset=utf-8',
    content: '\r\n',
  },
  {
    client: 'Apache HttpClient 4: transfer encodings, a boundary with an underscore, the charset after it',
    header: 'multipart/form-data; boundary=ZTfD_-7VXxnl8G3b; charset=UTF-8',
    body: sent(
      '--ZTfD_-7VXxnl8G3b',
      'Content-Disposition: form-data; name="filename"',
      'Content-Type: text/plain; charset=ISO-8859-1',
      'Content-Transfer-Encoding: 8bit',
      '',
      'caf\xe9',
      '--ZTfD_-7VXxnl8G3b',
      'Content-Disposition: form-data; name="file"; filename="a.png"',
      'Content-Type: image/png',
      'Content-Transfer-Encoding: binary',
      '',
      PNG,
      '--ZTfD_-7VXxnl8G3b--',
      '',
    ),
    filename: 'café',
    contentType: 'image/png',
  },
]

async function upload(body: Uint8Array, header: string): Promise<FileUpload> {
  const event: { body: unknown } = uploadEvent(body, header)
  await parse?.({ event, context: lambdaContext(), internal: { route } } as unknown as HttpRequest)
  return v.parse(fileUpload, event.body)
}

describe('what real clients send is stored as they meant it', () => {
  for (const { client, header, body, filename, contentType = 'application/octet-stream', content = PNG } of recorded) {
    test(client, async () => {
      const received = await upload(body, header)
      assert.equal(received.filename, filename)
      assert.deepEqual(received.file, { contentType, content: Buffer.from(content, 'latin1') })
    })
  }

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
