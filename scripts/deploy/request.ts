/** Milliseconds for one answer; the gateway gives up after 29 seconds. */
const TIMEOUT = 30_000

/** Sends a request, as `fetch` does. */
export type Send = (url: string, init?: RequestInit) => Promise<Response>

/** Sends it as a stranger, who has nothing but the URL. */
export const request: Send = (url, init = {}) =>
  fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT) }).catch((error: Error) => {
    const cause = error.cause instanceof Error ? error.cause.message : error.message
    throw new Error(`${init.method ?? 'GET'} ${url} got no answer: ${cause}`)
  })
