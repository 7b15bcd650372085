import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import own from '../../package.json' with { type: 'json' }
import { ROOT, run } from '../process/command.ts'
import { sendAsset, sendJson } from './assets.ts'
import { refusal } from './guard.ts'
import { detailOf } from './record-json.ts'
import type { Recorder } from './recorder.ts'
import { replay } from './replay.ts'
import { streamRequests } from './stream.ts'

/** Descriptions of APIs (OpenAPI), by the names of their folders. */
type Descriptions = Readonly<Record<string, { readonly servers: readonly { readonly url: string }[] }>>

/**
 * Describes the APIs of `functions/`, in a process of its own: only there are modules that have changed loaded anew.
 * @param stack the service stack's `cdk.tf.json`, which tells stages and access.
 */
export async function describe(stack: string): Promise<Descriptions> {
  return JSON.parse(await run(process.execPath, ['tools/docs/openapi/document.ts', stack], { cwd: ROOT }))
}

export interface ConsoleOptions {
  /** Descriptions of the APIs, made anew on each call. */
  describe(): Promise<Descriptions>
  /** Where the page may send files and take pictures from, beside its own origin: CSP sources. */
  sources(): readonly string[]
  readonly recorder: Recorder
  /** URLs of APIs by name, where they are elsewhere. @default beside the page */
  readonly servers?: Readonly<Record<string, string>>
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
    request.resume()
    response.on('error', () => response.destroy())
    response.setHeaders(new Map(Object.entries(protection(this.#options.sources()))))
    const reason = refusal(request)
    if (reason) sendJson(response, reason.status, { message: reason.message })
    else
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
    if (path === '/') {
      // By the time that its script asks for them, they are there.
      this.#describe().catch(() => {})
      return sendAsset('index.html', response)
    }
    const [, api] = DESCRIPTION.exec(path) ?? []
    if (api !== undefined) return this.#sendDescription(api, request, response)
    const name = path.slice(PREFIX.length)
    if (name === 'settings.json')
      return sendJson(response, 200, { name: own.name, apis: Object.keys(await this.#describe()) })
    if (name === 'requests' && request.method === 'GET') return streamRequests(recorder, response, () => this.#revision)
    if (name === 'requests' && request.method === 'DELETE') {
      recorder.clear()
      return void response.writeHead(204).end()
    }
    const [, id, again] = /^requests\/([\w-]+)(\/replay)?$/.exec(name) ?? []
    if (!id) return sendAsset(name, response)
    const recorded = recorder.get(id)
    if (!recorded) return sendJson(response, 404, { message: 'This request is not kept any more.' })
    if (!again) return sendJson(response, 200, detailOf(recorded, recorder))
    if (request.method !== 'POST') return sendJson(response, 405, { message: 'POST replays a request.' })
    const { body } = recorded
    if (!body || body.size > body.bytes.length)
      return sendJson(response, 409, { message: 'Only the beginning of its body was kept.' })
    await replay(recorded, body.bytes, request.socket)
    response.writeHead(204).end()
  }

  /** A description whose one server is where the page finds the API. */
  async #sendDescription(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const descriptions = new Map(Object.entries(await this.#describe()))
    const document = descriptions.get(name)
    if (!document) return sendJson(response, 404, { message: `There is no API ${name}.` })
    const { pathname } = new URL(document.servers[0]?.url ?? '', 'http://localhost')
    const url = this.#options.servers?.[name] ?? `http://${request.headers.host}${pathname.replace(/\/$/, '')}`
    sendJson(response, 200, { ...document, servers: [{ url }] })
  }

  #describe(): Promise<Descriptions> {
    this.#descriptions ??= this.#options.describe().catch((error) => {
      // The next page asks again.
      this.#descriptions = undefined
      throw error
    })
    return this.#descriptions
  }
}

/** Everything comes from here, nothing is inline, and no page of others may show or read it. */
function protection(sources: readonly string[]): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    ["img-src 'self' blob: data:", ...sources].join(' '),
    ["connect-src 'self'", ...sources].join(' '),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ]
  return {
    'content-security-policy': policy.join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
  }
}
