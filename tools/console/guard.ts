import type { IncomingMessage } from 'node:http'

/** Hosts that always resolve to this machine. Any other name is a DNS rebinding attack. */
const HOST = /^((.+\.)?localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i

/** Reason to refuse a request: a page of another site sent it, possibly by DNS rebinding. */
export function refusal({ method, headers }: IncomingMessage): { status: number; message: string } | undefined {
  const { host = '', origin, 'sec-fetch-site': site, 'sec-fetch-dest': destination } = headers
  if (!HOST.test(host)) return { status: 421, message: 'The console answers on http://localhost only.' }
  const foreign = origin !== undefined && origin !== `http://${host}`
  // Links are allowed: the linking page cannot read this one.
  const followed = method === 'GET' && destination === 'document'
  if (foreign || (!followed && site !== undefined && site !== 'same-origin' && site !== 'none'))
    return { status: 403, message: 'The console refuses pages of other sites.' }
  return undefined
}

/** Security headers: own resources only, nothing inline, and no framing or reading by other sites. */
export function protection(sources: readonly string[]): Map<string, string> {
  const policy = [
    "default-src 'none'; script-src 'self'; style-src 'self'",
    ["img-src 'self' blob: data:", ...sources].join(' '),
    ["connect-src 'self'", ...sources].join(' '),
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  ]
  return new Map([
    ['content-security-policy', policy.join('; ')],
    ['cross-origin-opener-policy', 'same-origin'],
    ['cross-origin-resource-policy', 'same-origin'],
    ['referrer-policy', 'same-origin'],
    ['x-content-type-options', 'nosniff'],
  ])
}
