import { randomBytes, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { InvocationResult } from '../lambda/environment.ts'
import { RequestTooLargeError } from '../lambda/function.ts'
import type { ApiWiring } from '../wiring/apis.ts'
import type { AccessControl } from './authorization/access-control.ts'
import type { TokenEvent } from './authorization/lambda-authorizer.ts'
import { refuseMalformedRequests } from './client-error.ts'
import { type Answer, errorAnswer, type GatewayError } from './gateway-response.ts'
import { createAnswer } from './integration-response.ts'
import { createEvent, type Incoming, type ProxyEvent } from './proxy-event.ts'
import { MAX_BODY_BYTES, readBody } from './request-body.ts'
import { findApi, findRoute, parseTarget } from './route-matching.ts'
import { completeTrace, newTrace } from './trace.ts'

/** API Gateway's limit of the request line, and of all headers together, bytes (quotas of REST APIs). */
const MAX_HEADER_BYTES = 10_240
/** API Gateway wants these percent-encoded; browsers leave some of them as they are (its "important notes for REST APIs"). */
export const UNENCODED = /["<>\\^`{|}]/
/** Node.js's own limit; above API Gateway's, so that its error is ours. Bytes. */
const MAX_HEAD_BYTES = 65_536
/** Longer than any client's, so that no client sends on a connection that is about to close. Milliseconds. */
const KEEP_ALIVE_TIMEOUT = 75_000
/** Milliseconds that a client may take for its request: as long as API Gateway would wait for the answer. */
const REQUEST_TIMEOUT = 29_000
/** Requests that wait for functions at once, of each API: no more than this machine can answer before its callers give up. */
const MAX_IN_FLIGHT = 200

export interface GatewayOptions {
  /** Those of the moment. */
  apis(): readonly ApiWiring[]
  invoke(functionName: string, event: ProxyEvent | TokenEvent): Promise<InvocationResult>
  readonly access: AccessControl
  /** Milliseconds that a client may take for its request, its body included; then it is a 408. @default 29000 */
  readonly requestTimeout?: number
  /** Called after each answer. */
  onRequest?(record: RequestRecord): void
  /** Answers what is not for an API; false leaves the request to the APIs. */
  intercept?(request: IncomingMessage, response: ServerResponse): boolean
}

/** One request with all that became of it. */
export interface RequestRecord {
  readonly requestId: string
  readonly httpMethod: string
  /** The request target as sent. */
  readonly target: string
  /** Names and values in turn, as sent. */
  readonly rawHeaders: readonly string[]
  /** As sent; absent where it was too large to be read. */
  readonly body?: Buffer
  readonly answer: Answer
  /** Milliseconds. */
  readonly duration: number
  /** Only where a function was invoked. */
  readonly event?: ProxyEvent
  /** Only where a function answered in time; `initDuration` tells a cold start. */
  readonly result?: InvocationResult
}

type Outcome = Pick<RequestRecord, 'event' | 'result'> & { readonly answer: Answer | GatewayError }

/** An HTTP server that serves REST APIs as API Gateway does, at `/<stage>/<path>`; all APIs share its one port. */
export function createGateway(options: GatewayOptions): Server {
  const { requestTimeout = REQUEST_TIMEOUT, intercept } = options
  const server = createServer({
    maxHeaderSize: MAX_HEAD_BYTES,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    headersTimeout: requestTimeout,
    requestTimeout,
    connectionsCheckingInterval: Math.min(requestTimeout, 1_000),
  })
  // Node.js would leave out those over its limit, silently.
  server.maxHeadersCount = 0
  // Node.js would hang up on a client that ends its side of the connection after the request (`nc`, some proxies).
  Object.assign(server, { httpAllowHalfOpen: true })
  const inFlight = new Map<string, number>()
  server.on('request', (request, response) => {
    if (!intercept?.(request, response)) void serve(request, response, options, inFlight)
  })
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (Number(request.headers['content-length'] ?? 0) <= MAX_BODY_BYTES) response.writeContinue()
    void serve(request, response, options, inFlight)
  })
  refuseMalformedRequests(server)
  return server
}

