/**
 * A process that is an OpenID Connect issuer: `oidc-provider`, which is certified, on the port and with the keys that the first
 * message of its parent has. It tells its URL, and answers any other message with the requests so far.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'

export interface Start {
  /** 0 for a free one. */
  readonly port: number
  /** Private keys, as JWK; it signs with the first. */
  readonly keys: readonly object[]
}

const CLIENT = { client_id: 'client', client_secret: 'secret' }

async function start({ port, keys }: Start): Promise<void> {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(url, {
    jwks: { keys },
    clients: [{ ...CLIENT, grant_types: ['client_credentials'], redirect_uris: [], response_types: [] }],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context: unknown, resource: string) => ({
          audience: resource,
          scope: 'users admin',
          accessTokenFormat: 'jwt',
          accessTokenTTL: 60,
        }),
      },
    },
  })
  const requests: string[] = []
  const answer = provider.callback()
  server.on('request', (request, response) => {
    requests.push(request.url ?? '')
    answer(request, response)
  })
  process.on('message', () => process.send?.(requests))
  process.send?.(url)
}

process.on('disconnect', () => process.exit())
process.once('message', (message) => void start(message as Start))
