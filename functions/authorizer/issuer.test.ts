import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, describe, type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { newKey, signToken, TestIssuer } from '../../test/helpers/issuer.ts'
import { type IssuerOptions, isFaultOfIssuer, trustIssuer } from './issuer.ts'

const now = () => Math.floor(Date.now() / 1000)
const trust = ({ url }: TestIssuer, more: Partial<IssuerOptions> = {}) =>
  trustIssuer({ issuer: url, audience: ['my-api'], ...more })

const server = await TestIssuer.start()
after(() => server.stop())
const issuer = trust(server)
/** An issuer for one test. */
async function startIssuer(t: TestContext, path?: string): Promise<TestIssuer> {
  const started = await TestIssuer.start(path)
  t.after(() => started.stop())
  return started
}

/** Refused for what it is, and not because the issuer failed. */
const refuses = (token: string, by = issuer) =>
  assert.rejects(by(token), (error) => {
    assert.ok(!isFaultOfIssuer(error), String(error))
    return true
  })

test('a valid token is taken, and its claims are told', async () => {
  assert.equal((await issuer(server.token())).sub, 'ada')
  assert.equal((await issuer(server.token({ aud: ['other', 'my-api'] }))).sub, 'ada')
})

for (const path of ['/realms/one', '/realms/one/', '/']) {
  test(`an issuer whose URL ends with ${path} is found, with ES256 keys`, async (t) => {
    const other = await startIssuer(t, path)
    other.keys = [newKey('ES256')]
    assert.equal((await trust(other)(other.token())).sub, 'ada')
  })
}

describe('a token is refused', () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const changed = (token: string, index: number, change: (text: string) => string) =>
    token
      .split('.')
      .map((text, at) => (at === index ? change(text) : text))
      .join('.')

  const tokens: Record<string, () => string> = {
    'that has expired': () => server.token({ exp: now() - 40 }),
    'that is not yet valid': () => server.token({ nbf: now() + 40 }),
    'that never expires': () => server.token({ exp: undefined }),
    'that expires so late that it never does': () => server.token({ exp: 1e300 }),
    'that expires in milliseconds': () => server.token({ exp: Date.now() + 300_000 }),
    'with a header that must be understood': () => server.token({}, { header: { crit: ['exp-at'], 'exp-at': 1 } }),
    'that is unsigned': () => changed(server.token({}, { header: { alg: 'none' } }), 2, () => ''),
    'without an algorithm': () => server.token({}, { header: { alg: undefined } }),
    'signed by another key of the same name': () => server.token({}, { key: newKey('RS256', server.keys[0]?.kid) }),
    'signed by a key of another kind': () => server.token({}, { key: newKey('ES256', server.keys[0]?.kid) }),
    'without the name of its key': () => server.token({}, { header: { kid: undefined } }),
    'for another audience': () => server.token({ aud: 'other-api' }),
    'for no audience': () => server.token({ aud: undefined }),
    'of no issuer': () => server.token({ iss: undefined }),
    'of another issuer': () => server.token({ iss: 'https://login.example.com' }),
    'whose claims were changed': () => changed(server.token(), 1, () => part({ sub: 'eve' })),
    'whose signature was cut': () => server.token().slice(0, -20),
    'whose signature is longer': () => `${server.token()}AAAA`,
    'that brings its own key': () => {
      const key = newKey()
      const header = { jwk: key.publicKey.export({ format: 'jwk' }), kid: server.keys[0]?.kid }
      return server.token({}, { key, header })
    },
    'that names where its key is': () =>
      server.token({}, { key: newKey(), header: { jku: 'http://127.0.0.1:9/keys', kid: server.keys[0]?.kid } }),
    'with the public key as the secret of HS256': () => {
      const [key = newKey()] = server.keys
      const input = server.token({}, { header: { alg: 'HS256' } }).replace(/\.[^.]*$/, '')
      const secret = key.publicKey.export({ type: 'spki', format: 'pem' })
      return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
    },
    'that is very large': () => server.token({ junk: 'x'.repeat(2_000_000), exp: now() - 60 }),
    'with claims that are a list': () => signToken(server.keys[0] ?? newKey(), [1, 2]),
    'with times that are text': () => server.token({ exp: String(now() + 300) }),
    'with a name of a key that is a list': () => server.token({}, { header: { kid: ['a'] } }),
  }
  for (const [name, token] of Object.entries(tokens)) test(name, () => refuses(token()))

  for (const typ of ['logout+jwt', 'dpop+jwt', 'secevent+jwt', 'at+jwt+x', ['JWT'], null])
    test(`made for something else: typ ${JSON.stringify(typ)}`, () => refuses(server.token({}, { header: { typ } })))
  for (const typ of ['at+jwt', 'AT+JWT', 'application/at+jwt', 'jwt', undefined])
    test(`but not for how it writes its type: ${typ}`, async () =>
      assert.equal((await issuer(server.token({}, { header: { typ } }))).sub, 'ada'))

  test('that is no token at all, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), (text) => refuses(text)),
      { numRuns: 200 },
    )
  })
})

