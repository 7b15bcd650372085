/**
 * A problem of a request and its location: the name of a field, header or parameter, or `body`.
 * Both are logged, so neither may contain a value from the caller.
 */
export interface FieldError {
  readonly path: string
  readonly message: string
}

/** An error whose message is sent to the caller. Any other error is a fault of ours, and its message stays in the log. */
export abstract class CallerError extends Error {
  abstract readonly status: number
  readonly headers: Readonly<Record<string, string>> = {}
  readonly errors?: readonly FieldError[]
}

/** The request names something that does not exist. */
export class NotFoundError extends CallerError {
  override readonly name = 'NotFoundError'
  readonly status = 404
}

/** The request conflicts with stored data. */
export class ConflictError extends CallerError {
  override readonly name = 'ConflictError'
  readonly status = 409
}

/** The request is malformed or has an invalid value; nothing was changed. */
export class InvalidInputError extends CallerError {
  override readonly name = 'InvalidInputError'
  readonly status = 422
  override readonly errors: readonly FieldError[]

  constructor(errors: readonly FieldError[], options?: ErrorOptions) {
    super(`Invalid request: ${errors.map(({ path, message }) => `${path} ${message}`).join('; ')}`, options)
    this.errors = errors
  }
}

/** The body as a whole is malformed. */
export const malformedBody = (message: string, cause?: unknown) =>
  new InvalidInputError([{ path: 'body', message }], { cause })

/** A dependency is unreachable or overloaded; a retry after a second may succeed. */
export class UnavailableError extends CallerError {
  override readonly name = 'UnavailableError'
  readonly status = 503
  override readonly headers = { 'Retry-After': '1' }
}

/** Errors of HTTP itself: method, media type, size, deadline. */
export class HttpError extends CallerError {
  override readonly name = 'HttpError'
  readonly status: number
  override readonly headers: Readonly<Record<string, string>>

  constructor(status: number, message: string, headers = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}
