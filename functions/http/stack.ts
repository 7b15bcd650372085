import middy from '@middy/core'
import httpErrorHandler from '@middy/http-error-handler'
import { errorAnswer } from './error-answer.ts'
import { DeadlineExceededError, UnsupportedMediaTypeError } from './errors.ts'
import { type Level, requestLog } from './log.ts'
import {
  callerOf,
  type HttpEvent,
  type HttpMiddleware,
  type HttpRequest,
  type HttpResponse,
  header,
} from './request.ts'
import { type Route, type Routes, routeKey, selectRoute } from './route.ts'
import { validate } from './validation.ts'

/** Milliseconds before the function's own end at which the caller is told so, while there is time to answer. */
const ANSWER_BEFORE_TIMEOUT = 500

export interface HandlerOptions {
  readonly environment: { readonly CORS_ORIGIN: string; readonly LOG_LEVEL: Level }
  readonly routes: Routes
  /** Middlewares that run last, for requests that are valid. */
  readonly use?: readonly HttpMiddleware[]
}

/**
 * The one middleware stack of both functions. Read it downwards for a request, upwards for its answer or error:
 * whatever happens inside, there is an answer with its headers, and one log line.
 */
export function createHandler({ environment, routes, use = [] }: HandlerOptions) {
  return middy<HttpEvent, HttpResponse>({ timeoutEarlyInMillis: ANSWER_BEFORE_TIMEOUT, timeoutEarlyResponse })
    .use(requestLog(environment.LOG_LEVEL))
    .use(answerHeaders(environment.CORS_ORIGIN))
    .use(httpErrorHandler({ logger: false as never }) as HttpMiddleware)
    .use(errorAnswer())
    .use(selectRoute(routes))
    .use(parseBody())
    .use(validate())
    .use([...use])
    .handler((event) => {
      const { body, queryStringParameters: query, pathParameters: path, headers, requestContext } = event as HttpEvent
      const { handle } = routes[routeKey(event as HttpEvent)] as Route
      // An event written by hand, as for `aws lambda invoke`, may have no request context.
      const caller = callerOf(event as HttpEvent)
      return handle({ body, query, path, headers, requestPath: requestContext?.path ?? event.path, caller })
    })
}

const timeoutEarlyResponse = (): never => {
  throw new DeadlineExceededError()
}

/** Middleware: headers that every answer has, errors too, or a browser would show a CORS failure in place of them. */
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

/** Middleware: the route's own parser turns `event.body` into what its schema expects. */
function parseBody(): HttpMiddleware {
  return {
    before: (request) => {
      const { body } = request.internal.route ?? {}
      const encoding = header(request.event, 'content-encoding')?.trim() || 'identity'
      if (body && encoding.toLowerCase() !== 'identity')
        throw new UnsupportedMediaTypeError(
          `Unsupported content encoding ${/^[\w, -]{1,40}$/.test(encoding) ? encoding : ''}: send the body as it is`,
        )
      return body?.parse(request)
    },
  }
}
