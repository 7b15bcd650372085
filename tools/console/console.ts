import type { IncomingMessage, ServerResponse } from 'node:http'
import { join, resolve } from 'node:path'
import { notFound, sendAsset, sendFile, sendJson } from './assets.ts'
import { refusal } from './guard.ts'
import type { Settings } from './page/types.ts'
import { detailOf } from './record-json.ts'
import type { Recorder } from './recorder.ts'
import { replay } from './replay.ts'
import { streamRequests } from './stream.ts'

export interface ConsoleOptions {
  settings(): Settings
  /** Where the page may send requests and take images from, beside its own origin: CSP sources. */
  sources(): readonly string[]
  /** Only of the local service. */
  readonly recorder?: Recorder
}

/** No stage of an API can be called so: a stage's name has letters, digits, `-` and `_`. */
const PREFIX = '/.console/'
const DESCRIPTIONS = resolve(import.meta.dirname, '../../docs/openapi')

/** The page at `/` and what it needs. It is for browsers on this machine alone: nobody else's page gets anything of it. */
export class Console {
  readonly #options: ConsoleOptions

  constructor(options: ConsoleOptions) {
    this.#options = options
  }

  /** Answers what is for the console; false for anything else. */
  readonly handle = (request: IncomingMessage, response: ServerResponse): boolean => {
    const [path = ''] = (request.url ?? '').split('?')
    const reads = request.method === 'GET' || request.method === 'HEAD'
    const page = reads && (path === '/' || /^\/openapi\/[\w-]+\.json$/.test(path))
    if (!page && !path.startsWith(PREFIX)) return false
    request.resume()
    response.on('error', () => response.destroy())
    response.setHeaders(new Map(Object.entries(this.#headers())))
    const reason = refusal(request)
    if (reason) sendJson(response, reason.status, { message: reason.message })
    else
      this.#answer(path, request, response).catch(() => {
        if (response.headersSent) response.destroy()
        else sendJson(response, 500, { message: 'The console failed.' })
      })
    return true
  }

  async #answer(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { settings, recorder } = this.#options
    const name = path.startsWith(PREFIX) ? path.slice(PREFIX.length) : ''
    if (path === '/') return sendAsset('index.html', request, response)
    if (path.startsWith('/openapi/')) {
      const file = path.slice('/openapi/'.length)
      return sendFile(join(DESCRIPTIONS, file), request, response, `docs/openapi/${file} is missing in this checkout.`)
    }
    if (name === 'settings.json') return sendJson(response, 200, settings())
    if (recorder && name === 'requests') {
      if (request.method === 'GET') return streamRequests(recorder, response)
      if (request.method === 'DELETE') {
        recorder.clear()
        return void response.writeHead(204).end()
      }
    }
    const [, id = '', again] = /^requests\/([\w-]+)(\/replay)?$/.exec(name) ?? []
    if (!id) return sendAsset(name, request, response)
    const recorded = recorder?.get(id)
    if (!recorded) return notFound(response, 'This request is not kept any more.')
    if (!again) return sendJson(response, 200, detailOf(recorded))
    if (request.method !== 'POST') return sendJson(response, 405, { message: 'POST replays a request.' })
    const { body } = recorded
    if (!body || body.size > body.bytes.length)
      return sendJson(response, 409, { message: 'Only the beginning of its body was kept.' })
    await replay(recorded, request.socket)
    response.writeHead(204).end()
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
