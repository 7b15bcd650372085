import type middy from '@middy/core'
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda'
import type { RouteDefinition } from './api-definition.ts'

/**
 * The event of a REST API's Lambda proxy integration (payload version 1). In the stack, `headers` have names in lower case, and `body` becomes
 * what the route's parser makes of it.
 */
export type HttpEvent = Omit<APIGatewayProxyEvent, 'body'> & { body: unknown }

export type HttpResponse = APIGatewayProxyResult

/** State that the middlewares of one request share. */
export interface Internal extends Record<string, unknown> {
  /** `process.hrtime.bigint()` when the request came in. */
  startedAt?: bigint
  route?: RouteDefinition | undefined
  /** The error, before it became an answer. */
  cause?: unknown
}

export type HttpRequest = middy.Request<HttpEvent, HttpResponse, Error, Context, Internal>
export type HttpMiddleware = middy.MiddlewareObj<HttpEvent, HttpResponse, Error, Context, Internal>

/** Middleware: names of headers in lower case, as HTTP/2 has them; HTTP/1.1 clients send any. */
export const lowerCaseHeaders = (): HttpMiddleware => ({
  before: ({ event }) => {
    const headers: Record<string, string | undefined> = {}
    for (const name in event.headers) headers[name.toLowerCase()] = event.headers[name]
    event.headers = headers
  },
})

/**
 * Identity of the caller as the API's authorization knows it: the subject of a token, an identity of a Cognito identity pool, the unique
 * id of an IAM user or role (whose sessions have names that change), an API key's id. `undefined` on an open API.
 */
export function callerOf({ requestContext }: HttpEvent): string | undefined {
  const { authorizer, identity } = requestContext ?? {}
  const ids = [authorizer?.claims?.sub, authorizer?.principalId, identity?.cognitoIdentityId]
  return ids.find(Boolean) ?? (identity?.caller?.split(':')[0] || identity?.apiKeyId || undefined)
}

/** The request id that stands in the answer, in the log line and in Lambda's own log lines. */
export const requestIdOf = ({ context, event }: HttpRequest): string | undefined =>
  context.awsRequestId ?? event.requestContext?.requestId
