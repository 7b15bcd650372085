/**
 * One thing that is wrong with a request, and where: a field's name, a query or path parameter's, or `body`.
 * Both are logged: neither may hold a value that a caller sent.
 */
export interface FieldError {
  readonly path: string
  readonly message: string
}

/** An error whose message is written for the caller. Any other error is a fault of ours, and its message stays in the log. */
export abstract class CallerError extends Error {
  readonly errors?: readonly FieldError[]
}

/** The request is malformed or a value in it is not allowed; nothing was changed. */
export class InvalidInputError extends CallerError {
  override readonly name = 'InvalidInputError'
  override readonly errors: readonly FieldError[]

  constructor(errors: readonly FieldError[], options?: ErrorOptions) {
    super(`Invalid request: ${errors.map(({ path, message }) => `${path} ${message}`).join('; ')}`, options)
    this.errors = errors
  }
}

/** What the request names does not exist. */
export class NotFoundError extends CallerError {
  override readonly name = 'NotFoundError'
}

/** The request contradicts what is stored. */
export class ConflictError extends CallerError {
  override readonly name = 'ConflictError'
}

/** The body has another media type than the one that is needed. */
export class UnsupportedMediaTypeError extends CallerError {
  override readonly name = 'UnsupportedMediaTypeError'
}

/** More bytes than one request may carry. */
export class PayloadTooLargeError extends CallerError {
  override readonly name = 'PayloadTooLargeError'
}

/** The resource exists, but not with this method. */
export class MethodNotAllowedError extends CallerError {
  override readonly name = 'MethodNotAllowedError'
  readonly allow: readonly string[]

  constructor(allow: readonly string[]) {
    super(`Method not allowed: use ${allow.join(' or ')}`)
    this.allow = allow
  }
}

/** Something that we depend on cannot be reached or is overloaded; the same request may succeed later. */
export class UnavailableError extends CallerError {
  override readonly name = 'UnavailableError'
}

/** The function ran out of time. */
export class DeadlineExceededError extends CallerError {
  override readonly name = 'DeadlineExceededError'

  constructor() {
    super('The request took too long')
  }
}
