import { malformedBody } from '../caller-errors.ts'
import { parseHeaderValue } from '../header-value.ts'
import { decodeText } from '../text.ts'
import { partFilename } from './part-filename.ts'

/** Headers of a part (RFC 7578). */
export type PartHeaders = ReturnType<typeof readHeaders>

const MAX_PARTS = 100
/** Bytes of one part's headers. */
export const MAX_HEADERS = 8192
const HEADER_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\P{Cc}]*)$/u

/**
 * Reads the headers of each part in order. Refuses bodies on which the parser behind it would crash, hang or silently drop data. They
 * have no closing delimiter, a line that only begins like a delimiter, unterminated headers, a part without a name, or an
 * unsupported transfer encoding.
 * @throws InvalidInputError; another error if the encoding of headers or of a file name is invalid.
 */
export function readPartHeaders(body: Buffer, boundary: string): PartHeaders[] {
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  const parts: PartHeaders[] = []
  // A delimiter at the start of the body has no line break before it.
  const opens = body.subarray(0, delimiter.length - 2).equals(delimiter.subarray(2))
  let end = opens ? delimiter.length - 2 : after(body, delimiter, 0)
  for (;;) {
    if (end === -1) throw malformedBody('ends without the closing boundary')
    const rest = body.toString('latin1', end, end + 80)
    if (/^--[ \t]*\r?(\n|$)/.test(rest)) break
    if (!rest.startsWith('\r\n'))
      throw malformedBody('has a line that begins with the boundary and does not end with CRLF')
    if (parts.length === MAX_PARTS) throw malformedBody(`has more than ${MAX_PARTS} parts`)
    const next = after(body, delimiter, end)
    const content = after(body, '\r\n\r\n', end)
    if (content === -1 || (next !== -1 && content > next - delimiter.length))
      throw malformedBody('has a part whose headers do not end with an empty line, CRLF alone')
    parts.push(readHeaders(body.subarray(end + 2, content - 4)))
    end = next
  }
  if (parts.length === 0) throw malformedBody('has no parts')
  return parts
}

/** Index of the first byte after `needle`; -1 if it is missing. */
function after(body: Buffer, needle: Buffer | string, from: number): number {
  const index = body.indexOf(needle, from)
  return index === -1 ? -1 : index + needle.length
}

function readHeaders(block: Buffer) {
  if (block.length > MAX_HEADERS) throw malformedBody(`has a part with more than ${MAX_HEADERS} bytes of headers`)
  const headers = new Map<string, string>()
  for (const line of decodeText(block)
    .replaceAll(/\r\n(?=[ \t])/g, '')
    .split('\r\n')) {
    const [, name = '', value = ''] = HEADER_LINE.exec(line) ?? []
    if (name === '' || headers.has(name.toLowerCase())) throw malformedBody('has a part with a malformed header')
    headers.set(name.toLowerCase(), value.trim())
  }
  if (!/^(7bit|8bit|binary)$/i.test(headers.get('content-transfer-encoding') ?? 'binary'))
    throw malformedBody('has a part with a Content-Transfer-Encoding: send it unencoded')
  const { type, parameters = new Map<string, string>() } =
    parseHeaderValue(headers.get('content-disposition') ?? '') ?? {}
  const name = parameters.get('name')
  if (type !== 'form-data' || !name) throw malformedBody('has a part without Content-Disposition: form-data and a name')
  return {
    name,
    /** File name from the client, without folders; `undefined` for a plain field. */
    filename: partFilename(parameters),
    /** As sent, with parameters. */
    contentType: headers.get('content-type') || undefined,
  }
}
