import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import own from '../../package.json' with { type: 'json' }
import { ROOT, run } from '../process/command.ts'
import { sendAsset, sendJson } from './assets.ts'
import { protection, refusal } from './guard.ts'
import type { Recorder } from './recorder.ts'
import { replay } from './replay.ts'

/** OpenAPI descriptions by folder name. */
type Descriptions = Readonly<Record<string, { readonly servers: readonly { readonly url: string }[] }>>

/**
 * Describes the APIs of `functions/` in a child process, since only a new process reloads changed modules.
 * @param stack the service stack's `cdk.tf.json`, the source of stages and access.
 */
export async function describe(stack: string): Promise<Descriptions> {
  return JSON.parse(await run(process.execPath, ['tools/docs/openapi/document.ts', stack], { cwd: ROOT }))
}

export interface ConsoleOptions {
  /** Generates the descriptions of the APIs. */
  describe(): Promise<Descriptions>
  /** CSP sources for uploads and images, in addition to the page's own origin. */
  sources(): readonly string[]
  readonly recorder: Recorder
  /** URLs by API name, if on another host. @default the page's own host */
  readonly servers?: Readonly<Record<string, string>>
}

/** Never clashes with a stage: stage names consist of letters, digits, `-` and `_`. */
const PREFIX = '/.console/'
const DESCRIPTION = /^\/openapi\/([\w-]+)\.json$/
/** Interval of stream messages in milliseconds; each covers all changes since the last. */
const INTERVAL = 150

/** Creates the handler for the page at `/` and its data. Serves only browsers on this machine, and refuses pages of other sites. */
export function createConsole({ describe, sources, recorder, servers }: ConsoleOptions) {
  let descriptions: Promise<Descriptions> | undefined
  let revision = randomUUID()

  /** Descriptions with a single server, the one that the page uses. @param host host of the page. */
  async function describeFor(host = ''): Promise<Descriptions> {
    descriptions ??= describe().catch((error) => {
      // Not cached: the next page retries.
      descriptions = undefined
      throw error
    })
    const found = Object.entries(await descriptions).map(([name, document]) => {
      const { pathname } = new URL(document.servers[0]?.url ?? '', 'http://localhost')
      const url = servers?.[name] ?? `http://${host}${pathname.replace(/\/$/, '')}`
      return [name, { ...document, servers: [{ url }] }]
    })
    return Object.fromEntries(found)
  }

  /** Streams the list of requests as server-sent events, now and after every change, until the page disconnects. */
  function stream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    let sent = ''
    const look = () => {
      const state = `${revision} ${recorder.change}`
      // Slow pages may skip messages: each contains the whole list.
      if (state === sent || response.writableNeedDrain) return
      sent = state
      const requests = [...recorder.records.values()].map(recorder.summaryOf)
      response.write(`data: ${JSON.stringify({ revision, requests })}\n\n`)
    }
    look()
    const timer = setInterval(look, INTERVAL)
    response.once('close', () => clearInterval(timer))
  }

  async function answer(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, headers } = request
    if (path === '/') {
      // Starts generating the descriptions before the page's script requests them.
      describeFor().catch(() => {})
      return sendAsset('index.html', response)
    }
    const [, api] = DESCRIPTION.exec(path) ?? []
    if (api !== undefined) {
      const document = new Map(Object.entries(await describeFor(headers.host))).get(api)
      return sendJson(response, document ? 200 : 404, document ?? { message: `There is no API ${api}.` })
    }
    const name = path.slice(PREFIX.length)
    if (name === 'apis.json') return sendJson(response, 200, { name: own.name, apis: await describeFor(headers.host) })
    if (name === 'requests') return stream(response)
    const [, id] = /^requests\/([\w-]+)$/.exec(name) ?? []
    if (!id) return sendAsset(name, response)
    const recorded = recorder.records.get(id)
    if (!recorded) return sendJson(response, 404, { message: 'This request is no longer kept.' })
    if (method !== 'POST') return sendJson(response, 200, recorder.detailOf(recorded))
    const { body } = recorded
    if (!body || body.size > body.bytes.length)
      return sendJson(response, 409, { message: 'Only the beginning of its body was kept.' })
    await replay(recorded, body.bytes, request.socket)
    response.writeHead(204).end()
  }

  return {
    /** Handles requests for the console. @returns false for any other request. */
    handle(request: IncomingMessage, response: ServerResponse): boolean {
      const [path = ''] = (request.url ?? '').split('?')
      const page = request.method === 'GET' && (path === '/' || DESCRIPTION.test(path))
      if (!page && !path.startsWith(PREFIX)) return false
      request.resume()
      response.on('error', () => response.destroy())
      response.setHeaders(protection(sources()))
      const reason = refusal(request)
      if (reason) sendJson(response, reason.status, { message: reason.message })
      else
        answer(path, request, response).catch((error: Error) => {
          if (response.headersSent) response.destroy()
          else sendJson(response, 500, { message: error.message })
        })
      return true
    },
    /** Reloads the descriptions, also in open pages. */
    changed(): void {
      descriptions = undefined
      revision = randomUUID()
    },
  }
}
