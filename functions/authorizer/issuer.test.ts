import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, describe, type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { type Answer, jwksOf, newKey, TestIssuer } from '../../test/helpers/issuer.ts'
import { IssuerError } from './discovery.ts'
import { trustIssuer } from './issuer.ts'

const now = () => Math.floor(Date.now() / 1000)
const trust = ({ url }: TestIssuer, failurePause?: number) => trustIssuer(url, ['my-api'], failurePause)

const server = await new TestIssuer().start()
after(() => server.stop())
const issuer = trust(server)
/** Starts an issuer for one test, with a verifier that trusts it. */
async function startIssuer(t: TestContext, failurePause?: number, path = '') {
  const other = await new TestIssuer(path).start()
  t.after(() => other.stop())
  return { other, trusted: trust(other, failurePause) }
}

/** Expects a refusal of the token instead of a failure of the issuer. */
const refuses = (token: string, by = issuer) =>
  assert.rejects(by(token), (error) => {
    assert.ok(!(error instanceof IssuerError), String(error))
    return true
  })

test('accepts a valid token and returns its claims, in any spelling of its type, with clocks under 30 s apart', async () => {
  for (const claims of [{}, { aud: ['other', 'my-api'] }, { exp: now() - 20 }, { nbf: now() + 20 }])
    assert.equal((await issuer(server.token(claims))).sub, 'ada')
  for (const typ of ['at+jwt', 'AT+JWT', 'application/at+jwt', 'jwt', undefined])
    assert.equal((await issuer(server.token({}, { header: { typ } }))).sub, 'ada')
})

test('finds an issuer whose URL ends with a path or a slash, and uses its ES256 keys', async (t) => {
  for (const path of ['/realms/one', '/realms/one/', '/']) {
    const { other, trusted } = await startIssuer(t, undefined, path)
    other.keys = [newKey('ES256')]
    assert.equal((await trusted(other.token())).sub, 'ada')
  }
})

describe('refuses a token', () => {
  const kid = () => server.keys[0]?.kid
  const changed = (token: string, index: number, text: string) => token.split('.').with(index, text).join('.')
  /** An attacker's key with a trusted key id, embedded in the token. */
  const stranger = () => {
    const key = newKey('RS256', kid())
    return { key, header: { jwk: key.publicKey.export({ format: 'jwk' }) } }
  }
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const tokens: Record<string, () => string> = {
    'after it expired': () => server.token({ exp: now() - 40 }),
    'before it is valid': () => server.token({ nbf: now() + 40 }),
    'without an expiry': () => server.token({ exp: undefined }),
    'with its expiry in milliseconds': () => server.token({ exp: Date.now() + 300_000 }),
    'with an unknown critical header': () => server.token({}, { header: { crit: ['exp-at'], 'exp-at': 1 } }),
    'without a signature': () => changed(server.token({}, { header: { alg: 'none' } }), 2, ''),
    'signed by another key with the same id': () => server.token({}, stranger()),
    'without a key id': () => server.token({}, { header: { kid: undefined } }),
    'for another audience': () => server.token({ aud: 'other-api' }),
    'of another issuer': () => server.token({ iss: 'https://login.example.com' }),
    'with changed claims': () => changed(server.token(), 1, part({ sub: 'eve' })),
    'with a subject of another type': () => server.token({ sub: 5 }),
    'signed with the public key as HS256 secret': () => {
      const input = server.token({}, { header: { alg: 'HS256' } }).replace(/\.[^.]*$/, '')
      const secret = server.keys[0]?.publicKey.export({ type: 'spki', format: 'pem' }) ?? ''
      return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
    },
  }
  for (const typ of ['logout+jwt', 'at+jwt+x', ['JWT']])
    tokens[`made for something else: typ ${JSON.stringify(typ)}`] = () => server.token({}, { header: { typ } })
  for (const [name, token] of Object.entries(tokens)) test(name, () => refuses(token()))

  test('of malformed text', async () => {
    await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary' }), (text) => refuses(text)))
  })
})

