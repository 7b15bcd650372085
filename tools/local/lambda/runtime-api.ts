import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Limit for the response of a synchronous invocation, in bytes of JSON (Lambda quotas). */
const MAX_RESPONSE_BYTES = 6_291_556

/** A function's response, or the error as Lambda reports it. */
export interface FunctionAnswer {
  /** JSON text. With `functionError`: `{errorType, errorMessage, trace?}`. */
  readonly payload: string
  readonly functionError?: 'Unhandled' | undefined
}

export interface Invocation {
  readonly requestId: string
  /** JSON text, or its bytes in UTF-8. */
  readonly event: string | Buffer
  /** Epoch milliseconds. */
  readonly deadline: number
  readonly functionArn: string
  readonly traceId: string
}

/**
 * Lambda's Runtime API for one execution environment, on a free port of 127.0.0.1.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html; error shapes match AWS's own emulator.
 */
export class RuntimeApi {
  // No timeouts: the runtime's connection is idle until the next invocation.
  readonly #server = createServer(
    { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 },
    (request, response) => {
      this.#serve(request, response).catch(() => response.destroy())
    },
  )
  readonly #init = Promise.withResolvers<string | undefined>()
  /** The runtime's pending request for its next event. */
  #poll = Promise.withResolvers<ServerResponse>()
  #running: { readonly requestId: string; answered(answer: FunctionAnswer): void } | undefined
  #address = ''

  /** Resolves when the runtime asks for its first event, or with its initialization error (JSON text). */
  readonly init = this.#init.promise

  /** Resolves when the runtime waits for an event. */
  get idle(): Promise<unknown> {
    return this.#poll.promise
  }

  /** Starts listening. @returns `host:port`, the value of `AWS_LAMBDA_RUNTIME_API`. */
  async listen(): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening')
    this.#address = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
    return this.#address
  }

  /** Sends an invocation when the runtime asks for one, one at a time. @returns the function's response. */
  async invoke({ requestId, event, deadline, functionArn, traceId }: Invocation): Promise<FunctionAnswer> {
    const failure = await this.init
    if (failure !== undefined) return { payload: failure, functionError: 'Unhandled' }
    const response = await this.#poll.promise
    this.#poll = Promise.withResolvers()
    const { promise, resolve: answered } = Promise.withResolvers<FunctionAnswer>()
    this.#running = { requestId, answered }
    response.writeHead(200, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(event),
      'Lambda-Runtime-Aws-Request-Id': requestId,
      'Lambda-Runtime-Deadline-Ms': String(deadline),
      'Lambda-Runtime-Invoked-Function-Arn': functionArn,
      'Lambda-Runtime-Trace-Id': traceId,
    })
    response.end(event)
    return promise
  }

  /** Closes every connection, which makes a waiting runtime exit. */
  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = (status: number, body: Record<string, string>) =>
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
    // Events hold tokens. Refuses web pages, including those that use DNS rebinding.
    const { host, origin, 'sec-fetch-site': site } = request.headers
    if (host !== this.#address || origin !== undefined || site !== undefined)
      return void reply(403, { errorMessage: `Only for runtimes, at ${this.#address}`, errorType: 'Forbidden' })
    const route = `${request.method} ${request.url?.replace('/2018-06-01/runtime', '')}`
    if (route === 'GET /invocation/next') {
      this.#poll.resolve(response)
      return this.#init.resolve(undefined)
    }
    const body = await readBody(request)
    const [, id, action] = /^POST \/invocation\/([^/]+)\/(response|error)$/.exec(route) ?? []
    if (route === 'POST /init/error') {
      reply(202, { status: 'OK' })
      this.#init.resolve(body ?? '{}')
    } else if (id === undefined) {
      reply(404, { errorMessage: 'Not found', errorType: 'NotFound' })
    } else if (id !== this.#running?.requestId) {
      reply(400, { errorMessage: 'Invalid request ID', errorType: 'InvalidRequestID' })
    } else {
      const { answered } = this.#running
      this.#running = undefined
      const limit = `exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`
      const tooLarge = { errorType: 'Function.ResponseSizeTooLarge', errorMessage: `Response payload size ${limit}` }
      if (body === undefined) reply(413, { errorMessage: limit, errorType: 'RequestEntityTooLarge' })
      else reply(202, { status: 'OK' })
      const functionError = action === 'error' || body === undefined ? 'Unhandled' : undefined
      answered({ payload: body ?? JSON.stringify(tooLarge), functionError })
    }
  }
}

/** Reads the body to its end, as text; `undefined` if it exceeds Lambda's response limit. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= MAX_RESPONSE_BYTES) chunks.push(chunk)
  }
  return bytes <= MAX_RESPONSE_BYTES ? Buffer.concat(chunks).toString() : undefined
}