/** Answers one request; never rejects. @param inFlight requests that wait for a function, by the API's name. */
async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: GatewayOptions,
  inFlight: Map<string, number>,
): Promise<void> {
  const started = performance.now()
  const ids = { requestId: randomUUID(), extendedRequestId: `${randomBytes(11).toString('base64url')}=` }
  response.on('error', () => response.destroy())
  const body = await readBody(request)
  if (body === 'aborted') return
  const { method: httpMethod = '', url = '', rawHeaders } = request
  const target = parseTarget(url)
  const { answer: made, ...invocation }: Outcome =
    typeof body === 'string'
      ? { answer: body }
      : await handle({ request, target, body, ...ids }, options, inFlight).catch(
          (): Outcome => ({ answer: 'internal' }),
        )
  const { headers, ...rest } = typeof made === 'string' ? errorAnswer(made, findApi(options.apis(), target)) : made
  const own = [['x-amzn-RequestId', ids.requestId] as const, ['x-amz-apigw-id', ids.extendedRequestId] as const]
  const answer: Answer = { ...rest, headers: [...headers, ...own] }
  send(response, answer)
  // A connection closed with bytes unread is reset, and its client might not see the answer; a body without end is a 408.
  request.resume()
  options.onRequest?.({
    requestId: ids.requestId,
    httpMethod,
    target: url,
    rawHeaders,
    ...(typeof body !== 'string' && { body }),
    answer,
    duration: performance.now() - started,
    ...invocation,
  })
}

async function handle(
  incoming: Incoming,
  { apis, access, invoke }: GatewayOptions,
  inFlight: Map<string, number>,
): Promise<Outcome> {
  const { httpVersionMajor, method: httpMethod = '', url = '', rawHeaders, headers } = incoming.request
  // A request line without version, which Node.js lets pass.
  if (httpVersionMajor < 1 || UNENCODED.test(url)) return { answer: 'badRequest' }
  if (url.length > MAX_HEADER_BYTES) return { answer: 'targetTooLong' }
  // Of all header lines, their ends not counted.
  if (rawHeaders.join(' ').length + 1 > MAX_HEADER_BYTES) return { answer: 'headersTooLarge' }
  const route = findRoute(apis(), incoming.target, httpMethod)
  if (!route) return { answer: 'noRoute' }
  const { api, method } = route
  const { integration } = method
  if (integration.type === 'MOCK') {
    const headers = Object.entries({ 'Content-Type': 'application/json', ...integration.headers })
    return { answer: { status: integration.statusCode, headers, body: Buffer.alloc(0) } }
  }
  const caller = await access(incoming, route, invoke)
  if (typeof caller === 'string') return { answer: caller }
  const trace = headers['x-amzn-trace-id']?.toString() || newTrace()
  const event = createEvent(incoming, route, caller, trace)
  const waiting = inFlight.get(api.name) ?? 0
  if (waiting >= MAX_IN_FLIGHT) return { answer: 'throttled', event }
  inFlight.set(api.name, waiting + 1)
  const result = await withinTime(invoke(integration.functionName, event), integration.timeoutMs)
  inFlight.set(api.name, (inFlight.get(api.name) ?? 1) - 1)
  if (typeof result === 'string') return { answer: result, event }
  const answer = createAnswer(result, headers.accept, api.binaryMediaTypes)
  if (typeof answer === 'string') return { answer, event, result }
  const traced = [...answer.headers, ['X-Amzn-Trace-Id', completeTrace(trace)] as const]
  return { answer: { ...answer, headers: traced }, event, result }
}

/** The result of an invocation, for as long as the integration waits. */
async function withinTime(invocation: Promise<InvocationResult>, timeoutMs: number) {
  const { promise, resolve } = Promise.withResolvers<InvocationResult | GatewayError>()
  const timer = setTimeout(resolve, timeoutMs, 'timeout')
  invocation.then(resolve, (error) => resolve(error instanceof RequestTooLargeError ? 'eventTooLarge' : 'internal'))
  return promise.finally(() => clearTimeout(timer))
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  if (status === 204 || status === 304) response.writeHead(status, headers.flat()).end()
  else response.writeHead(status, [...headers.flat(), 'Content-Length', String(body.length)]).end(body)
}
