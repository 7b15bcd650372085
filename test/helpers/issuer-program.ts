/**
 * A process that is an OpenID Connect issuer: `oidc-provider`, which is certified, on the port and with the keys that the first
 * message of its parent has. It tells its URL.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'

export interface Start {
  readonly port: number
  /** Private keys, as JWK; it signs with the first. */
  readonly keys: readonly object[]
}

const CLIENT = { client_id: 'client', client_secret: 'secret' }

async function start({ port, keys }: Start): Promise<void> {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${port}`
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
  server.on('request', provider.callback())
  process.send?.(url)
}

process.on('disconnect', () => process.exit())
process.once('message', (message) => void start(message as Start))
