import type { IncomingMessage } from 'node:http'

/** Names that lead here from this machine alone. A name of somebody else's that leads here too is an attack (DNS rebinding). */
const HOST = /^((.+\.)?localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i

/** Why a request gets nothing of the console: another site's page sent it, or believes this to be its own host. */
export function refusal({ method, headers }: IncomingMessage): { status: number; message: string } | undefined {
  const { host = '', origin, 'sec-fetch-site': site, 'sec-fetch-dest': destination } = headers
  if (!HOST.test(host)) return { status: 421, message: 'The console answers on http://localhost only.' }
  const foreign = origin !== undefined && origin !== `http://${host}`
  // A link may lead here: the page that has it reads nothing of this one.
  const followed = method === 'GET' && destination === 'document'
  if (foreign || (!followed && site !== undefined && site !== 'same-origin' && site !== 'none'))
    return { status: 403, message: 'The console is not for pages of other sites.' }
  return undefined
}

/** Headers by which everything comes from here, nothing is inline, and no page of others may show or read it. */
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
