import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, describe, type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { newKey, signToken, TestIssuer } from '../../test/helpers/issuer.ts'
import { IssuerError } from './discovery.ts'
import { trustIssuer } from './issuer.ts'

const now = () => Math.floor(Date.now() / 1000)
const trust = ({ url }: TestIssuer, failurePause?: number) => trustIssuer(url, ['my-api'], failurePause)

const server = await TestIssuer.start()
after(() => server.stop())
const issuer = trust(server)
/** An issuer for one test, and one who trusts it. */
async function startIssuer(t: TestContext, failurePause?: number, path = '') {
  const other = await TestIssuer.start(path)
  t.after(() => other.stop())
  return { other, trusted: trust(other, failurePause) }
}

/** Refused for what it is, and not because the issuer failed. */
const refuses = (token: string, by = issuer) =>
  assert.rejects(by(token), (error) => {
    assert.ok(!(error instanceof IssuerError), String(error))
    return true
  })

test('a valid token is taken, and its claims are told: however it writes its type, with clocks that differ by less than 30 seconds', async () => {
  for (const claims of [{}, { aud: ['other', 'my-api'] }, { exp: now() - 20 }, { nbf: now() + 20 }])
    assert.equal((await issuer(server.token(claims))).sub, 'ada')
  for (const typ of ['at+jwt', 'AT+JWT', 'application/at+jwt', 'jwt', undefined])
    assert.equal((await issuer(server.token({}, { header: { typ } }))).sub, 'ada')
})

test('an issuer whose URL ends with a path, or a slash, is found, with ES256 keys', async (t) => {
  for (const path of ['/realms/one', '/realms/one/', '/']) {
    const { other, trusted } = await startIssuer(t, undefined, path)
    other.keys = [newKey('ES256')]
    assert.equal((await trusted(other.token())).sub, 'ada')
  }
})

describe('a token is refused', () => {
  const kid = () => server.keys[0]?.kid
  const changed = (token: string, index: number, text: string) => token.split('.').with(index, text).join('.')
  /** A key of somebody else's, offered by the token's header under the name of one that is known. */
  const stranger = (offered: 'jwk' | 'jku') => {
    const key = newKey('RS256', kid())
    const header = { [offered]: offered === 'jwk' ? key.publicKey.export({ format: 'jwk' }) : `${server.url}/other` }
    return { key, header }
  }
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const tokens: Record<string, () => string> = {
    'that has expired': () => server.token({ exp: now() - 40 }),
    'that is not yet valid': () => server.token({ nbf: now() + 40 }),
    'that never expires': () => server.token({ exp: undefined }),
    'that expires so late that it never does': () => server.token({ exp: 1e300 }),
    'that expires in milliseconds, so never': () => server.token({ exp: Date.now() + 300_000 }),
    'with a header that must be understood': () => server.token({}, { header: { crit: ['exp-at'], 'exp-at': 1 } }),
    'without an algorithm': () => server.token({}, { header: { alg: undefined } }),
    'that is unsigned': () => changed(server.token({}, { header: { alg: 'none' } }), 2, ''),
    'signed by another key of the same name': () => server.token({}, { key: newKey('RS256', kid()) }),
    'signed by a key of another kind': () => server.token({}, { key: newKey('ES256', kid()) }),
    'without the name of its key': () => server.token({}, { header: { kid: undefined } }),
    'for another audience': () => server.token({ aud: 'other-api' }),
    'for no audience': () => server.token({ aud: undefined }),
    'of no issuer': () => server.token({ iss: undefined }),
    'of another issuer': () => server.token({ iss: 'https://login.example.com' }),
    'whose claims were changed': () => changed(server.token(), 1, part({ sub: 'eve' })),
    'whose signature was cut': () => server.token().slice(0, -20),
    'with times that are text': () => server.token({ exp: String(now() + 300) }),
    'with claims that are a list': () => signToken(server.keys[0] ?? newKey(), [1, 2]),
    'that brings its own key': () => server.token({}, stranger('jwk')),
    'that names where its key is': () => server.token({}, stranger('jku')),
    'whose subject is no text': () => server.token({ sub: 5 }),
    'with the public key as the secret of HS256': () => {
      const input = server.token({}, { header: { alg: 'HS256' } }).replace(/\.[^.]*$/, '')
      const secret = server.keys[0]?.publicKey.export({ type: 'spki', format: 'pem' }) ?? ''
      return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
    },
  }
  for (const typ of ['logout+jwt', 'dpop+jwt', 'at+jwt+x', ['JWT'], null])
    tokens[`made for something else: typ ${JSON.stringify(typ)}`] = () => server.token({}, { header: { typ } })
  for (const [name, token] of Object.entries(tokens)) test(name, () => refuses(token()))

  test('that is no token at all, whatever it is', async () => {
    await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary' }), (text) => refuses(text)))
  })
})

