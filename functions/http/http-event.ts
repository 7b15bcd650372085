import type middy from '@middy/core'
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda'
import type { RouteDefinition } from './api-definition.ts'

/**
 * Event of a REST API's Lambda proxy integration (payload version 1). The stack converts the names of `headers` to lower case, and
 * replaces `body` with its parsed value.
 */
export type HttpEvent = Omit<APIGatewayProxyEvent, 'body'> & { body: unknown }

export type HttpResponse = APIGatewayProxyResult

/** State shared by the middlewares of one request. */
export interface Internal extends Record<string, unknown> {
  /** `process.hrtime.bigint()` at the start of the request. */
  startedAt?: bigint
  route?: RouteDefinition | undefined
  /** The error before its conversion to an answer. */
  cause?: unknown
}

export type HttpRequest = middy.Request<HttpEvent, HttpResponse, Error, Context, Internal>
export type HttpMiddleware = middy.MiddlewareObj<HttpEvent, HttpResponse, Error, Context, Internal>

/** Middleware: converts header names to lower case, as in HTTP/2; HTTP/1.1 clients send any case. */
export const lowerCaseHeaders = (): HttpMiddleware => ({
  before: ({ event }) => {
    const headers: Record<string, string | undefined> = {}
    for (const name in event.headers) headers[name.toLowerCase()] = event.headers[name]
    event.headers = headers
  },
})

/**
 * Caller's identity from the API's authorization: a token's subject, a Cognito identity, an API key's id, or an IAM user's or role's unique
 * id. Excludes the name of a role's session, which changes. `undefined` on an open API.
 */
export function callerOf({ requestContext }: HttpEvent): string | undefined {
  const { authorizer, identity } = requestContext ?? {}
  const ids = [authorizer?.claims?.sub, authorizer?.principalId, identity?.cognitoIdentityId]
  return ids.find(Boolean) ?? (identity?.caller?.split(':')[0] || identity?.apiKeyId || undefined)
}

/** Request id in the answer, in the log line and in Lambda's own log lines. */
export const requestIdOf = ({ context, event }: HttpRequest): string | undefined =>
  context.awsRequestId ?? event.requestContext?.requestId
