import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { Busboy, type BusboyHeaders } from '@fastify/busboy'
import { S3Error } from './s3-error.ts'

/** Limit of all fields together, as in S3. */
const MAX_FIELD_BYTES = 20 * 1024

/**
 * Reads the form of a browser-based upload up to its file. Like S3, ignores fields after the file.
 * @returns the fields by lower-case name, the file's name without folders, and its content, which throws if the upload breaks off.
 * @throws S3Error if the body is not such a form, or has no file.
 */
export function readUploadForm(request: Readable & Pick<IncomingMessage, 'headers'>) {
  const fields = new Map<string, string>()
  const { promise, resolve, reject } = Promise.withResolvers<{
    fields: typeof fields
    filename: string | undefined
    content: AsyncIterable<Buffer>
  }>()
  let left = MAX_FIELD_BYTES
  let file: Readable | undefined
  const fail = (error: S3Error) => {
    reject(error)
    file?.destroy(error)
  }
  const form = newParser(request.headers as BusboyHeaders)
  form.on('field', (name, value, _, truncated) => {
    if (file) return
    if (!name) return fail(malformed())
    left -= Buffer.byteLength(name + value)
    if (truncated || left < 0)
      fail(new S3Error('MaxPostPreDataLengthExceeded', 'The fields before the file are too large.'))
    fields.set(name.toLowerCase(), value)
  })
  form.on('file', (_, content, filename) => {
    // The upload may break off before the content is read.
    file = content.on('error', () => {})
    resolve({ fields, filename, content: whole(content) })
  })
  form.on('error', () => fail(malformed()))
  form.once('finish', () => fail(new S3Error('InvalidArgument', 'POST requires exactly one file upload per request.')))
  request.once('close', () => request.readableEnded || fail(malformed()))
  request.pipe(form)
  return promise
}

/** @throws S3Error unless the headers are those of a form. */
function newParser(headers: BusboyHeaders) {
  try {
    const isPartAFile = (name: string | undefined) => name?.toLowerCase() === 'file'
    return new Busboy({ headers, isPartAFile, limits: { fieldSize: MAX_FIELD_BYTES, files: 1 } })
  } catch {
    throw malformed()
  }
}

async function* whole(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* content
  } catch {
    throw malformed()
  }
}

const malformed = () =>
  new S3Error('MalformedPOSTRequest', 'The body of your POST request is not well-formed multipart/form-data.')
