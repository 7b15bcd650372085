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
