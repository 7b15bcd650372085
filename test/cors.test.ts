/** What a page of the one allowed origin sees, whatever the APIs ask of callers: the Terraform, served by the local gateway. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readWiring } from '../local/wiring.ts'
import { startGateway } from './helpers/gateway.ts'
import { synthService } from './helpers/stack.ts'

const ORIGIN = 'https://app.example.com'
const folder = mkdtempSync(join(tmpdir(), 'cors-'))
after(() => rmSync(folder, { recursive: true }))

interface Mode {
  readonly settings: Readonly<Record<string, string>>
  readonly refusal: number
  /** What a page has to send to be let in. */
  readonly sends: readonly string[]
}
const modes: Record<string, Mode> = {
  open: { settings: {}, refusal: 403, sends: [] },
  iam: {
    settings: { API_SECURITY: 'iam' },
    refusal: 403,
    sends: ['authorization', 'x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256'],
  },
  'api-key': { settings: { API_SECURITY: 'api-key' }, refusal: 403, sends: ['x-api-key'] },
  jwt: {
    settings: { API_SECURITY: 'jwt', JWT_ISSUER: 'https://login.example.com/', JWT_AUDIENCE: 'my-api' },
    refusal: 401,
    sends: ['authorization'],
  },
  cognito: {
    settings: {
      API_SECURITY: 'cognito',
      COGNITO_USER_POOL_ARN: 'arn:aws:cognito-idp:ap-northeast-2:123456789012:userpool/ap-northeast-2_abc',
    },
    refusal: 403,
    sends: ['authorization'],
  },
}

for (const [mode, { settings, refusal, sends }] of Object.entries(modes)) {
  test(`${mode}: a page may ask, send what is needed, and read every refusal of the gateway's own`, async (t) => {
    const { json } = synthService({ ...settings, CORS_ORIGIN: ORIGIN, THROTTLE_RATE: '1', THROTTLE_BURST: '1' })
    const file = join(folder, `${mode}.json`)
    // The local gateway knows no user pool; what is looked at here is the same with one.
    writeFileSync(file, json.replaceAll('"COGNITO_USER_POOLS"', '"AWS_IAM"'))
    const gateway = await startGateway(readWiring(file).apis)
    t.after(() => gateway.stop())

    for (const path of ['/rds', '/rds/1', '/s3', '/s3/uploads']) {
      const { status, headers } = await gateway.send(`/default${path}`, { method: 'OPTIONS' })
      assert.deepEqual([status, headers['access-control-allow-origin']], [204, ORIGIN])
      const allowed = String(headers['access-control-allow-headers']).toLowerCase().split(',')
      const tracing = ['traceparent', 'tracestate', 'baggage', 'sentry-trace', 'x-requested-with']
      for (const name of [...sends, ...tracing, 'content-type', 'idempotency-key', '*'])
        assert.ok(allowed.includes(name), name)
    }
    const refused = [
      await gateway.send('/default/none'),
      await gateway.send('/default/rds'),
      await gateway.send('/default/rds'),
    ]
    assert.deepEqual(
      refused.map(({ status }) => status),
      mode === 'open' ? [403, 200, 429] : [403, refusal, refusal],
    )
    for (const { headers, status } of refused) {
      if (status === 200) continue
      assert.equal(headers['access-control-allow-origin'], ORIGIN)
      assert.equal(headers['access-control-expose-headers'], 'x-amzn-ErrorType,x-amzn-RequestId')
    }
  })
}
