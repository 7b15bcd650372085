import {
  CallerError,
  ConflictError,
  DeadlineExceededError,
  InvalidInputError,
  MethodNotAllowedError,
  NotFoundError,
  PayloadTooLargeError,
  UnavailableError,
  UnsupportedMediaTypeError,
} from './caller-errors.ts'
import { type HttpMiddleware, requestIdOf } from './http-event.ts'

/** Seconds after which a caller may try again. */
const RETRY_AFTER = '1'

const STATUS = new Map<unknown, number>([
  [NotFoundError, 404],
  [MethodNotAllowedError, 405],
  [ConflictError, 409],
  [PayloadTooLargeError, 413],
  [UnsupportedMediaTypeError, 415],
  [InvalidInputError, 422],
  [UnavailableError, 503],
  [DeadlineExceededError, 504],
])

const headersOf = (error: CallerError): Record<string, string> => {
  if (error instanceof MethodNotAllowedError) return { Allow: error.allow.join(', ') }
  if (error instanceof UnavailableError) return { 'Retry-After': RETRY_AFTER }
  return {}
}

/**
 * Middleware: the one place where an error gets its HTTP status. What it leaves in `request.error` is rendered by
 * @middy/http-error-handler; the error itself goes to the log line. A fault of ours says nothing of itself to the caller.
 */
export function errorAnswer(): HttpMiddleware {
  return {
    onError: (request) => {
      const error: unknown = request.error
      request.internal.cause = error
      const known = error instanceof CallerError ? error : undefined
      const body = {
        message: known?.message ?? 'Internal Server Error',
        ...(known?.errors && { errors: known.errors }),
        requestId: requestIdOf(request),
      }
      request.error = Object.assign(new Error(JSON.stringify(body)), {
        statusCode: STATUS.get(known?.constructor) ?? 500,
        expose: true,
        headers: known ? headersOf(known) : {},
      })
    },
  }
}
