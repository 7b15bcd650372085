import { request as http } from 'node:http'
import { request as https } from 'node:https'
import type { RequestRecord } from '../local/gateway/gateway.ts'
import type { Answer } from '../local/gateway/gateway-response.ts'

export interface Outgoing extends Pick<RequestRecord, 'httpMethod' | 'target' | 'rawHeaders' | 'body'> {
  /** Of the server that it goes to. */
  readonly origin: string
}

/** Sends a request, byte by byte as it is, and waits for its whole answer. */
export function exchange({ origin, httpMethod, target, rawHeaders, body }: Outgoing): Promise<Answer> {
  const { protocol, hostname, port, host } = new URL(origin)
  const headers = framed(rawHeaders, body?.length ?? 0)
  const hasHost = headers.some((name, index) => index % 2 === 0 && /^host$/i.test(name))
  return new Promise((resolve, reject) => {
    const request = (protocol === 'https:' ? https : http)({
      hostname: hostname.replace(/^\[|\]$/g, ''),
      port,
      method: httpMethod,
      path: target,
      headers: hasHost ? headers : ['Host', host, ...headers],
      agent: false,
    })
    request.once('response', async (response) => {
      const chunks: Buffer[] = []
      try {
        for await (const chunk of response) chunks.push(chunk)
        resolve({
          status: response.statusCode ?? 0,
          headers: pairs(response.rawHeaders),
          body: Buffer.concat(chunks),
        })
      } catch (error) {
        reject(error)
      }
    })
    request.once('error', reject).end(body)
  })
}

/** Headers as Node.js has them raw, in pairs. */
export const pairs = (rawHeaders: readonly string[]): [name: string, value: string][] =>
  rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? '']] : []))

/** A body that came in chunks goes out whole; whoever waited for a `100 Continue` has had it. */
function framed(rawHeaders: readonly string[], length: number): string[] {
  const kept = pairs(rawHeaders).filter(
    ([name]) => !/^(transfer-encoding|content-length|expect|connection)$/i.test(name),
  )
  return [...kept.flat(), ...(length > 0 ? ['Content-Length', String(length)] : [])]
}