test('the keys are asked for once, however many tokens come at a time', async (t) => {
  const { other, trusted } = await startIssuer(t)
  await Promise.all(Array.from({ length: 20 }, () => trusted(other.token())))
  await trusted(other.token())
  assert.deepEqual(other.requests, ['/.well-known/openid-configuration', '/keys'])
})

test('a new key is taken at once, and one that was withdrawn is refused when the keys have had their time', async (t) => {
  const { other, trusted } = await startIssuer(t)
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
  const old = other.token({ exp: now() + 3600 })
  await trusted(old)
  other.keys = [newKey()]
  await trusted(other.token())
  t.mock.timers.tick(15 * 60_000)
  await refuses(old, trusted)
})

test('unknown key ids do not make us ask the issuer without end, and do not keep a new key out for long', async (t) => {
  const { other, trusted } = await startIssuer(t)
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
  await trusted(other.token())
  for (let index = 0; index < 20; index += 1) await refuses(other.token({}, { key: newKey('ES256') }), trusted)
  assert.equal(other.requests.filter((path) => path === '/keys').length, 2)
  await trusted(other.token())
  other.keys = [newKey()]
  await refuses(other.token(), trusted)
  t.mock.timers.tick(10_000)
  await trusted(other.token())
})

test('an RSA key under 2048 bits is not trusted, nor an RSA key with another padding than RS256 unless it names that', async (t) => {
  const { other } = await startIssuer(t)
  const [key] = other.keys
  assert.ok(key)
  const { kty, n, e } = key.publicKey.export({ format: 'jwk' })
  const publish = (jwk: object) => other.answers.set('/keys', { body: JSON.stringify({ keys: [jwk] }) })
  publish({ kty, n, e, kid: key.kid })
  assert.equal((await trust(other)(other.token())).sub, 'ada')
  const padded = signToken(key, { ...JSON.parse(atob(other.token().split('.')[1] ?? '')) }, { alg: 'PS256' })
  await refuses(padded, trust(other))
  publish({ kty, n, e, kid: key.kid, alg: 'PS256' })
  assert.equal((await trust(other)(padded)).sub, 'ada')
  other.answers.clear()
  for (const bits of [512, 1024, 2047]) {
    other.keys = [newKey('RS256', 'weak', bits)]
    await refuses(other.token(), trust(other))
  }
})

test('an issuer that fails is asked once, however many unknown key ids come; keys that are known go on', async (t) => {
  const { other, trusted } = await startIssuer(t)
  await trusted(other.token())
  other.answers.set('openid-configuration', { status: 503, body: '' })
  const before = other.requests.length
  for (let index = 0; index < 30; index += 1)
    await assert.rejects(trusted(other.token({}, { key: newKey('ES256') })), IssuerError)
  assert.equal(other.requests.length, before + 1)
  assert.equal((await trusted(other.token())).sub, 'ada')
})

describe('while the issuer fails nothing is known, and nobody gets in', () => {
  const fails = (by: ReturnType<typeof trust>, token: string) => assert.rejects(by(token), IssuerError)

  const answers: [end: string, body: string, status?: number, headers?: Record<string, string>][] = [
    ['openid-configuration', '', 503],
    ['openid-configuration', '<html>'],
    ['openid-configuration', '{"issuer":"https://login.example.com","jwks_uri":"https://login.example.com/keys"}'],
    ['openid-configuration', '{"issuer":"x","jwks_uri":"http://login.example.com/keys"}'],
    ['openid-configuration', '', 302, { location: '/keys' }],
    ['/keys', '', 500],
    ['/keys', 'maintenance'],
    ['/keys', '{"keys":{}}'],
  ]
  for (const [end, body, status = 200, headers = {}] of answers) {
    test(`${end} answers ${status} ${body}; afterwards it works again by itself`, async (t) => {
      const { other, trusted } = await startIssuer(t, 0)
      other.answers.set(end, { status, body, headers })
      await fails(trusted, other.token())
      other.answers.clear()
      assert.equal((await trusted(other.token())).sub, 'ada')
    })
  }

  test('it is down: kept keys are good until they expire, then nobody gets in; and it comes back without a restart of ours', async (t) => {
    const { other, trusted } = await startIssuer(t, 0)
    const token = other.token({ exp: now() + 3600 })
    await trusted(token)
    await other.stop()
    assert.equal((await trusted(token)).sub, 'ada')
    await fails(trust(other), token)
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 16 * 60_000 })
    await fails(trusted, token)
    await other.start()
    assert.equal((await trusted(token)).sub, 'ada')
  })

  test('it hangs: all who wait are told together, after 3 s, and it goes on when it does', async (t) => {
    const { other, trusted } = await startIssuer(t, 0)
    other.hangs = true
    const started = performance.now()
    await Promise.all(Array.from({ length: 20 }, () => fails(trusted, other.token())))
    const waited = performance.now() - started
    assert.ok(waited > 2500 && waited < 10_000, `${waited} ms`)
    other.hangs = false
    assert.equal((await trusted(other.token())).sub, 'ada')
  })
})