test('fetches the keys once for concurrent tokens', async (t) => {
  const { other, trusted } = await startIssuer(t)
  await Promise.all(Array.from({ length: 20 }, () => trusted(other.token())))
  await trusted(other.token())
  assert.deepEqual(other.requests, ['/.well-known/openid-configuration', '/keys'])
})

test('accepts a new key at once, and refuses a withdrawn key after the cache expires', async (t) => {
  const { other, trusted } = await startIssuer(t)
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
  const old = other.token({ exp: now() + 3600 })
  await trusted(old)
  other.keys = [newKey()]
  await trusted(other.token())
  t.mock.timers.tick(15 * 60_000)
  await refuses(old, trusted)
})

test('limits fetches for unknown key ids, and accepts a new key after the pause', async (t) => {
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

test('an RSA key without alg verifies RS256 only, a PS256 key verifies PS256; keys under 2048 bits are refused', async (t) => {
  const { other } = await startIssuer(t)
  const [plain = '', padded = ''] = ['RS256', 'PS256'].map((alg) => other.token({}, { header: { alg } }))
  const publish = (alg?: string) => {
    const keys = jwksOf(other.keys, 'publicKey').map((key) => ({ ...key, alg }))
    other.answers.set('/keys', { body: JSON.stringify({ keys }) })
  }
  publish()
  assert.equal((await trust(other)(plain)).sub, 'ada')
  await refuses(padded, trust(other))
  publish('PS256')
  assert.equal((await trust(other)(padded)).sub, 'ada')
  other.keys = [newKey('RS256', 'weak', 2047)]
  publish('RS256')
  await refuses(other.token(), trust(other))
})

test('asks a failing issuer once for many unknown key ids, and still accepts cached keys', async (t) => {
  const { other, trusted } = await startIssuer(t)
  await trusted(other.token())
  other.answers.set('openid-configuration', { status: 503, body: '' })
  const before = other.requests.length
  for (let index = 0; index < 30; index += 1)
    await assert.rejects(trusted(other.token({}, { key: newKey('ES256') })), IssuerError)
  assert.equal(other.requests.length, before + 1)
  assert.equal((await trusted(other.token())).sub, 'ada')
})

describe('rejects tokens while the issuer fails', () => {
  const fails = (by: ReturnType<typeof trust>, token: string, message = /^Cannot use/) =>
    assert.rejects(by(token), { name: 'IssuerError', message })

  const answers: [end: string, Answer, message: RegExp][] = [
    ['openid-configuration', { status: 503 }, /status 503/],
    [
      'openid-configuration',
      { body: '{"issuer":"https://a.example","jwks_uri":"https://a.example/"}' },
      /another issuer/,
    ],
    ['openid-configuration', { body: '{"issuer":"x","jwks_uri":"http://a.example/keys"}' }, /must be an https/],
    ['/keys', { status: 302, headers: { location: '/keys?moved' } }, /redirect/],
    ['/keys', { body: 'maintenance' }, /JSON/],
    ['/keys', { body: '{"keys":{}}' }, /Expected Array/],
  ]
  for (const [end, answer, message] of answers) {
    test(`${end} answers ${JSON.stringify(answer)}, then recovers`, async (t) => {
      const { other, trusted } = await startIssuer(t, 0)
      other.answers.set(end, answer)
      await fails(trusted, other.token(), message)
      other.answers.clear()
      assert.equal((await trusted(other.token())).sub, 'ada')
    })
  }

  test('an outage: cached keys work until they expire, and tokens are accepted again once the issuer is back', async (t) => {
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

  test('a hang: all waiting requests fail together after 3 s, and later ones succeed', async (t) => {
    const { other, trusted } = await startIssuer(t, 0)
    other.answers.set('openid-configuration', undefined)
    const started = performance.now()
    await Promise.all(Array.from({ length: 20 }, () => fails(trusted, other.token())))
    const waited = performance.now() - started
    assert.ok(waited > 2500 && waited < 10_000, `${waited} ms`)
    other.answers.clear()
    assert.equal((await trusted(other.token())).sub, 'ada')
  })
})
