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
/** An issuer for one test, and one who trusts it. */
async function startIssuer(t: TestContext, failurePause?: number, path = '') {
  const other = await new TestIssuer(path).start()
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
  /** A key of somebody else's, under the name of one that is known, which the token brings along. */
  const stranger = () => {
    const key = newKey('RS256', kid())
    return { key, header: { jwk: key.publicKey.export({ format: 'jwk' }) } }
  }
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const tokens: Record<string, () => string> = {
    'that has expired': () => server.token({ exp: now() - 40 }),
    'that is not yet valid': () => server.token({ nbf: now() + 40 }),
    'that never expires': () => server.token({ exp: undefined }),
    'that expires in milliseconds, so never': () => server.token({ exp: Date.now() + 300_000 }),
    'with a header that must be understood': () => server.token({}, { header: { crit: ['exp-at'], 'exp-at': 1 } }),
    'that is unsigned': () => changed(server.token({}, { header: { alg: 'none' } }), 2, ''),
    'signed by another key of the same name': () => server.token({}, stranger()),
    'without the name of its key': () => server.token({}, { header: { kid: undefined } }),
    'for another audience': () => server.token({ aud: 'other-api' }),
    'of another issuer': () => server.token({ iss: 'https://login.example.com' }),
    'whose claims were changed': () => changed(server.token(), 1, part({ sub: 'eve' })),
    'whose subject is no text': () => server.token({ sub: 5 }),
    'with the public key as the secret of HS256': () => {
      const input = server.token({}, { header: { alg: 'HS256' } }).replace(/\.[^.]*$/, '')
      const secret = server.keys[0]?.publicKey.export({ type: 'spki', format: 'pem' }) ?? ''
      return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
    },
  }
  for (const typ of ['logout+jwt', 'at+jwt+x', ['JWT']])
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

test('an RSA key that names no algorithm verifies RS256 alone, one for PS256 that; one under 2048 bits is not trusted', async (t) => {
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
    test(`${end} answers ${JSON.stringify(answer)}; afterwards it works again by itself`, async (t) => {
      const { other, trusted } = await startIssuer(t, 0)
      other.answers.set(end, answer)
      await fails(trusted, other.token(), message)
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
    other.answers.set('openid-configuration', undefined)
    const started = performance.now()
    await Promise.all(Array.from({ length: 20 }, () => fails(trusted, other.token())))
    const waited = performance.now() - started
    assert.ok(waited > 2500 && waited < 10_000, `${waited} ms`)
    other.answers.clear()
    assert.equal((await trusted(other.token())).sub, 'ada')
  })
})
