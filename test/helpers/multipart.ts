import type { HttpEvent, HttpRequest } from '../../functions/http/http-event.ts'
import { type Form, multipartBody } from '../../functions/http/multipart/multipart-body.ts'
import { fileUpload } from '../../functions/s3/api.ts'
import { lambdaContext, proxyEvent } from './event.ts'

export interface PartOptions {
  readonly name: string
  readonly filename?: string
  readonly contentType?: string
  readonly content: string | Uint8Array
}

/** A multipart/form-data body, as RFC 7578 has it; quotes and backslashes are escaped. */
export function encodeMultipart(parts: readonly PartOptions[], boundary = 'boundary'): Buffer {
  const quoted = (text: string) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`
  const chunks = parts.flatMap(({ name, filename, contentType, content }) => [
    `--${boundary}\r\nContent-Disposition: form-data; name=${quoted(name)}`,
    filename === undefined ? '' : `; filename=${quoted(filename)}`,
    contentType === undefined ? '' : `\r\nContent-Type: ${contentType}`,
    '\r\n\r\n',
    content,
    '\r\n',
  ])
  return Buffer.concat([...chunks, `--${boundary}--\r\n`].map((chunk) => Buffer.from(chunk as string)))
}

/** `POST /s3` with a body as API Gateway sends it: in base64. */
export const uploadEvent = (body: Uint8Array, contentType = 'multipart/form-data; boundary=boundary') =>
  proxyEvent({ method: 'POST', resource: '/s3', headers: { 'Content-Type': contentType }, body })

const { before } = multipartBody({ tooLarge: 'ask POST /s3/uploads' })

/** What the functions read in the body of an upload. */
export async function readForm(event: HttpEvent): Promise<Form> {
  const internal = { route: { body: { multipart: fileUpload } } }
  await before?.({ event, context: lambdaContext(), internal } as unknown as HttpRequest)
  return event.body as Form
}
