import type { IncomingMessage } from 'node:http'
import { finished } from 'node:stream/promises'

/** API Gateway's limit of a request's body, bytes (quotas of REST APIs). */
export const MAX_BODY_BYTES = 10_485_760

/** Limits of what is read of a refused body, so that its sender gets to read the answer. */
const MAX_DISCARDED_BYTES = 268_435_456
const MAX_DISCARD_TIME = 5_000

/** The body; `'too large'` as soon as that is clear; `'aborted'` where the client has gone. */
export async function readBody(request: IncomingMessage): Promise<Buffer | 'too large' | 'aborted'> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return 'too large'
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      bytes += chunk.length
      if (bytes > MAX_BODY_BYTES) return 'too large'
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  } catch {
    return 'aborted'
  }
}

/** Reads the rest of a body and drops it; gives up on one that does not end. */
export async function discardBody(request: IncomingMessage): Promise<void> {
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), MAX_DISCARD_TIME)
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > MAX_DISCARDED_BYTES) stop.abort()
  })
  await finished(request, { signal: stop.signal, cleanup: true }).catch(() => {})
  clearTimeout(timer)
}
