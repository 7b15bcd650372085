import * as v from 'valibot'
import type { BodyDefinition } from '../../functions/http/api-definition.ts'
import type { HttpMiddleware, HttpRequest } from '../../functions/http/http-event.ts'
import { filePart } from '../../functions/http/multipart/file-part.ts'
import { type Form, multipartBody } from '../../functions/http/multipart/multipart-body.ts'
import { proxyEvent } from '../support.ts'

/** Runs a middleware on a request body, text as is and bytes in base64 like API Gateway. @returns the parsed body. */
export const bodyParser =
  ({ before }: HttpMiddleware, definition: BodyDefinition) =>
  async (body: unknown, contentType: string): Promise<unknown> => {
    const event = proxyEvent({ headers: { 'content-type': contentType }, body: body as string })
    await before?.({ event, internal: { route: { body: definition } } } as unknown as HttpRequest)
    return event.body
  }

/** A form with a file and a field beside it. */
export const upload = v.pipe(v.object({ file: filePart, filename: v.optional(v.string()) }), v.readonly())

const readUpload = bodyParser(multipartBody('ask POST /files/uploads'), { multipart: upload })

/** Parses a body with `multipartBody`. */
export const readForm = (body: unknown, contentType = 'multipart/form-data; boundary=boundary') =>
  readUpload(body, contentType) as Promise<Form>
