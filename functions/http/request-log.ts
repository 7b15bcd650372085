import { InvalidInputError } from './caller-errors.ts'
import { type HttpMiddleware, requestIdOf } from './http-event.ts'
import { withSources } from './source-map.ts'

const LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type Level = (typeof LEVELS)[number]

/** Returns a logger of JSON lines at this level and above. Bypasses `console`: Lambda's runtime wraps its output in another JSON object. */
export const createLog =
  (minimum: Level) =>
  (level: Level, message: string, details: object): void => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(minimum)) return
    const timestamp = new Date().toISOString()
    process.stdout.write(`${JSON.stringify({ timestamp, level, message, ...details })}\n`)
  }

let coldStart = true

/**
 * Middleware: logs one JSON line per request, with the causes of an error. Never logs a body, a query, a password or a presigned URL.
 * Messages may quote a caller's value, so below 500 only InvalidInputError's is logged: fixed texts and names of fields.
 */
export function requestLog(minimum: Level): HttpMiddleware {
  const log = createLog(minimum)
  const write: NonNullable<HttpMiddleware['after']> = (request) => {
    const { event, internal, response } = request
    const status = response?.statusCode ?? 500
    log(status >= 500 ? 'error' : status >= 400 ? 'warn' : 'info', `${event.httpMethod} ${event.resource} ${status}`, {
      requestId: requestIdOf(request),
      apiRequestId: event.requestContext?.requestId,
      method: event.httpMethod,
      resource: event.resource,
      status,
      // `performance.now()` would load another Node.js module in a cold start.
      duration: Number((process.hrtime.bigint() - (internal.startedAt ?? 0n)) / 10_000n) / 100,
      coldStart,
      error: internal.cause === undefined ? undefined : describe(internal.cause, status >= 500),
    })
    coldStart = false
  }
  return {
    before: ({ internal }) => {
      internal.startedAt = process.hrtime.bigint()
    },
    after: write,
    onError: write,
  }
}

/** Loggable fields of an error and its causes; `inDetail` adds messages and stacks. */
export function describe(error: unknown, inDetail: boolean, depth = 0): unknown {
  if (!(error instanceof Error)) {
    // Some objects cannot be converted to a string, and a parser's object may contain the body.
    return { message: Object(error) === error ? Object.prototype.toString.call(error) : String(error) }
  }
  const { name, message, stack, cause, code, errno, sqlState, $metadata } = error as Error & Record<string, unknown>
  return {
    name,
    code,
    errno,
    sqlState,
    ...((inDetail || error instanceof InvalidInputError) && { message }),
    ...(inDetail && stack !== undefined && { stack: withSources(stack) }),
    aws: $metadata,
    ...(cause !== undefined && depth < 4 && { cause: describe(cause, inDetail, depth + 1) }),
  }
}
