import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import own from '../../package.json' with { type: 'json' }
import { ROOT, run } from '../process/command.ts'
import { sendAsset, sendJson } from './assets.ts'
import { protection, refusal } from './guard.ts'
import type { Recorder } from './recorder.ts'
import { replay } from './replay.ts'

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
/** Milliseconds between messages of the stream; each covers every change since the last. */
const INTERVAL = 150

/** The page at `/` and what it needs. It is for browsers on this machine alone: nobody else's page gets anything of it. */
export function createConsole({ describe, sources, recorder, servers }: ConsoleOptions) {
  let descriptions: Promise<Descriptions> | undefined
  let revision = randomUUID()

  /** Descriptions whose one server is where the page finds the API. @param host of the page. */
  async function describeFor(host = ''): Promise<Descriptions> {
    descriptions ??= describe().catch((error) => {
      // The next page asks again.
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

  /** Sends the list of requests, and again whenever something in it has changed, as server-sent events, until the page goes. */
  function stream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    let sent = ''
    const look = () => {
      const state = `${revision} ${recorder.change}`
      // A page that does not keep up misses nothing: the next look sends all that there is.
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
      // By the time that its script asks for them, they are there.
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
    if (!recorded) return sendJson(response, 404, { message: 'This request is not kept any more.' })
    if (method !== 'POST') return sendJson(response, 200, recorder.detailOf(recorded))
    const { body } = recorded
    if (!body || body.size > body.bytes.length)
      return sendJson(response, 409, { message: 'Only the beginning of its body was kept.' })
    await replay(recorded, body.bytes, request.socket)
    response.writeHead(204).end()
  }

  return {
    /** Answers requests for the console; returns false for any other. */
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
