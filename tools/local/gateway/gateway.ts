import { randomBytes, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { type InvocationResult, RequestTooLargeError } from '../lambda/invocation.ts'
import { ACCOUNT_ID, REGION } from '../sigv4.ts'
import type { ApiWiring } from '../wiring/apis.ts'
import type { AccessControl } from './authorization/access-control.ts'
import type { TokenEvent } from './authorization/lambda-authorizer.ts'
import { refuseMalformedRequests } from './client-error.ts'
import { type Answer, errorAnswer, type GatewayError } from './gateway-response.ts'
import { createAnswer } from './integration-response.ts'
import { apiId, createEvent, type ProxyEvent } from './proxy-event.ts'
import { discardBody, MAX_BODY_BYTES, readBody } from './request-body.ts'
import { findApi, findRoute, parseTarget, type Target } from './route-matching.ts'
import { completeTrace, traceHeader } from './trace.ts'

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
  readonly apis: readonly ApiWiring[]
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

/** What became of a request: an answer of a function, of a MOCK, or the gateway's error. */
interface Outcome {
  readonly answer: Answer | GatewayError
  readonly event?: ProxyEvent
  readonly result?: InvocationResult
  /** Only where a function answered. */
  readonly trace?: string
}

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
  const gateway = new Gateway(options)
  server.on('request', (request, response) => {
    if (!intercept?.(request, response)) void gateway.serve(request, response)
  })
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (Number(request.headers['content-length'] ?? 0) <= MAX_BODY_BYTES) response.writeContinue()
    void gateway.serve(request, response)
  })
  refuseMalformedRequests(server)
  return server
}

class Gateway {
  readonly #options: GatewayOptions
  /** Requests that wait for a function, by the API's name. */
  readonly #inFlight = new Map<string, number>()

  constructor(options: GatewayOptions) {
    this.#options = options
  }

  /** Answers one request; never rejects. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now()
    const ids = { requestId: randomUUID(), extendedRequestId: `${randomBytes(11).toString('base64url')}=` }
    response.on('error', () => response.destroy())
    const body = await readBody(request)
    if (body === 'aborted') return
    const { method: httpMethod = '', url = '', rawHeaders } = request
    const target = parseTarget(url)
    const outcome = await this.#handle(request, target, body, ids).catch((): Outcome => ({ answer: 'internal' }))
    const { answer: made, event, result, trace } = outcome
    const answer = typeof made === 'string' ? errorAnswer(made, findApi(this.#options.apis, target)) : made
    const sent: Answer = {
      ...answer,
      headers: [
        ...answer.headers,
        ['x-amzn-RequestId', ids.requestId],
        ['x-amz-apigw-id', ids.extendedRequestId],
        ...(trace ? [['X-Amzn-Trace-Id', completeTrace(trace)] as const] : []),
      ],
    }
    await send(request, response, sent)
    this.#options.onRequest?.({
      requestId: ids.requestId,
      httpMethod,
      target: url,
      rawHeaders,
      ...(body !== 'too large' && { body }),
      answer: sent,
      duration: performance.now() - started,
      ...(event && { event }),
      ...(result && { result }),
    })
  }

  async #handle(
    request: IncomingMessage,
    target: Target,
    body: Buffer | 'too large',
    ids: { readonly requestId: string; readonly extendedRequestId: string },
  ): Promise<Outcome> {
    const { method: httpMethod = '', url = '', rawHeaders, headers } = request
    // A request line without version, which Node.js lets pass.
    if (request.httpVersionMajor < 1) return { answer: 'badRequest' }
    if (body === 'too large') return { answer: 'bodyTooLarge' }
    if (url.length > MAX_HEADER_BYTES) return { answer: 'targetTooLong' }
    if (UNENCODED.test(url)) return { answer: 'badRequest' }
    // Of all header lines, their ends not counted.
    if (rawHeaders.join(' ').length + 1 > MAX_HEADER_BYTES) return { answer: 'headersTooLarge' }
    const { apis, access, invoke } = this.#options
    const route = findRoute(apis, target, httpMethod)
    if (!route) return { answer: 'noRoute' }
    const { integration } = route.method
    if (integration.type === 'MOCK') {
      const headers = Object.entries({ 'Content-Type': 'application/json', ...integration.headers })
      return { answer: { status: integration.statusCode, headers, body: Buffer.alloc(0) } }
    }
    const time = new Date()
    const trace = traceHeader(headers['x-amzn-trace-id']?.toString(), time)
    const methodArn = `arn:aws:execute-api:${REGION}:${ACCOUNT_ID}:${apiId(route.api.name)}/${route.api.stage}/${httpMethod}${target.path}`
    const caller = await access.check({ route, target, request, body, methodArn, invoke })
    if (typeof caller === 'string') return { answer: caller }
    const event = createEvent({ caller, route, target, request, body, trace, time, ...ids })
    const result = await this.#invoke(route.api.name, integration, event)
    if (typeof result === 'string') return { answer: result, event }
    const answer = createAnswer(result, headers.accept, route.api.binaryMediaTypes)
    return { answer, event, result, ...(typeof answer !== 'string' && { trace }) }
  }

  /** Invokes the function, for as long as the integration waits. */
  async #invoke(
    api: string,
    { functionName, timeoutMs }: { readonly functionName: string; readonly timeoutMs: number },
    event: ProxyEvent,
  ): Promise<InvocationResult | GatewayError> {
    const waiting = this.#inFlight.get(api) ?? 0
    if (waiting >= MAX_IN_FLIGHT) return 'throttled'
    this.#inFlight.set(api, waiting + 1)
    const timeout = new AbortController()
    const invocation = this.#options
      .invoke(functionName, event)
      .catch((error: unknown): GatewayError => (error instanceof RequestTooLargeError ? 'eventTooLarge' : 'internal'))
    const late = setTimeout<GatewayError>(timeoutMs, 'timeout', timeout).catch((): GatewayError => 'timeout')
    const result = await Promise.race([invocation, late])
    timeout.abort()
    this.#inFlight.set(api, (this.#inFlight.get(api) ?? 1) - 1)
    return result
  }
}

async function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer) {
  const hasBody = status !== 204 && status !== 304
  const length = hasBody ? ['Content-Length', String(body.length)] : []
  if (request.complete) {
    response.writeHead(status, [...headers.flat(), ...length]).end(hasBody ? body : undefined)
  } else {
    // Refused before its end. A connection closed with bytes unread is reset, and the client might not see the answer.
    response.writeHead(status, [...headers.flat(), ...length, 'Connection', 'close']).write(body)
    await discardBody(request)
    response.end()
  }
}