test('clocks may differ by 30 seconds', async () => {
  await issuer(server.token({ exp: now() - 20 }))
  await issuer(server.token({ nbf: now() + 20 }))
})

test('the keys are asked for once, however many tokens come at a time', async (t) => {
  const other = await startIssuer(t)
  const trusted = trust(other)
  await Promise.all(Array.from({ length: 20 }, () => trusted(other.token())))
  await trusted(other.token())
  assert.deepEqual(other.requests, ['/.well-known/openid-configuration', '/keys'])
})

test('a new key is taken at once, and one that was withdrawn is refused when the keys have had their time', async (t) => {
  const other = await startIssuer(t)
  const trusted = trust(other)
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
  const old = other.token({ exp: now() + 3600 })
  await trusted(old)
  other.keys = [newKey()]
  await trusted(other.token())
  t.mock.timers.tick(15 * 60_000)
  await refuses(old, trusted)
})

test('unknown key ids do not make us ask the issuer without end, and do not keep a new key out for long', async (t) => {
  const other = await startIssuer(t)
  const trusted = trust(other)
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

test('a key of 512 bits is not trusted, nor an RSA key with another padding than RS256 unless it names that', async (t) => {
  const other = await startIssuer(t)
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
  other.keys = [newKey('RS256', 'weak', 512)]
  other.answers.clear()
  await refuses(other.token(), trust(other))
})

test('an issuer that fails is asked once, however many unknown key ids come; keys that are known go on', async (t) => {
  const other = await startIssuer(t)
  const trusted = trust(other)
  await trusted(other.token())
  other.answers.set('openid-configuration', { status: 503, body: '' })
  const before = other.requests.length
  for (let index = 0; index < 30; index += 1)
    await assert.rejects(trusted(other.token({}, { key: newKey('ES256') })), isFaultOfIssuer)
  assert.equal(other.requests.length, before + 1)
  assert.equal((await trusted(other.token())).sub, 'ada')
})

describe('while the issuer fails nothing is known, and nobody gets in', () => {
  const fails = (by: ReturnType<typeof trust>, token: string) => assert.rejects(by(token), isFaultOfIssuer)

  const discovery = 'openid-configuration'
  const answers: Record<string, [end: string, answer: TestIssuer['answers'] extends Map<string, infer T> ? T : never]> =
    {
      'discovery answers 503': [discovery, { status: 503, body: '' }],
      'discovery is no JSON': [discovery, { body: '<html>' }],
      'discovery speaks for another issuer': [
        discovery,
        { body: '{"issuer":"https://login.example.com","jwks_uri":"https://login.example.com/keys"}' },
      ],
      'discovery names keys without TLS': [
        discovery,
        { body: '{"issuer":"x","jwks_uri":"http://login.example.com/keys"}' },
      ],
      'discovery leads elsewhere': [discovery, { status: 302, body: '', headers: { location: '/keys' } }],
      'keys answer 500': ['/keys', { status: 500, body: '' }],
      'keys are no JSON': ['/keys', { body: 'maintenance' }],
      'keys are no list': ['/keys', { body: '{"keys":{}}' }],
    }
  for (const [name, [end, answer]] of Object.entries(answers)) {
    test(`${name}; afterwards it works again by itself`, async (t) => {
      const other = await startIssuer(t)
      const trusted = trust(other, { failurePause: 0 })
      other.answers.set(end, answer)
      await fails(trusted, other.token())
      other.answers.clear()
      assert.equal((await trusted(other.token())).sub, 'ada')
    })
  }

  test('it is down: kept keys are good until they expire, then nobody gets in; and it comes back without a restart of ours', async (t) => {
    const other = await startIssuer(t)
    const trusted = trust(other, { failurePause: 0 })
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
    const other = await startIssuer(t)
    const trusted = trust(other, { failurePause: 0 })
    other.hangs = true
    const started = performance.now()
    await Promise.all(Array.from({ length: 20 }, () => fails(trusted, other.token())))
    const waited = performance.now() - started
    assert.ok(waited > 2500 && waited < 10_000, `${waited} ms`)
    other.hangs = false
    assert.equal((await trusted(other.token())).sub, 'ada')
  })
})
