import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type FunctionAnswer, MAX_RESPONSE_BYTES } from './invocation.ts'

const PREFIX = '/2018-06-01/runtime'

/** What the runtime is handed on `next`. */
export interface Invocation {
  readonly requestId: string
  /** JSON text, or its bytes in UTF-8. */
  readonly event: string | Buffer
  /** Epoch milliseconds. */
  readonly deadline: number
  readonly functionArn: string
  readonly traceId: string
}

type Running = Invocation & { readonly answered: (answer: FunctionAnswer) => void }

/**
 * Lambda's Runtime API for one execution environment, on a free port of 127.0.0.1.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html; error shapes as AWS's own emulator gives them.
 */
export class RuntimeApi {
  // A runtime may be silent for as long as nobody calls it: no timeout may end its connection.
  readonly #server = createServer(
    { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 },
    (request, response) => {
      this.#serve(request, response).catch(() => response.destroy())
    },
  )
  readonly #init = Promise.withResolvers<string | undefined>()
  #idle = Promise.withResolvers<void>()
  #pending: Running | undefined
  #running: Running | undefined
  #poll: ServerResponse | undefined
  #address = ''

  /** Settles when the runtime first asks for work, or with the error (JSON text) for which it cannot. */
  readonly init = this.#init.promise

  /** Settles when the runtime waits for work. */
  get idle(): Promise<void> {
    return this.#idle.promise
  }

  /** Starts listening; gives `host:port`, the value of `AWS_LAMBDA_RUNTIME_API`. */
  async listen(): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening')
    this.#address = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
    return this.#address
  }

  /** Hands an invocation to the runtime, at once if it is waiting for one, else when it asks. @returns its answer, one at a time. */
  invoke(invocation: Invocation): Promise<FunctionAnswer> {
    const { promise, resolve } = Promise.withResolvers<FunctionAnswer>()
    this.#pending = { ...invocation, answered: resolve }
    this.#idle = Promise.withResolvers()
    this.#deliver()
    return promise
  }

  /** Ends every connection, by which a waiting runtime sees that it should exit. */
  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  #deliver(): void {
    if (!this.#pending || !this.#poll) return
    const { requestId, event, deadline, functionArn, traceId } = this.#pending
    this.#running = this.#pending
    this.#pending = undefined
    this.#poll.writeHead(200, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(event),
      'Lambda-Runtime-Aws-Request-Id': requestId,
      'Lambda-Runtime-Deadline-Ms': String(deadline),
      'Lambda-Runtime-Invoked-Function-Arn': functionArn,
      'Lambda-Runtime-Trace-Id': traceId,
    })
    this.#poll.end(event)
    this.#poll = undefined
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Events hold tokens: a page in a browser gets none, not even under a name of its own that leads here (DNS rebinding).
    const { host, origin, 'sec-fetch-site': site } = request.headers
    if (host !== this.#address || origin !== undefined || site !== undefined)
      return reply(response, 403, { errorMessage: `Only runtimes, at ${this.#address}`, errorType: 'Forbidden' })
    const route = `${request.method} ${request.url?.replace(PREFIX, '')}`
    if (route === 'GET /invocation/next') {
      this.#poll = response
      this.#init.resolve(undefined)
      this.#idle.resolve()
      return this.#deliver()
    }
    const body = await readBody(request)
    const [, id, action] = /^POST \/invocation\/([^/]+)\/(response|error)$/.exec(route) ?? []
    if (route === 'POST /init/error') {
      reply(response, 202, { status: 'OK' })
      this.#init.resolve(body)
      this.#pending?.answered({ payload: body ?? '{}', functionError: 'Unhandled' })
    } else if (id === undefined) {
      reply(response, 404, { errorMessage: 'Not found', errorType: 'NotFound' })
    } else if (id !== this.#running?.requestId) {
      reply(response, 400, { errorMessage: 'Invalid request ID', errorType: 'InvalidRequestID' })
    } else {
      const { answered } = this.#running
      this.#running = undefined
      const limit = `exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`
      const tooLarge = { errorType: 'Function.ResponseSizeTooLarge', errorMessage: `Response payload size ${limit}` }
      if (body === undefined) reply(response, 413, { errorMessage: limit, errorType: 'RequestEntityTooLarge' })
      else reply(response, 202, { status: 'OK' })
      const functionError = action === 'error' || body === undefined ? 'Unhandled' : undefined
      answered({ payload: body ?? JSON.stringify(tooLarge), functionError })
    }
  }
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
