/** The authorizer and a real issuer: oidc-provider, certified, as a process of its own. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newKey } from '../../test/helpers/issuer.ts'
import { IssuerProcess } from '../../test/helpers/issuer-process.ts'
import { type IssuerOptions, isFaultOfIssuer, trustIssuer } from './issuer.ts'

const MINUTE = 60_000
const seconds = () => Math.floor(Date.now() / 1000)
const trust = ({ url }: IssuerProcess, more: Partial<IssuerOptions> = {}) =>
  trustIssuer({ issuer: url, audience: ['urn:my-api'], ...more })
const fails = (by: ReturnType<typeof trust>, token: string) => assert.rejects(by(token), isFaultOfIssuer)

const keys = [newKey('RS256'), newKey('ES256')]
let server: IssuerProcess
let issuer: ReturnType<typeof trust>
before(async () => {
  server = await IssuerProcess.start(keys)
  issuer = trust(server)
})
after(() => server?.kill())

test('its token is taken, with the scopes that it granted', async () => {
  const { sub, scope, aud } = await issuer(await server.token({ scope: 'users admin' }))
  assert.deepEqual([sub, scope, aud], ['client', 'users admin', 'urn:my-api'])
})

test('it is down: kept keys are good until they expire, then nobody gets in; and it comes back without a restart of ours', async (t) => {
  const [key] = [newKey()]
  let failing = await IssuerProcess.start([key])
  t.after(() => failing.kill())
  const trusted = trust(failing, { failurePause: 0 })
  const token = await failing.changed({ exp: seconds() + 3600 })
  await trusted(token)
  await failing.kill()
  assert.equal((await trusted(token)).sub, 'client')
  await fails(trust(failing), token)
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 16 * MINUTE })
  await fails(trusted, token)
  failing = await IssuerProcess.start([key], failing.url)
  assert.equal((await trusted(token)).sub, 'client')
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
  assert.equal((await trusted(token)).sub, 'client')
})
