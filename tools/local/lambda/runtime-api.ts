import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MAX_RESPONSE_BYTES } from './invocation.ts'

const PREFIX = '/2018-06-01/runtime'

/** What the runtime is handed on `next`. */
export interface PendingInvocation {
  readonly requestId: string
  /** JSON text, or its bytes in UTF-8. */
  readonly event: string | Buffer
  /** Epoch milliseconds. */
  readonly deadline: number
  readonly functionArn: string
  readonly traceId: string
}

/** What the runtime tells the platform; the environment decides what it means. */
export interface RuntimeApiListener {
  /** The runtime asked for work for the first time. */
  initialised(): void
  /** The runtime asked for work, and there is none. */
  waiting?(): void
  /** The answer to the invocation delivered last; `functionError` if the handler threw. `payload` is JSON text. */
  answered(payload: string, functionError: boolean): void
  /** Loading the function failed. `payload` is JSON text. */
  initFailed(payload: string): void
}

/**
 * Lambda's Runtime API for one execution environment, on a free port of 127.0.0.1.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html; error shapes as AWS's own emulator gives them.
 */
export class RuntimeApi {
  readonly #server: Server
  readonly #listener: RuntimeApiListener
  #pending: PendingInvocation | undefined
  #running: string | undefined
  #poll: ServerResponse | undefined
  #initialised = false
  #address = ''

  constructor(listener: RuntimeApiListener) {
    this.#listener = listener
    // A runtime may be silent for as long as nobody calls it: no timeout may end its connection.
    this.#server = createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, (request, response) => {
      this.#serve(request, response).catch(() => response.destroy())
    })
  }

  /** Starts listening; gives `host:port`, the value of `AWS_LAMBDA_RUNTIME_API`. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(0, '127.0.0.1', resolve)
    })
    this.#address = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
    return this.#address
  }

  /** Hands an invocation to the runtime, at once if it is waiting for one, else when it asks. */
  deliver(invocation: PendingInvocation): void {
    this.#pending = invocation
    this.#flush()
  }

  /** Ends every connection, by which a waiting runtime sees that it should exit. */
  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  #flush(): void {
    const invocation = this.#pending
    if (!invocation || !this.#poll) return
    this.#poll.writeHead(200, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(invocation.event),
      'Lambda-Runtime-Aws-Request-Id': invocation.requestId,
      'Lambda-Runtime-Deadline-Ms': String(invocation.deadline),
      'Lambda-Runtime-Invoked-Function-Arn': invocation.functionArn,
      'Lambda-Runtime-Trace-Id': invocation.traceId,
    })
    this.#poll.end(invocation.event)
    this.#poll = undefined
    this.#pending = undefined
    this.#running = invocation.requestId
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Events hold tokens: a page in a browser gets none, not even under a name of its own that leads here (DNS rebinding).
    const { host, origin, 'sec-fetch-site': site } = request.headers
    if (host !== this.#address || origin !== undefined || site !== undefined)
      return reply(response, 403, { errorMessage: `Only runtimes, at ${this.#address}`, errorType: 'Forbidden' })
    const [, id, action] = /^\/invocation\/([^/]+)\/(response|error)$/.exec(path(request)) ?? []
    if (request.method === 'GET' && path(request) === '/invocation/next') return this.#next(response)
    const body = await readBody(request)
    if (request.method === 'POST' && path(request) === '/init/error') {
      reply(response, 202, { status: 'OK' })
      return this.#listener.initFailed(body ?? '{}')
    }
    if (request.method === 'POST' && id && action) return this.#answer(id, action === 'error', body, response)
    reply(response, 404, { errorMessage: 'Not found', errorType: 'NotFound' })
  }

  #next(response: ServerResponse): void {
    if (!this.#initialised) this.#listener.initialised()
    this.#initialised = true
    this.#poll = response
    this.#running = undefined
    if (!this.#pending) this.#listener.waiting?.()
    this.#flush()
  }

  #answer(id: string, functionError: boolean, body: string | undefined, response: ServerResponse): void {
    if (id !== this.#running) {
      reply(response, 400, { errorMessage: 'Invalid request ID', errorType: 'InvalidRequestID' })
    } else if (body === undefined) {
      this.#running = undefined
      const limit = `maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`
      reply(response, 413, { errorMessage: `Exceeded ${limit}`, errorType: 'RequestEntityTooLarge' })
      const errorMessage = `Response payload size exceeded ${limit}`
      this.#listener.answered(JSON.stringify({ errorType: 'Function.ResponseSizeTooLarge', errorMessage }), true)
    } else {
      this.#running = undefined
      reply(response, 202, { status: 'OK' })
      this.#listener.answered(body, functionError)
    }
  }
}

function path(request: IncomingMessage): string {
  return request.url?.startsWith(PREFIX) ? request.url.slice(PREFIX.length) : ''
}

/** The body as text; `undefined` where it is over Lambda's limit for an answer, read to its end all the same. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= MAX_RESPONSE_BYTES) chunks.push(chunk)
  }
  return bytes <= MAX_RESPONSE_BYTES ? Buffer.concat(chunks).toString() : undefined
}

function reply(response: ServerResponse, status: number, body: Record<string, string>): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}
