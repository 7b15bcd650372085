import type { IncomingMessage } from 'node:http'

/** API Gateway's limit of a request's body, bytes (quotas of REST APIs). */
export const MAX_BODY_BYTES = 10_485_760

/** How much of a body that is refused is read all the same, so that its sender gets to read the answer. */
const MAX_DISCARDED_BYTES = 268_435_456
const MAX_DISCARD_TIME = 5_000

/** The body; `'too large'` as soon as that is clear; `'aborted'` where the client has gone. */
export function readBody(request: IncomingMessage): Promise<Buffer | 'too large' | 'aborted'> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return Promise.resolve('too large')
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const onData = (chunk: Buffer) => {
      bytes += chunk.length
      chunks.push(chunk)
      if (bytes <= MAX_BODY_BYTES) return
      request.off('data', onData).pause()
      resolve('too large')
    }
    request
      .on('data', onData)
      .once('end', () => resolve(Buffer.concat(chunks)))
      .once('error', () => resolve('aborted'))
      .once('close', () => resolve('aborted'))
  })
}

/** Reads the rest of a body and throws it away; gives up on one that does not end. */
export function discardBody(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    if (request.readableEnded || request.destroyed) return resolve()
    const timer = setTimeout(resolve, MAX_DISCARD_TIME)
    let bytes = 0
    request
      .on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > MAX_DISCARDED_BYTES) resolve()
      })
      .once('end', resolve)
      .once('error', () => resolve())
      .once('close', () => {
        clearTimeout(timer)
        resolve()
      })
      .resume()
  })
}
