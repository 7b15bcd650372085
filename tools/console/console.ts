import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { send, sendAsset, sendJson } from './assets.ts'
import type { Descriptions } from './describe.ts'
import { exchange } from './exchange.ts'
import { refusal } from './guard.ts'
import type { Settings } from './page/types.ts'
import { detailOf } from './record-json.ts'
import type { Recorded, Recorder } from './recorder.ts'
import { streamRequests } from './stream.ts'

export interface ConsoleOptions {
  /** Descriptions of the APIs, made anew on each call. */
  describe(): Promise<Descriptions>
  /** Where the page may send files and take pictures from, beside its own origin: CSP sources. */
  sources(): readonly string[]
  readonly recorder: Recorder
  /** Heading of the page. */
  readonly name: string
}

/** No stage of an API can be called so: a stage's name has letters, digits, `-` and `_`. */
const PREFIX = '/.console/'
const DESCRIPTION = /^\/openapi\/([\w-]+)\.json$/

/** The page at `/` and what it needs. It is for browsers on this machine alone: nobody else's page gets anything of it. */
export class Console {
  readonly #options: ConsoleOptions
  #descriptions: Promise<Descriptions> | undefined
  #revision = randomUUID()

  constructor(options: ConsoleOptions) {
    this.#options = options
  }

  /** Answers what is for the console; false for anything else. */
  readonly handle = (request: IncomingMessage, response: ServerResponse): boolean => {
    const [path = ''] = (request.url ?? '').split('?')
    const reads = request.method === 'GET' || request.method === 'HEAD'
    const page = reads && (path === '/' || DESCRIPTION.test(path))
    if (!page && !path.startsWith(PREFIX)) return false
    response.on('error', () => response.destroy())
    response.setHeaders(new Map(Object.entries(this.#headers())))
    const reason = refusal(request)
    if (reason) {
      request.resume()
      sendJson(response, reason.status, { message: reason.message })
    } else
      this.#answer(path, request, response).catch((error: Error) => {
        if (response.headersSent) response.destroy()
        else sendJson(response, 500, { message: error.message })
      })
    return true
  }

  /** The APIs may have changed: pages that are open show them anew. */
  changed(): void {
    this.#descriptions = undefined
    this.#revision = randomUUID()
  }

  async #answer(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { recorder } = this.#options
    const name = path.startsWith(PREFIX) ? path.slice(PREFIX.length) : ''
    request.resume()
    if (path === '/') {
      // By the time that its script asks for them, they are there.
      this.#describe().catch(() => {})
      return sendAsset('index.html', request, response)
    }
    const described = DESCRIPTION.exec(path)?.[1]
    if (described) return this.#sendDescription(described, request, response)
    if (name === 'settings.json') return sendJson(response, 200, await this.#settings())
    if (name === 'requests') {
      if (request.method === 'GET') return streamRequests(recorder, response, () => this.#revision)
      if (request.method === 'DELETE') {
        recorder.clear()
        return void response.writeHead(204).end()
      }
    }
    const [, id = '', again] = /^requests\/([\w-]+)(\/replay)?$/.exec(name) ?? []
    if (!id) return sendAsset(name, request, response)
    const recorded = recorder.get(id)
    if (!recorded) return sendJson(response, 404, { message: 'This request is not kept any more.' })
    if (!again) return sendJson(response, 200, detailOf(recorded))
    if (request.method !== 'POST') return sendJson(response, 405, { message: 'POST replays a request.' })
    const { body } = recorded
    if (!body || body.size > body.bytes.length)
      return sendJson(response, 409, { message: 'Only the beginning of its body was kept.' })
    await this.#replay({ ...recorded, body: body.bytes }, request)
    response.writeHead(204).end()
  }

  /** Sends a request once more to where it went, with its credentials. */
  async #replay(recorded: Omit<Recorded, 'body'> & { body: Buffer }, { socket }: IncomingMessage): Promise<void> {
    const host = socket.localAddress?.includes(':') ? `[${socket.localAddress}]` : socket.localAddress
    await exchange({ ...recorded, origin: `http://${host}:${socket.localPort}` })
  }

  /** What the page begins with. */
  async #settings(): Promise<Settings> {
    return { name: this.#options.name, apis: Object.keys(await this.#describe()) }
  }

  /** A description whose one server is where the page finds the API. */
  async #sendDescription(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const descriptions = await this.#describe()
    const document = Object.hasOwn(descriptions, name) ? descriptions[name] : undefined
    if (!document) return sendJson(response, 404, { message: `There is no API ${name}.` })
    const [{ url = '' } = {}] = (document as { servers?: { url?: string }[] }).servers ?? []
    const servers = [{ url: `http://${request.headers.host}${new URL(url).pathname.replace(/\/$/, '')}` }]
    send(JSON.stringify({ ...document, servers }), 'application/json', request, response)
  }

  #describe(): Promise<Descriptions> {
    this.#descriptions ??= this.#options.describe()
    const mine = this.#descriptions
    mine.catch(() => {
      // The next page asks again.
      if (this.#descriptions === mine) this.#descriptions = undefined
    })
    return mine
  }

  /** Everything comes from here, nothing is inline, and no page of others may show or read it. */
  #headers(): Record<string, string> {
    const sources = this.#options.sources().join(' ')
    const policy = [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      `img-src 'self' blob: ${sources}`,
      `connect-src 'self' ${sources}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]
    return {
      'content-security-policy': policy.map((directive) => directive.trim()).join('; '),
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    }
  }
}
