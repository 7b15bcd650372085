import * as v from 'valibot'
import type { HttpEvent, HttpRequest } from '../../functions/http/http-event.ts'
import { filePart } from '../../functions/http/multipart/file-part.ts'
import { type Form, multipartBody } from '../../functions/http/multipart/multipart-body.ts'
import { lambdaContext, proxyEvent } from '../support.ts'

/** A form with a file and a field beside it. */
export const upload = v.object({ file: filePart, filename: v.optional(v.string()) })

/** A form as API Gateway sends it: in base64. */
export const uploadEvent = (body: Uint8Array, contentType = 'multipart/form-data; boundary=boundary') =>
  proxyEvent({ method: 'POST', resource: '/files', headers: { 'content-type': contentType }, body })

const { before } = multipartBody('ask POST /files/uploads')

/** What `multipartBody` makes of a body. */
export async function readForm(event: HttpEvent): Promise<Form> {
  const internal = { route: { body: { multipart: upload } } }
  await before?.({ event, context: lambdaContext(), internal } as unknown as HttpRequest)
  return event.body as Form
}
