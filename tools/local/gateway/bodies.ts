import type { IncomingMessage } from 'node:http'
import { GatewayError } from './gateway-response.ts'

/** API Gateway's limit of a request's body, bytes (quotas of REST APIs). */
const MAX_BODY_BYTES = 10_485_760

/** The body; `undefined` where the client has gone. @throws GatewayError as soon as it is clear that it is too large. */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const tooLarge = new GatewayError('bodyTooLarge')
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      bytes += chunk.length
      if (bytes > MAX_BODY_BYTES) throw tooLarge
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  } catch (error) {
    if (error === tooLarge) throw error
    return undefined
  }
}

/**
 * Whether a media type, its parameters ignored, is among an API's binary media types: exact, by its type alone, or by a wildcard for all.
 * Of a list (Accept) the first counts, and a wildcard in it is no wildcard; nor is one before the slash of a listed type.
 */
export function isBinary(mediaType: string | undefined, binaryMediaTypes: readonly string[]): boolean {
  const [first = ''] = (mediaType ?? '').split(/[,;]/)
  const name = first.trim().toLowerCase()
  const [type, subtype, ...rest] = name.split('/')
  return binaryMediaTypes.some((entry) => {
    const listed = entry.toLowerCase()
    if (listed === '*/*') return true
    if (!type || !subtype || rest.length > 0 || listed.startsWith('*/')) return false
    return listed === name || listed === `${type}/*`
  })
}
