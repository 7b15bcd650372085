import type { IncomingMessage } from 'node:http'
import { GatewayError } from './gateway-response.ts'

/** API Gateway's request body limit, in bytes (quotas of REST APIs). */
const MAX_BODY_BYTES = 10_485_760

/** Reads the body; `undefined` if the client disconnected. @throws GatewayError as soon as it exceeds the limit. */
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
 * Whether an API lists a media type as binary: exactly, by a wildcard subtype, or by a wildcard for all. Parameters are ignored. In a
 * list (Accept) the first type counts, and its wildcards match nothing; nor does one before the slash of a listed type.
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
