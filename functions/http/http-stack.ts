import middy from '@middy/core'
import httpErrorHandler from '@middy/http-error-handler'
import type { ApiDefinition } from './api-definition.ts'
import { CallerError, HttpError } from './caller-errors.ts'
import {
  type HttpEvent,
  type HttpMiddleware,
  type HttpRequest,
  type HttpResponse,
  lowerCaseHeaders,
  requestIdOf,
} from './http-event.ts'
import { type Level, requestLog } from './request-log.ts'
import { selectRoute } from './routing.ts'

/** Margin before the function's timeout, in milliseconds, kept for sending the 504. */
const ANSWER_BEFORE_TIMEOUT = 500

export interface StackEnvironment {
  readonly CORS_ORIGIN: string
  readonly LOG_LEVEL: Level
}

/**
 * Middlewares that every API shares. Read them downwards for a request, upwards for its answer or error: every outcome gets an answer with
 * headers, and one log line. Body parsers, `validate()` and a handler's own middlewares follow.
 */
export const httpStack = (api: Pick<ApiDefinition, 'routes'>, environment: StackEnvironment) =>
  middy<HttpEvent, HttpResponse>({
    timeoutEarlyInMillis: ANSWER_BEFORE_TIMEOUT,
    timeoutEarlyResponse: () => {
      throw new HttpError(504, 'The request took too long')
    },
  })
    .use(requestLog(environment.LOG_LEVEL))
    .use(answerHeaders(environment.CORS_ORIGIN))
    .use(httpErrorHandler({ logger: false as never }) as HttpMiddleware)
    .use(errorAnswer())
    .use(lowerCaseHeaders())
    .use(selectRoute(api))
    .use(refuseCompressed())

/** Middleware: adds headers to every answer. Without them, a browser would show a CORS failure instead of an error. */
function answerHeaders(corsOrigin: string): HttpMiddleware {
  const headers = {
    'Access-Control-Allow-Origin': corsOrigin,
    'Access-Control-Expose-Headers': 'Location, Retry-After, x-amzn-RequestId',
    ...(corsOrigin !== '*' && { Vary: 'Origin' }),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  }
  const add = ({ response }: HttpRequest) => {
    if (response) response.headers = { ...headers, ...response.headers }
  }
  return { after: add, onError: add }
}

/**
 * Middleware: converts an error to one that @middy/http-error-handler answers with; the log line gets the original. A fault of ours
 * reveals no detail to the caller.
 */
function errorAnswer(): HttpMiddleware {
  return {
    onError: (request) => {
      const error: unknown = request.error
      request.internal.cause = error
      const { status = 500, message, errors, headers = {} } = error instanceof CallerError ? error : {}
      const body = {
        message: message ?? 'Internal Server Error',
        ...(errors && { errors }),
        requestId: requestIdOf(request),
      }
      request.error = Object.assign(new Error(JSON.stringify(body)), { statusCode: status, expose: true, headers })
    },
  }
}

/** Middleware: refuses compressed bodies, which no parser of the stack can decode. */
function refuseCompressed(): HttpMiddleware {
  return {
    before: ({ event, internal }) => {
      const encoding = event.headers['content-encoding']?.trim() || 'identity'
      if (!internal.route?.body || encoding.toLowerCase() === 'identity') return
      const name = /^[\w, -]{1,40}$/.test(encoding) ? ` ${encoding}` : ''
      throw new HttpError(415, `Unsupported content encoding${name}: send the body uncompressed`)
    },
  }
}
