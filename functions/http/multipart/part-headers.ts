import { parseHeaderValue } from '../header-value.ts'
import { decodeText } from '../text.ts'
import { partFilename } from './part-filename.ts'

/** What a part's headers say (RFC 7578). */
export interface PartHeaders {
  readonly name: string
  /** The name that the client gave the file, without folders; `undefined` for a plain field. */
  readonly filename: string | undefined
  /** As it was sent, with its parameters. */
  readonly contentType: string | undefined
}

/** The body is not well-formed multipart/form-data. */
export class MalformedMultipartError extends Error {}

const MAX_PARTS = 100
/** Bytes of one part's headers. */
export const MAX_HEADERS = 8192
const BARE_LF = 'has lines that end with LF: end them with CRLF'
const HEADER_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):(.*)$/s

/**
 * Walks over a body's delimiters and reads the headers of each part, in their order. It refuses everything that would make the
 * parser behind it crash, hang, or drop data without a word: a missing closing delimiter, a line that begins like a delimiter and
 * goes on, headers without an end, a part without a name, a transfer encoding that nobody decodes.
 * @throws MalformedMultipartError
 */
export function readPartHeaders(body: Buffer, boundary: string): PartHeaders[] {
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  const parts: PartHeaders[] = []
  const malformed = (message: string) => {
    const rest = body.toString('latin1').replaceAll(`\r\n--${boundary}`, '\r')
    const isBare = rest.includes(`\n--${boundary}`)
    return new MalformedMultipartError(isBare ? BARE_LF : message)
  }
  // Nothing stands before a delimiter that opens the body, not even its line break.
  let end = body.subarray(0, delimiter.length - 2).equals(delimiter.subarray(2))
    ? delimiter.length - 2
    : after(body, delimiter, 0)
  for (;;) {
    if (end === -1) throw malformed('ends without the closing boundary')
    if (body.subarray(end, end + 2).equals(DASHES)) break
    if (!body.subarray(end, end + 2).equals(CRLF))
      throw malformed('has a line that begins with the boundary and goes on')
    if (parts.length === MAX_PARTS) throw new MalformedMultipartError(`has more than ${MAX_PARTS} parts`)
    const next = after(body, delimiter, end)
    const content = after(body, BLANK_LINE, end)
    if (content === -1 || (next !== -1 && content > next - delimiter.length)) {
      throw new MalformedMultipartError('has a part whose headers do not end with an empty line, CRLF alone')
    }
    parts.push(readHeaders(body.subarray(end + 2, content - 4)))
    end = next
  }
  if (!/^(--[ \t]*)(\r?\n|\r?$)/.test(body.toString('latin1', end, end + 80))) {
    throw new MalformedMultipartError('has a line that begins with the boundary and goes on')
  }
  if (parts.length === 0) throw new MalformedMultipartError('has no parts')
  return parts
}

const CRLF = Buffer.from('\r\n')
const DASHES = Buffer.from('--')
const BLANK_LINE = Buffer.from('\r\n\r\n')

/** Index of what follows `needle`; -1 where there is none. */
function after(body: Buffer, needle: Buffer, from: number): number {
  const index = body.indexOf(needle, from)
  return index === -1 ? -1 : index + needle.length
}

function readHeaders(block: Buffer): PartHeaders {
  if (block.length > MAX_HEADERS)
    throw new MalformedMultipartError(`has a part with more than ${MAX_HEADERS} bytes of headers`)
  const headers = new Map<string, string>()
  const lines = decoded('has a part whose headers are not in UTF-8: send UTF-8', () => decodeText(block))
    .replaceAll(/\r\n(?=[ \t])/g, '')
    .split('\r\n')
  for (const line of lines) {
    const [, name, value = ''] = HEADER_LINE.exec(line) ?? []
    if (!name) throw new MalformedMultipartError('has a part with a malformed header')
    if (value.includes('\n')) throw new MalformedMultipartError(BARE_LF)
    if (/[^\P{Cc}\t]/u.test(value)) throw new MalformedMultipartError('has a part with control characters in a header')
    if (headers.has(name.toLowerCase())) throw new MalformedMultipartError('has a part with the same header twice')
    headers.set(name.toLowerCase(), value.trim())
  }
  const encoding = headers.get('content-transfer-encoding') ?? 'binary'
  if (!/^(7bit|8bit|binary)$/i.test(encoding))
    throw new MalformedMultipartError('has a part in a Content-Transfer-Encoding: send it as it is')
  const disposition = parseHeaderValue(headers.get('content-disposition') ?? '')
  const name = disposition?.parameters.get('name')
  if (disposition?.type !== 'form-data' || !name)
    throw new MalformedMultipartError('has a part without Content-Disposition: form-data and a name')
  const filename = decoded('has a part whose file name is encoded wrongly: send it in UTF-8', () =>
    partFilename(disposition.parameters),
  )
  return { name, filename, contentType: headers.get('content-type') || undefined }
}

/** @throws MalformedMultipartError where `decode` throws. */
function decoded<T>(message: string, decode: () => T): T {
  try {
    return decode()
  } catch (cause) {
    throw new MalformedMultipartError(message, { cause })
  }
}
