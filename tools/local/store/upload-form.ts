import { S3Error } from './s3-error.ts'

/** The form of a browser-based upload: the fields before the file, and the file, of which nothing has been read yet. */
export interface UploadForm {
  /** Names in lower case. */
  readonly fields: ReadonlyMap<string, string>
  /** Without folders; absent where the client sent none. */
  readonly filename: string | undefined
  readonly content: AsyncIterable<Buffer>
}

/** All fields together; S3 has the same limit. */
const MAX_FIELD_BYTES = 20 * 1024

/**
 * Reads a multipart/form-data body up to its file; what follows the file is ignored, as S3 does.
 * @throws S3Error where the body is not such a form or has no file.
 */
export async function readUploadForm(body: AsyncIterable<Buffer>, contentType: string): Promise<UploadForm> {
  if (!/^multipart\/form-data\s*(;|$)/i.test(contentType)) {
    const details = { Condition: 'Bucket POST must be of the enclosure-type multipart/form-data' }
    throw new S3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', details)
  }
  const boundary = parameters(contentType).get('boundary')
  if (!boundary) throw malformed()
  const reader = new DelimitedReader(body)
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  const fields = new Map<string, string>()
  let left = MAX_FIELD_BYTES
  const read = async (until: Buffer | string) => {
    const text = await reader.text(until, left)
    left -= text.length
    return text
  }

  for (await read(delimiter); ; ) {
    if ((await read('\r\n')).startsWith('--')) {
      const details = { ArgumentName: 'file', ArgumentValue: '0' }
      throw new S3Error('InvalidArgument', 'POST requires exactly one file upload per request.', details)
    }
    const headers = (await read('\r\n\r\n')).replaceAll(/\r\n[ \t]+/g, ' ')
    const disposition = parameters(/^content-disposition[ \t]*:[ \t]*form-data[ \t]*(;.*)$/im.exec(headers)?.[1] ?? '')
    const name = disposition.get('name')?.toLowerCase()
    if (!name) throw malformed()
    if (name === 'file') {
      const filename = disposition.get('filename')?.replace(/^.*[/\\]/s, '')
      return { fields, filename, content: reader.until(delimiter) }
    }
    fields.set(name, await read(delimiter))
  }
}

/** The parameters of a header, by their names in lower case; a value may be quoted or, as .NET sends it, not. */
function parameters(header: string): Map<string, string> {
  const all = header.matchAll(/;\s*([^\s=;]+)\s*=\s*(?:"((?:\\"|[^"])*)"|([^\s;]*))/g)
  return new Map(
    [...all].map(([, name = '', quoted, token = '']) => [name.toLowerCase(), quoted?.replaceAll('\\"', '"') ?? token]),
  )
}

function malformed(): S3Error {
  return new S3Error('MalformedPOSTRequest', 'The body of your POST request is not well-formed multipart/form-data.')
}

class DelimitedReader {
  readonly #chunks: AsyncIterator<Buffer>
  // The first delimiter may open the body, without the line break before it.
  #buffer = Buffer.from('\r\n')

  constructor(body: AsyncIterable<Buffer>) {
    this.#chunks = body[Symbol.asyncIterator]()
  }

  /** The bytes before the delimiter, which is consumed, as they arrive. */
  async *until(delimiter: Buffer): AsyncGenerator<Buffer> {
    for (;;) {
      const end = this.#buffer.indexOf(delimiter)
      // What may be the beginning of the delimiter is kept back.
      const safe = end >= 0 ? end : Math.max(0, this.#buffer.length - delimiter.length + 1)
      if (safe > 0) yield this.#buffer.subarray(0, safe)
      this.#buffer = this.#buffer.subarray(end >= 0 ? end + delimiter.length : safe)
      if (end >= 0) return
      const { done, value } = await this.#chunks.next()
      if (done) throw malformed()
      this.#buffer = Buffer.concat([this.#buffer, value])
    }
  }

  async text(delimiter: Buffer | string, limit: number): Promise<string> {
    const parts: Buffer[] = []
    let size = 0
    for await (const part of this.until(Buffer.from(delimiter))) {
      size += part.length
      if (size > limit) {
        const message = 'Your POST request fields preceding the upload file were too large.'
        throw new S3Error('MaxPostPreDataLengthExceeded', message)
      }
      parts.push(part)
    }
    return Buffer.concat(parts).toString()
  }
}
