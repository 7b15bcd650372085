import httpMultipartBodyParser from '@middy/http-multipart-body-parser'
import { CallerError, HttpError, malformedBody } from '../caller-errors.ts'
import { parseHeaderValue } from '../header-value.ts'
import type { HttpMiddleware } from '../http-event.ts'
import { decodeText } from '../text.ts'
import { within } from '../within.ts'
import { type FilePart, fileFields, MAX_FILE_SIZE } from './file-part.ts'
import { MAX_HEADERS, type PartHeaders, readPartHeaders } from './part-headers.ts'

/** Fields and files by name; an array for a repeated name. */
export type Form = Readonly<Record<string, string | FilePart | (string | FilePart)[]>>

/** Milliseconds to parse a body; the largest takes about 20. */
const PARSE_TIMEOUT = 3000

const MALFORMED = 'must be well-formed multipart/form-data, with names and text in UTF-8 or the declared charset'

/**
 * Middleware: runs @middy/http-multipart-body-parser on routes with a multipart body. A field is a file if its schema is `filePart`,
 * whatever the headers of its part say; other fields must not be files. Guards refuse bodies that the parser mishandles
 * (see part-headers.ts).
 * @param tooLarge advice for callers with a larger file.
 */
export function multipartBody(tooLarge = 'send a smaller one'): HttpMiddleware {
  const { before: parse } = httpMultipartBodyParser({
    disableContentTypeCheck: true,
    // Reads every part as a file: the parser truncates long fields, and fails on fields whose names end with brackets.
    busboy: { isPartAFile: () => true, limits: { fileSize: MAX_FILE_SIZE, fieldNameSize: MAX_HEADERS } },
  })
  return {
    before: async (request) => {
      const { event, internal } = request
      const body = internal.route?.body
      if (!body || !('multipart' in body)) return
      const boundary = boundaryOf(event.headers['content-type'] ?? '')
      const bytes = Buffer.from(
        typeof event.body === 'string' ? event.body : '',
        event.isBase64Encoded ? 'base64' : 'utf8',
      )
      // The parser refuses some legal Content-Type headers (RFC 2046, 5.1.1), so it gets a normalized one.
      event.headers['content-type'] = `multipart/form-data; boundary="${boundary.replaceAll(/["\\]/g, '\\$&')}"`
      event.body = bytes
      try {
        const headers = readPartHeaders(bytes, boundary)
        const parsing = Promise.resolve(parse?.(request as never))
        await within(parsing, PARSE_TIMEOUT, () => new Error('The multipart parser timed out'))
        event.body = toForm(headers, event.body as Contents, fileFields(body.multipart))
      } catch (error) {
        if ((error as { statusCode?: number }).statusCode === 413)
          throw new HttpError(413, `The file is too large: one request carries ${MAX_FILE_SIZE} bytes; ${tooLarge}`)
        throw error instanceof CallerError ? error : malformedBody(MALFORMED, error)
      } finally {
        release(bytes)
      }
    },
  }
}

/**
 * Frees a large buffer after its parts were copied: V8 does not count external memory, and would keep a dozen uploads before it collects
 * garbage. Small buffers are in a shared pool.
 */
function release({ buffer, byteLength }: Buffer<ArrayBuffer>): void {
  if (byteLength === buffer.byteLength) buffer.transfer(0)
}

function boundaryOf(contentType: string): string {
  const mediaType = parseHeaderValue(contentType)
  if (mediaType?.type !== 'multipart/form-data')
    throw new HttpError(415, 'Unsupported media type: send multipart/form-data with a boundary')
  const boundary = mediaType.parameters.get('boundary') ?? ''
  if (!/^[\x20-\x7e]{0,199}[\x21-\x7e]$/.test(boundary))
    throw malformedBody('has no usable boundary in its Content-Type')
  return boundary
}

/** Contents of all parts by name, as parsed: the last part of a repeated name comes first. */
type Contents = Record<string, { content: Buffer } | { content: Buffer }[]>

/** @param files names of the file fields. */
function toForm(headers: readonly PartHeaders[], contents: Contents, files: readonly string[]): Form {
  const form: Record<string, string | FilePart | (string | FilePart)[]> = Object.create(null)
  const rest = new Map(Object.entries(contents).map(([name, found]) => [name, [found].flat()]))
  for (const { name, filename, contentType } of headers) {
    const content = rest.get(name)?.pop()?.content
    if (!content) throw malformedBody('has a part that cannot be read')
    // Browsers send such a part for an empty file input.
    if (filename === '' && content.length === 0) continue
    const isFile = files.includes(name)
    if (filename !== undefined && !isFile)
      throw malformedBody(`has a file in another field: send one file, as ${files.join(' or ')}`)
    const value = isFile
      ? { content, contentType: contentType ?? 'application/octet-stream', filename }
      : decodeText(content, parseHeaderValue(contentType ?? '')?.parameters.get('charset'))
    const earlier = form[name]
    form[name] = earlier === undefined ? value : [earlier, value].flat()
  }
  return form
}
