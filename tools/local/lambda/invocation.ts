/** What one invocation gave: the payload as the function sent it, or the error as Lambda reports it. */
export interface InvocationResult {
  readonly requestId: string
  /** JSON text. With `functionError`: `{errorType, errorMessage, trace?}`. */
  readonly payload: string
  readonly functionError?: 'Unhandled'
  /** Milliseconds. */
  readonly duration: number
  /** Milliseconds; only where this invocation started the execution environment (a cold start). */
  readonly initDuration?: number
  /** The execution environment that served it. */
  readonly environmentId?: string
}

/** Largest event of a synchronous invocation, bytes of JSON (Lambda quotas). */
export const MAX_REQUEST_BYTES = 6_291_456
/** Largest answer of a synchronous invocation, bytes of JSON (Lambda quotas). */
export const MAX_RESPONSE_BYTES = 6_291_556

/** The event is over Lambda's limit for a synchronous invocation, so the function was not invoked. */
export class RequestTooLargeError extends Error {
  override readonly name = 'RequestTooLargeError'
  constructor(bytes: number) {
    super(`${bytes} byte payload is too large for a synchronous invocation (limit ${MAX_REQUEST_BYTES} bytes)`)
  }
}

/** The function was stopped before it could answer. */
export class FunctionStoppedError extends Error {
  override readonly name = 'FunctionStoppedError'
  constructor(functionName: string) {
    super(`function ${functionName} is stopped`)
  }
}
