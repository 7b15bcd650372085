/** What a function gives: the payload as it sent it, or the error as Lambda reports it. */
export interface FunctionAnswer {
  /** JSON text. With `functionError`: `{errorType, errorMessage, trace?}`. */
  readonly payload: string
  readonly functionError?: 'Unhandled' | undefined
}

export interface InvocationResult extends FunctionAnswer {
  readonly requestId: string
  /** Milliseconds. */
  readonly duration: number
  /** Milliseconds; only where this invocation started the execution environment (a cold start). */
  readonly initDuration?: number | undefined
  /** The execution environment that served it. */
  readonly environmentId?: string
}

/** Largest event of a synchronous invocation, bytes of JSON (Lambda quotas). */
export const MAX_REQUEST_BYTES = 6_291_456
/** Largest answer of a synchronous invocation, bytes of JSON (Lambda quotas). */
export const MAX_RESPONSE_BYTES = 6_291_556

/** The event is over Lambda's limit for a synchronous invocation, so the function was not invoked. */
export class RequestTooLargeError extends Error {}
