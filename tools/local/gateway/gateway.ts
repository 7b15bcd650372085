import { randomBytes, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { InvocationResult } from '../lambda/environment.ts'
import { RequestTooLargeError } from '../lambda/function.ts'
import type { ApiWiring } from '../wiring/apis.ts'
import type { AccessControl } from './authorization/access-control.ts'
import type { TokenEvent } from './authorization/lambda-authorizer.ts'
import { readBody } from './bodies.ts'
import { refuseMalformedRequests } from './client-error.ts'
import { type Answer, errorAnswer, GatewayError } from './gateway-response.ts'
import { createAnswer } from './integration-response.ts'
import { createEvent, type Incoming, type ProxyEvent } from './proxy-event.ts'
import { findApi, findRoute, parseTarget } from './route-matching.ts'
import { completeTrace, newTrace } from './trace.ts'

/** API Gateway's limit in bytes for the request line, and for all headers together (quotas of REST APIs). */
const MAX_HEADER_BYTES = 10_240
/** Must be percent-encoded for API Gateway, though browsers send some of them raw ("Important notes for REST APIs"). */
export const UNENCODED = /["<>\\^`{|}]/
/** Node.js's header limit in bytes: above API Gateway's, so the gateway sends the error. */
const MAX_HEAD_BYTES = 65_536
/** Milliseconds; longer than any client's, so no client sends on a connection that is about to close. */
const KEEP_ALIVE_TIMEOUT = 75_000
/** Milliseconds to receive a request: as long as API Gateway's integration timeout. */
const REQUEST_TIMEOUT = 29_000
/** Concurrent invocations, limited so that all finish before their callers time out. */
const MAX_IN_FLIGHT = 200

export interface GatewayOptions {
  apis(): readonly ApiWiring[]
  invoke(functionName: string, event: ProxyEvent | TokenEvent): Promise<InvocationResult>
  readonly access: AccessControl
  /** Milliseconds to receive a request with its body, before a 408. @default 29000 */
  readonly requestTimeout?: number
  /** Called after each response. */
  onRequest?(record: RequestRecord): void
  /** Handles requests that are not for an API; false passes a request on to the APIs. */
  intercept?(request: IncomingMessage, response: ServerResponse): boolean
}

/** A request and its outcome. */
export interface RequestRecord extends Outcome {
  readonly requestId: string
  readonly httpMethod: string
  /** The request target as sent. */
  readonly target: string
  /** Alternating names and values, as sent. */
  readonly rawHeaders: readonly string[]
  readonly answer: Answer
  /** Milliseconds. */
  readonly duration: number
}

interface Outcome {
  /** As sent; absent if it exceeded the limit. */
  body?: Buffer | undefined
  /** Only for requests that reach a function. */
  event?: ProxyEvent
  /** Only if the function responded in time; `initDuration` marks a cold start. */
  result?: InvocationResult
}

/** Creates an HTTP server that serves REST APIs as API Gateway does, at `/<stage>/<path>`. All APIs share its port. */
export function createGateway(options: GatewayOptions): Server {
  const { requestTimeout = REQUEST_TIMEOUT, intercept } = options
  const server = createServer({
    maxHeaderSize: MAX_HEAD_BYTES,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    headersTimeout: requestTimeout,
    requestTimeout,
    connectionsCheckingInterval: Math.min(requestTimeout, 1_000),
  })
  // Unlimited: Node.js silently drops headers over its limit.
  server.maxHeadersCount = 0
  // Otherwise Node.js disconnects clients that close their side after the request (`nc`, some proxies).
  Object.assign(server, { httpAllowHalfOpen: true })
  const inFlight = new Set<Outcome>()
  server.on('request', (request, response) => {
    if (!intercept?.(request, response)) void serve(request, response, options, inFlight)
  })
  refuseMalformedRequests(server)
  return server
}

/** Serves one request; never rejects. @param inFlight requests with a running invocation. */
async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: GatewayOptions,
  inFlight: Set<Outcome>,
): Promise<void> {
  const started = performance.now()
  const ids = { requestId: randomUUID(), extendedRequestId: `${randomBytes(11).toString('base64url')}=` }
  const { method: httpMethod = '', url = '', rawHeaders } = request
  const target = parseTarget(url)
  const outcome: Outcome = {}
  response.on('error', () => response.destroy())
  let made: Answer
  try {
    outcome.body = await readBody(request)
    if (!outcome.body) return
    made = await handle({ request, target, body: outcome.body, ...ids }, outcome, options, inFlight)
  } catch (error) {
    made = errorAnswer(errorType(error), findApi(options.apis(), target))
  }
  const own = [['x-amzn-RequestId', ids.requestId] as const, ['x-amz-apigw-id', ids.extendedRequestId] as const]
  const answer: Answer = { ...made, headers: [...made.headers, ...own] }
  send(response, answer)
  // Reads the rest: closing with unread bytes resets the connection, and the client may lose the response. Endless bodies time out.
  request.resume()
  const duration = performance.now() - started
  options.onRequest?.({ requestId: ids.requestId, httpMethod, target: url, rawHeaders, answer, duration, ...outcome })
}

function errorType(error: unknown) {
  if (error instanceof GatewayError) return error.type
  return error instanceof RequestTooLargeError ? 'eventTooLarge' : 'internal'
}

/** @throws GatewayError */
async function handle(
  incoming: Incoming,
  outcome: Outcome,
  { apis, access, invoke }: GatewayOptions,
  inFlight: Set<Outcome>,
): Promise<Answer> {
  const { httpVersionMajor, method: httpMethod = '', url = '', rawHeaders, headers } = incoming.request
  // Node.js accepts a request line without a version.
  if (httpVersionMajor < 1 || UNENCODED.test(url)) throw new GatewayError('badRequest')
  if (url.length > MAX_HEADER_BYTES) throw new GatewayError('targetTooLong')
  // Total bytes of the header lines, without line breaks.
  if (rawHeaders.join(' ').length + 1 > MAX_HEADER_BYTES) throw new GatewayError('headersTooLarge')
  const route = findRoute(apis(), incoming.target, httpMethod)
  if (!route) throw new GatewayError('noRoute')
  const { api, method } = route
  const { integration } = method
  if (integration.type === 'MOCK') {
    const headers = Object.entries({ 'Content-Type': 'application/json', ...integration.headers })
    return { status: integration.statusCode, headers, body: Buffer.alloc(0) }
  }
  const caller = await access(incoming, route, invoke)
  const trace = headers['x-amzn-trace-id']?.toString() || newTrace()
  outcome.event = createEvent(incoming, route, caller, trace)
  if (inFlight.size >= MAX_IN_FLIGHT) throw new GatewayError('throttled')
  inFlight.add(outcome)
  const invocation = withinTime(invoke(integration.functionName, outcome.event), integration.timeoutMs)
  outcome.result = await invocation.finally(() => inFlight.delete(outcome))
  const answer = createAnswer(outcome.result, headers.accept, api.binaryMediaTypes)
  return { ...answer, headers: [...answer.headers, ['X-Amzn-Trace-Id', completeTrace(trace)]] }
}

/** Rejects with a timeout error after the integration timeout. */
async function withinTime<T>(invocation: Promise<T>, timeoutMs: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(reject, timeoutMs, new GatewayError('timeout'))
  return Promise.race([invocation, promise]).finally(() => clearTimeout(timer))
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  if (status === 204 || status === 304) response.writeHead(status, headers.flat()).end()
  else response.writeHead(status, [...headers.flat(), 'Content-Length', String(body.length)]).end(body)
}
