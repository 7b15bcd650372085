import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { encodeMultipart } from '../../../test/support.ts'
import { readPartHeaders } from './part-headers.ts'

const DISPOSITION = 'Content-Disposition: form-data; name="a"'
/** A body of one part with these header lines and content. */
const body = (headers: string, content = 'x') => `--b\r\n${headers}\r\n\r\n${content}\r\n--b--\r\n`
const read = (text: string | Buffer) => readPartHeaders(Buffer.from(text as string), 'b')

describe('reads part headers', () => {
  const plain = { name: 'a', filename: undefined, contentType: undefined }
  const legal: [headers: string, expected: object][] = [
    [DISPOSITION, plain],
    ['CONTENT-disposition:form-data;name=a', plain],
    ['Content-Disposition: form-data;\r\n  name="a";\r\n\tfilename="f"', { ...plain, filename: 'f' }],
    [`X-Other: 1\r\n${DISPOSITION}\r\nContent-Type:`, plain],
    [`Content-Type: Text/Plain; x=é \r\n${DISPOSITION}`, { ...plain, contentType: 'Text/Plain; x=é' }],
    [`${DISPOSITION}; filename=""`, { ...plain, filename: '' }],
    [`${DISPOSITION}; filename*=UTF-8''%ED%95%9C%20a`, { ...plain, filename: '한 a' }],
    [`${DISPOSITION}\r\nContent-Transfer-Encoding: 8BIT`, plain],
  ]
  for (const [headers, expected] of legal) {
    test(JSON.stringify(headers), () => assert.deepEqual(read(body(headers)), [expected]))
  }
})

describe('accepts legal framing', () => {
  const part = body(DISPOSITION)
  const legal: Record<string, string> = {
    'no line break at the end': part.slice(0, -2),
    'a line break before the first delimiter': `\r\n${part}`,
    'a preamble that looks like a delimiter': `to be ignored\r\nx--b\r\n -b--\r\n${part}`,
    'an epilogue': `${part}to be ignored\r\n--b\r\n`,
    'blanks after the closing delimiter': `${part.slice(0, -2)} \t \r\n`,
    'a lone line feed after the closing delimiter': `${part.slice(0, -2)}\n`,
    'content with an empty line': body(DISPOSITION, '\r\n\r\n'),
  }
  for (const [name, text] of Object.entries(legal)) test(name, () => assert.equal(read(text).length, 1))
})

describe('refuses input that would crash or hang the parser, or be dropped', () => {
  const part = body(DISPOSITION)
  const malformed: Record<string, Record<string, string | Buffer>> = {
    'ends without the closing boundary': {
      'a line feed alone before the closing delimiter': part.replace('\r\n--b--', '\n--b--'),
      'no closing delimiter': part.slice(0, -8),
    },
    'has a line that begins with the boundary and does not end with CRLF': {
      'line feeds alone': part.replaceAll('\r', ''),
      'content with a line that begins with the delimiter': body(DISPOSITION, 'x\r\n--bc'),
      'blanks after a delimiter': part.replace('--b\r', '--b \r'),
      'text after the closing delimiter': `${part.slice(0, -2)}x\r\n`,
    },
    'has no parts': { 'a closing delimiter alone': '--b--\r\n' },
    'has a part whose headers do not end with an empty line, CRLF alone': {
      'a line feed alone after the headers': part.replace('\r\n\r\n', '\n\n'),
      'headers that end in the next part': `--b\r\n${DISPOSITION}\r\n${part}`,
    },
    'has a part without Content-Disposition: form-data and a name': {
      'no disposition': body('Content-Type: text/plain'),
      'no name': body('Content-Disposition: form-data'),
    },
    'has a part with a malformed header': {
      'no headers': body('').replace('\r\n\r\n\r\n', '\r\n\r\n'),
      'a line without a colon': body(`${DISPOSITION}\r\nx`),
      'a lone line feed': body('Content-Disposition: form-data; name="a\n"'),
      'a terminal escape sequence': body('Content-Disposition: form-data; name="\x9b2J"'),
      'two dispositions': body(`${DISPOSITION}\r\n${DISPOSITION}`),
    },
    'has a part with a Content-Transfer-Encoding: send it unencoded': {
      base64: body(`${DISPOSITION}\r\nContent-Transfer-Encoding: base64`),
    },
  }
  for (const [message, bodies] of Object.entries(malformed))
    for (const [name, text] of Object.entries(bodies))
      test(name, () => assert.throws(() => read(text), { errors: [{ path: 'body', message }] }))
})

test('limits a part to 8,192 bytes of headers, and a body to 100 parts', () => {
  const part = (bytes: number) => body(`${DISPOSITION}\r\nX: ${'x'.repeat(bytes - DISPOSITION.length - 5)}`)
  assert.equal(read(part(8192)).length, 1)
  assert.throws(() => read(part(8193)), /body has a part with more than 8192 bytes of headers$/)
  const parts = (count: number) => encodeMultipart(Array(count).fill({ name: 'a', content: '' }), 'b')
  assert.equal(read(parts(100)).length, 100)
  assert.throws(() => read(parts(101)), /body has more than 100 parts$/)
})
