import httpMultipartBodyParser from '@middy/http-multipart-body-parser'
import { InvalidInputError, malformedBody, PayloadTooLargeError, UnsupportedMediaTypeError } from '../caller-errors.ts'
import { parseHeaderValue } from '../header-value.ts'
import { type HttpEvent, type HttpMiddleware, header } from '../http-event.ts'
import { decodeText } from '../text.ts'
import { type FilePart, formFields, MAX_FILE_SIZE } from './file-part.ts'
import { MAX_HEADERS, MalformedMultipartError, type PartHeaders, readPartHeaders } from './part-headers.ts'

/** Fields and files by their names; an array where a name was sent more than once. */
export type Form = Readonly<Record<string, string | FilePart | (string | FilePart)[]>>

/** Milliseconds that parsing may take; it takes some twenty for the largest body. */
const PARSE_TIMEOUT = 3000

export interface MultipartOptions {
  /** What callers with a larger file are told to do. */
  readonly tooLarge?: string
}

/**
 * Middleware: @middy/http-multipart-body-parser on routes with a multipart body. Fields whose schema is `filePart` are files, whatever
 * the headers of their parts say; others may not be. What the parser cannot be trusted with is kept from it
 * (see part-headers.ts).
 */
export function multipartBody({ tooLarge }: MultipartOptions = {}): HttpMiddleware {
  const { before: parse } = httpMultipartBodyParser({
    disableContentTypeCheck: true,
    // Every part is read as a file: the parser cuts long fields short, and breaks on fields whose names end with brackets.
    busboy: { isPartAFile: () => true, limits: { fileSize: MAX_FILE_SIZE, fieldNameSize: MAX_HEADERS } },
  })
  return {
    before: async (request) => {
      const { event, internal } = request
      const body = internal.route?.body
      if (!body || !('multipart' in body)) return
      const boundary = boundaryOf(event)
      const bytes = decodeBody(event)
      // The parser's own check of the content type refuses legal headers (RFC 2046, 5.1.1), so it gets one of ours.
      const contentType = `multipart/form-data; boundary="${boundary.replaceAll(/["\\]/g, '\\$&')}"`
      Object.assign(event, { headers: { ...event.headers, 'content-type': contentType }, body: bytes })
      try {
        const headers = readPartHeaders(bytes, boundary)
        await within(Promise.resolve(parse?.(request as never)), PARSE_TIMEOUT)
        event.body = toForm(headers, event.body as Contents, formFields(body.multipart))
      } catch (error) {
        if ((error as { statusCode?: number }).statusCode === 413)
          throw new PayloadTooLargeError(
            `The file is too large: one request carries ${MAX_FILE_SIZE} bytes${tooLarge ? `; ${tooLarge}` : ''}`,
          )
        const reason =
          error instanceof MalformedMultipartError ? error.message : 'is not well-formed multipart/form-data'
        throw error instanceof InvalidInputError ? error : malformedBody(reason, error)
      } finally {
        release(bytes)
      }
    },
  }
}

const decodeBody = ({ body, isBase64Encoded }: HttpEvent) =>
  Buffer.from(typeof body === 'string' ? body : '', isBase64Encoded ? 'base64' : 'utf8')

/**
 * Gives a large buffer's memory back at once, of which every part was copied: V8 does not count it as its own, and would keep that of a
 * dozen uploads before it looks for garbage. Small ones lie in memory that buffers share.
 */
function release({ buffer, byteLength }: Buffer<ArrayBuffer>): void {
  if (byteLength === buffer.byteLength) buffer.transfer(0)
}

/** @throws UnsupportedMediaTypeError, InvalidInputError */
function boundaryOf(event: HttpEvent): string {
  const mediaType = parseHeaderValue(header(event, 'content-type') ?? '')
  if (mediaType?.type !== 'multipart/form-data') {
    throw new UnsupportedMediaTypeError('Unsupported media type: send multipart/form-data with a boundary')
  }
  const boundary = mediaType.parameters.get('boundary') ?? ''
  if (!/^[\x20-\x7e]{0,199}[\x21-\x7e]$/.test(boundary))
    throw malformedBody('has no usable boundary in its Content-Type')
  return boundary
}

/** Contents of all parts by name, as the parser has them: of a repeated name the newest first. */
type Contents = Record<string, { content: Buffer } | { content: Buffer }[]>

/** @throws where it takes longer than that, in milliseconds: the parser may never finish. */
async function within(work: Promise<unknown>, timeout: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The multipart parser never finished')), timeout)
  })
  await Promise.race([work, expired]).finally(() => clearTimeout(timer))
}

function toForm(headers: readonly PartHeaders[], contents: Contents, fields: ReturnType<typeof formFields>): Form {
  const form: Record<string, string | FilePart | (string | FilePart)[]> = Object.create(null)
  const rest = new Map(Object.entries(contents).map(([name, found]) => [name, [found].flat()]))
  for (const part of headers) {
    const found = rest.get(part.name)?.pop()
    if (!found) throw new MalformedMultipartError('has a part that cannot be read')
    const isFile = part.filename !== undefined || fields.files.includes(part.name)
    // A browser sends a part like this for every file input that was left empty.
    if (part.filename === '' && found.content.length === 0) continue
    if (isFile && !fields.files.includes(part.name))
      throw malformedBody(`has a file in a part of another name: send one file, as ${fields.files.join(' or ')}`)
    const { contentType = 'application/octet-stream', filename } = part
    const { content } = found
    const value = isFile ? { content, contentType, filename } : toText(part, content, fields.all)
    const earlier = form[part.name]
    form[part.name] = earlier === undefined ? value : [earlier, value].flat()
  }
  return form
}

function toText({ name, contentType = '' }: PartHeaders, content: Buffer, fields: readonly string[]): string {
  try {
    return decodeText(content, parseHeaderValue(contentType)?.parameters.get('charset'))
  } catch (cause) {
    const path = fields.includes(name) ? name : 'body'
    const message = 'has text that is neither in UTF-8 nor in the charset it declares: send UTF-8'
    throw new InvalidInputError([{ path, message }], { cause })
  }
}
