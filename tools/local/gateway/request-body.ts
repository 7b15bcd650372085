import type { IncomingMessage } from 'node:http'

/** API Gateway's limit of a request's body, bytes (quotas of REST APIs). */
export const MAX_BODY_BYTES = 10_485_760

/** The body; `'bodyTooLarge'` as soon as that is clear; `'aborted'` where the client has gone. */
export async function readBody(request: IncomingMessage): Promise<Buffer | 'bodyTooLarge' | 'aborted'> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return 'bodyTooLarge'
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      bytes += chunk.length
      if (bytes > MAX_BODY_BYTES) return 'bodyTooLarge'
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  } catch {
    return 'aborted'
  }
}
