import httpJsonBodyParser from '@middy/http-json-body-parser'
import { HttpError, malformedBody } from './caller-errors.ts'
import { parseHeaderValue } from './header-value.ts'
import type { HttpMiddleware } from './http-event.ts'
import { decodeText } from './text.ts'

/**
 * Maximum bytes of a JSON body. Lambda accepts six times as much: two million empty objects, which exhaust the heap of a 512 MB function
 * and crash it.
 */
const MAX_JSON = 1_000_000
const MALFORMED = 'must be JSON in UTF-8 without a byte-order mark'
const FORBIDDEN = 'must not have a field __proto__ or constructor.prototype'

/**
 * Middleware: runs @middy/http-json-body-parser on routes with a JSON body, after guards for input that it misreads.
 * The package's content type check is disabled: it refuses legal spellings.
 */
export function jsonBody(): HttpMiddleware {
  const { before: parse } = httpJsonBodyParser({ disableContentTypeCheck: true })
  return {
    before: (request) => {
      const { event, internal } = request
      if (!internal.route?.body || !('json' in internal.route.body)) return
      const type = event.headers['content-type'] ?? ''
      if (type !== 'application/json') requireJson(type)
      // API Gateway sends null for an empty body; the parser would take it for JSON's null.
      if (typeof event.body !== 'string' || event.body === '') throw malformedBody('is required: a JSON object')
      if (Buffer.byteLength(event.body, event.isBase64Encoded ? 'base64' : 'utf8') > MAX_JSON)
        throw new HttpError(413, `The body is too large: JSON has at most ${MAX_JSON} bytes`)
      try {
        if (event.isBase64Encoded) event.body = decodeText(Buffer.from(event.body, 'base64'))
        event.isBase64Encoded = false
        parse?.(request as never)
      } catch (cause) {
        const isForbidden = (cause as Error).message === 'Forbidden key in JSON body'
        throw malformedBody(isForbidden ? FORBIDDEN : MALFORMED, cause)
      }
    },
  }
}

function requireJson(contentType: string): void {
  const { type = '', parameters } = parseHeaderValue(contentType) ?? {}
  if (!/^application\/([\w.+-]+\+)?json$/.test(type))
    throw new HttpError(415, 'Unsupported media type: send application/json')
  if (!/^(utf-?8|us-ascii)$/i.test(parameters?.get('charset') ?? 'utf-8'))
    throw new HttpError(415, 'Unsupported charset: send JSON in UTF-8')
}
