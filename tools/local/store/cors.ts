import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CorsRule } from '../types.ts'
import { S3Error } from './errors.ts'

/** A bucket that is not Terraform's: what its rule says is not known here. */
const ANY: CorsRule = { origins: ['*'], methods: ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'], headers: ['*'], exposed: [] }
/** Where the local console is, which needs no rule. */
const LOCAL = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/

/**
 * Gives a page what the bucket's CORS rule lets it have, and answers its preflight.
 * @returns whether this was a preflight.
 * @throws S3Error where that is refused.
 */
export function answerCors(request: IncomingMessage, response: ServerResponse, rule: CorsRule = ANY): boolean {
  const { origin, 'access-control-request-headers': headers = '' } = request.headers
  const isPreflight = request.method === 'OPTIONS'
  const method = isPreflight ? request.headers['access-control-request-method'] : request.method
  if (isPreflight && !(origin && method))
    throw new S3Error('BadRequest', 'Insufficient information. Origin request header needed.')
  if (!origin || !method) return false
  const asked = headers
    .toLowerCase()
    .split(/[,\s]+/)
    .filter(Boolean)
  const allowed =
    rule.methods.includes(method) &&
    (LOCAL.test(origin) || rule.origins.some((pattern) => matches(pattern, origin))) &&
    asked.every((name) => rule.headers.some((pattern) => matches(pattern.toLowerCase(), name)))
  if (allowed) {
    const any = rule.origins.includes('*')
    response.setHeader('access-control-allow-origin', any ? '*' : origin)
    if (!any) response.setHeader('access-control-allow-credentials', 'true')
    response.setHeader('access-control-allow-methods', rule.methods.join(', '))
    if (rule.exposed.length > 0) response.setHeader('access-control-expose-headers', rule.exposed.join(', '))
    response.setHeader('vary', 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method')
  }
  if (!isPreflight) return false
  if (!allowed) {
    const message =
      "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec."
    throw new S3Error('AccessForbidden', message, { Method: method, ResourceType: 'OBJECT' })
  }
  if (rule.maxAge !== undefined) response.setHeader('access-control-max-age', rule.maxAge)
  response.writeHead(200, asked.length > 0 ? { 'access-control-allow-headers': asked.join(', ') } : {}).end()
  return true
}

/** `*` stands for any text. */
function matches(pattern: string, text: string): boolean {
  const [start = '', end] = pattern.split('*')
  return end === undefined ? pattern === text : text.startsWith(start) && text.slice(start.length).endsWith(end)
}
