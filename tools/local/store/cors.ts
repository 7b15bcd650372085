import type { IncomingMessage, ServerResponse } from 'node:http'
import { S3Error } from './s3-error.ts'

/** A `cors_rule` of `aws_s3_bucket_cors_configuration`. Origins and headers may contain a `*`. */
export interface CorsRule {
  readonly origins: readonly string[]
  readonly methods: readonly string[]
  readonly headers: readonly string[]
  readonly exposed: readonly string[]
  /** Seconds for which a browser may cache the preflight response. */
  readonly maxAge?: number
}

/** Rule for a bucket whose own rules are unknown here. */
const ANY: CorsRule = { origins: ['*'], methods: ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'], headers: ['*'], exposed: [] }
/** Origins of the local console, always allowed. */
const LOCAL = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/

/**
 * Sets the headers of the first CORS rule that allows the request, and responds to a preflight.
 * @returns whether the request was a preflight.
 * @throws S3Error if a preflight is refused.
 */
export function answerCors(
  request: IncomingMessage,
  response: ServerResponse,
  rules: readonly CorsRule[] = [ANY],
): boolean {
  const { origin = '', 'access-control-request-headers': headers = '' } = request.headers
  const isPreflight = request.method === 'OPTIONS'
  const method = (isPreflight ? request.headers['access-control-request-method'] : request.method) ?? ''
  const asked = headers.toLowerCase().match(/[^,\s]+/g) ?? []
  const rule = rules.find(
    (each) =>
      each.methods.includes(method) &&
      (LOCAL.test(origin) || isOneOf(each.origins, origin)) &&
      asked.every((name) =>
        isOneOf(
          each.headers.map((pattern) => pattern.toLowerCase()),
          name,
        ),
      ),
  )
  if (origin && rule) {
    const any = rule.origins.includes('*')
    response.setHeader('access-control-allow-origin', any ? '*' : origin)
    if (!any) response.setHeader('access-control-allow-credentials', 'true')
    response.setHeader('access-control-allow-methods', rule.methods.join(', '))
    if (rule.exposed.length > 0) response.setHeader('access-control-expose-headers', rule.exposed.join(', '))
    response.setHeader('vary', 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method')
  }
  if (!isPreflight) return false
  if (!origin || !rule)
    throw new S3Error('AccessForbidden', `No CORS rule lets '${origin}' send ${method} with these headers.`)
  if (rule.maxAge !== undefined) response.setHeader('access-control-max-age', rule.maxAge)
  response.writeHead(200, asked.length > 0 ? { 'access-control-allow-headers': asked.join(', ') } : {}).end()
  return true
}

/** Whether a pattern matches; `*` matches any text. */
const isOneOf = (patterns: readonly string[], text: string): boolean =>
  patterns.some((pattern) => new RegExp(`^${RegExp.escape(pattern).replace('\\*', '.*')}$`).test(text))
