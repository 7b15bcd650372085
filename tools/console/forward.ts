import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer } from '../local/gateway/gateway-response.ts'
import { sendJson } from './assets.ts'
import { exchange, type Outgoing, pairs } from './exchange.ts'
import type { Recorder } from './recorder.ts'

/** API Gateway takes 10 MB; bytes. */
const MAX_BODY = 12_000_000
/** Of the browser's talk with this server alone, and answers that could not be shown. */
const OWN_REQUEST =
  /^(host|connection|origin|referer|cookie|accept-encoding|accept-language|user-agent|dnt|priority|sec-.*)$/i
const OWN_ANSWER =
  /^(connection|keep-alive|transfer-encoding|content-length|set-cookie|content-security-policy.*|access-control-.*)$/i

/** Passes a call of the page on to an API elsewhere, so that it depends on no CORS rule of that API. */
export async function forward(
  url: string,
  request: IncomingMessage,
  response: ServerResponse,
  recorder: Recorder,
): Promise<void> {
  // An answer of the API shown as a page would be a page of this origin.
  const destination = request.headers['sec-fetch-dest'] ?? 'empty'
  if (destination !== 'empty') return sendJson(response, 403, { message: 'Only the console calls APIs here.' })
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size <= MAX_BODY) chunks.push(chunk)
  }
  if (size > MAX_BODY)
    return sendJson(response, 413, { message: `API Gateway takes no more than 10 MB: ${size} bytes.` })
  const { origin } = new URL(url)
  const rawHeaders = pairs(request.rawHeaders)
    .filter(([name]) => !OWN_REQUEST.test(name))
    .flat()
  const outgoing = { origin, httpMethod: request.method ?? 'GET', target: url.slice(origin.length), rawHeaders }
  const answer = await sendOn({ ...outgoing, body: Buffer.concat(chunks) }, recorder)
  if (answer.status === 0) return sendJson(response, 502, { message: answer.body.toString() })
  for (const [name, value] of answer.headers) if (!OWN_ANSWER.test(name)) response.appendHeader(name, value)
  response.writeHead(answer.status).end(answer.body)
}

/** Sends a request to an API elsewhere and records what became of it; status 0 where there was no answer. */
export async function sendOn(outgoing: Outgoing, recorder: Recorder): Promise<Answer> {
  const started = performance.now()
  const answer = await exchange(outgoing).catch((error: Error): Answer => {
    return { status: 0, headers: [], body: Buffer.from(`No answer from ${outgoing.origin}: ${error.message}`) }
  })
  const named = answer.headers.find(([name]) => name.toLowerCase() === 'x-amzn-requestid')?.[1] ?? ''
  const requestId = /^[\w-]+$/.test(named) ? named : randomUUID()
  recorder.add({ ...outgoing, requestId, answer, duration: performance.now() - started })
  return answer
}
