/** Runs the authorizer against oidc-provider, a certified issuer. */
import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { test } from 'node:test'
// @ts-expect-error: the package has no types.
import { Provider } from 'oidc-provider'
import { jwksOf, newKey } from '../../test/helpers/issuer.ts'
import { listen } from '../../test/helpers/server.ts'
import { trustIssuer } from './issuer.ts'

const resource = 'urn:my-api'
const access = { audience: resource, scope: 'users admin', accessTokenFormat: 'jwt', accessTokenTTL: 60 }
const client = { client_id: 'client', client_secret: 'secret', grant_types: ['client_credentials'] }

test('accepts its token with the granted scopes', async (t) => {
  // Its warnings concern production only.
  for (const method of ['info', 'warn'] as const) t.mock.method(console, method, () => {})
  let answer: RequestListener = () => {}
  const { url, stop } = await listen((request, response) => answer(request, response))
  t.after(stop)
  answer = new Provider(url, {
    jwks: { keys: jwksOf([newKey('RS256'), newKey('ES256')], 'privateKey') },
    clients: [{ ...client, redirect_uris: [], response_types: [] }],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: { enabled: true, getResourceServerInfo: () => access },
    },
  }).callback()
  const response = await fetch(`${url}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('client:secret')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource, scope: 'users admin' }),
  })
  const { access_token: token } = (await response.json()) as { access_token: string }
  const { sub, scope, aud } = await trustIssuer(url, [resource])(token)
  assert.deepEqual([sub, scope, aud], ['client', 'users admin', resource])
})
