/** The authorizer and a real issuer: oidc-provider, certified, as a process of its own. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { newKey, signToken } from '../../test/helpers/issuer.ts'
import { IssuerProcess } from '../../test/helpers/issuer-process.ts'
import { Issuer, type IssuerOptions, isFaultOfIssuer } from './issuer.ts'

const MINUTE = 60_000
const seconds = () => Math.floor(Date.now() / 1000)
const trust = ({ url }: IssuerProcess, more: Partial<IssuerOptions> = {}) =>
  new Issuer({ issuer: url, audience: ['urn:my-api'], ...more })
const refuses = (by: Issuer, token: string, reason: RegExp) =>
  assert.rejects(by.verify(token), (error: Error) => {
    assert.ok(!isFaultOfIssuer(error), String(error))
    assert.match(error.message, reason)
    return true
  })
const fails = (by: Issuer, token: string) => assert.rejects(by.verify(token), isFaultOfIssuer)

const keys = [newKey('RS256'), newKey('ES256')]
let server: IssuerProcess
let issuer: Issuer
before(async () => {
  server = await IssuerProcess.start(keys)
  issuer = trust(server)
})
after(() => server?.kill())

test('its token is taken, with the scopes that it granted', async () => {
  const { sub, scope, aud } = await issuer.verify(await server.token({ scope: 'users admin' }))
  assert.deepEqual([sub, scope, aud], ['client', 'users admin', 'urn:my-api'])
})

test('first requests that come together ask it once', async (t) => {
  const other = await IssuerProcess.start([newKey()])
  t.after(() => other.kill())
  const token = await other.token()
  const trusted = trust(other)
  await Promise.all(Array.from({ length: 50 }, () => trusted.verify(token)))
  await trusted.verify(await other.token())
  assert.deepEqual(await other.requests(), ['/.well-known/openid-configuration', '/jwks'])
})

describe('refused, though its key signed it', () => {
  test('for another audience', async () => refuses(issuer, await server.token({ resource: 'urn:other-api' }), /"aud"/))

  test('expired, by more than clocks may differ', async (t) => {
    const token = await server.token()
    const granted = Date.now()
    t.mock.timers.enable({ apis: ['Date'], now: granted + 85_000 })
    assert.equal((await issuer.verify(token)).sub, 'client')
    t.mock.timers.setTime(granted + 95_000)
    await refuses(issuer, token, /"exp"/)
  })

  test('not yet valid, by more than clocks may differ', async () => {
    assert.equal((await issuer.verify(await server.changed({ nbf: seconds() + 25 }))).sub, 'client')
    await refuses(issuer, await server.changed({ nbf: seconds() + 40 }), /"nbf"/)
  })

  test('without an end', async () => refuses(issuer, await server.changed({ exp: undefined }), /"exp"/))

  test('of another issuer by its claim', async () =>
    refuses(issuer, await server.changed({ iss: 'https://login.example.com' }), /"iss"/))

  for (const typ of ['logout+jwt', 'dpop+jwt', 'secevent+jwt', 'at+jwt+x', ['JWT'], null])
    test(`made for something else: typ ${JSON.stringify(typ)}`, async () =>
      refuses(issuer, await server.changed({}, { typ }), /typ/))
  for (const typ of ['at+jwt', 'AT+JWT', 'application/at+jwt', 'jwt', undefined])
    test(`but not for how it writes its type: ${typ}`, async () =>
      assert.equal((await issuer.verify(await server.changed({}, { typ }))).sub, 'client'))
})

describe('refused, for its key never signed it', () => {
  const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

  test('unsigned', async () => {
    const unsigned = await server.changed({}, { alg: 'none' })
    for (const token of [unsigned, unsigned.replace(/[^.]*$/, '')])
      await refuses(issuer, token, /alg|signature|malformed|parse/i)
  })

  test('with its public key as the secret of HS256', async () => {
    const [published] = ((await (await fetch(`${server.url}/jwks`)).json()) as { keys: object[] }).keys
    const pem = keys[0]?.publicKey.export({ type: 'spki', format: 'pem' }) as string
    const input = (await server.changed({}, { alg: 'HS256' })).split('.').slice(0, 2).join('.')
    for (const secret of [pem, pem.trim(), JSON.stringify(published)]) {
      const signature = createHmac('sha256', secret).update(input).digest('base64url')
      await refuses(issuer, `${input}.${signature}`, /alg/i)
    }
  })

  test('signed by a key of the same name', async () => {
    const thief = newKey('RS256', keys[0]?.kid)
    await refuses(issuer, signToken(thief, claimsOf(await server.token())), /signature/i)
  })

  test('granted by another issuer, that is as real', async (t) => {
    const other = await IssuerProcess.start([newKey('RS256', keys[0]?.kid)])
    t.after(() => other.kill())
    await refuses(issuer, await other.token(), /signature|iss/i)
  })
})

test('its keys change while we run: the new one is taken at once, the withdrawn one refused when the kept keys expire', async (t) => {
  let rotating = await IssuerProcess.start([newKey()])
  t.after(() => rotating.kill())
  // The second one meets no new key, which would make it fetch all of them.
  const [trusted, quiet] = [trust(rotating), trust(rotating)]
  const earlier = await rotating.changed({ exp: seconds() + 3600 })
  for (const each of [trusted, quiet]) await each.verify(earlier)

  await rotating.kill()
  rotating = await IssuerProcess.start([newKey()], rotating.url)
  assert.equal((await trusted.verify(await rotating.token())).sub, 'client')
  assert.equal((await quiet.verify(earlier)).sub, 'client')
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 16 * MINUTE })
  await refuses(quiet, earlier, /no applicable key/)
})

test('it is down: kept keys are good until they expire, then nobody gets in; and it comes back without a restart of ours', async (t) => {
  const [key] = [newKey()]
  let failing = await IssuerProcess.start([key])
  t.after(() => failing.kill())
  const trusted = trust(failing, { failurePause: 0 })
  const token = await failing.changed({ exp: seconds() + 3600 })
  await trusted.verify(token)
  await failing.kill()
  assert.equal((await trusted.verify(token)).sub, 'client')
  await fails(trust(failing), token)
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 16 * MINUTE })
  await fails(trusted, token)
  failing = await IssuerProcess.start([key], failing.url)
  assert.equal((await trusted.verify(token)).sub, 'client')
})

test('it hangs: all who wait are told together, after 3 s, and it goes on when it does', async (t) => {
  const hanging = await IssuerProcess.start([newKey()])
  t.after(() => hanging.kill())
  const token = await hanging.token()
  const trusted = trust(hanging, { failurePause: 0 })
  hanging.signal('SIGSTOP')
  const started = performance.now()
  await Promise.all(Array.from({ length: 20 }, () => fails(trusted, token)))
  const waited = performance.now() - started
  assert.ok(waited > 2500 && waited < 10_000, `${waited} ms`)
  hanging.signal('SIGCONT')
  assert.equal((await trusted.verify(token)).sub, 'client')
})
