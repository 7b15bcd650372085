/** What a page of the one allowed origin sees, whatever the APIs ask of callers: the Terraform, served by the local gateway. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TerraformJson } from '../../tools/local/wiring/terraform.ts'
import { startGateway } from '../helpers/gateway.ts'
import { jwt } from '../helpers/settings.ts'
import { synthService } from '../helpers/stack.ts'
import { read } from '../helpers/wiring.ts'

const ORIGIN = 'https://app.example.com'

/** Settings, the status of who may not call, and what a page has to send to be let in. */
const modes: Record<string, [settings: Readonly<Record<string, string>>, refusal: number, ...sends: string[]]> = {
  open: [{}, 403],
  iam: [{}, 403, 'authorization', 'x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256'],
  'api-key': [{}, 403, 'x-api-key'],
  jwt: [jwt, 401, 'authorization'],
}

for (const [API_SECURITY, [settings, refusal, ...sends]] of Object.entries(modes)) {
  test(`${API_SECURITY}: a page may ask, send what is needed, and read every refusal of the gateway's own`, async (t) => {
    const { json } = synthService({ ...settings, API_SECURITY, CORS_ORIGIN: ORIGIN })
    const gateway = await startGateway(read(new TerraformJson(JSON.parse(json))).apis)
    t.after(() => gateway.stop())

    for (const path of ['/rds', '/rds/1', '/s3', '/s3/uploads']) {
      const { status, headers } = await gateway.send(`/default${path}`, { method: 'OPTIONS' })
      assert.deepEqual([status, headers['access-control-allow-origin']], [204, ORIGIN])
      const allowed = String(headers['access-control-allow-headers']).toLowerCase().split(',')
      const tracing = ['traceparent', 'tracestate', 'baggage', 'sentry-trace', 'x-requested-with']
      for (const name of [...sends, ...tracing, 'content-type', 'idempotency-key', '*'])
        assert.ok(allowed.includes(name), name)
    }
    for (const [path, status] of [['none', 403], ...(API_SECURITY === 'open' ? [] : [['rds', refusal] as const])]) {
      const refused = await gateway.send(`/default/${path}`)
      assert.equal(refused.status, status)
      assert.equal(refused.headers['access-control-allow-origin'], ORIGIN)
      assert.equal(refused.headers['access-control-expose-headers'], 'x-amzn-ErrorType,x-amzn-RequestId')
    }
  })
}
