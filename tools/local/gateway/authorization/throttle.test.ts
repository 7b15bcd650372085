import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api, keys, startGateway } from '../../../../test/helpers/gateway.ts'
import type { AccessWiring } from '../../wiring/access.ts'
import { Throttle } from './throttle.ts'

test('as many at once as the burst, then as many a second as the rate, however long nobody came', () => {
  const throttle = new Throttle()
  const passed = (at: number, count = 100) =>
    Array.from({ length: count }, () => throttle.take('api', { rateLimit: 10, burstLimit: 20 }, at)).filter(Boolean)
      .length
  assert.equal(passed(0), 20)
  assert.equal(passed(0), 0)
  assert.equal(passed(50), 0)
  assert.equal(passed(100), 1)
  assert.equal(passed(1100), 10)
  assert.equal(passed(3_600_000), 20)
})

test('the key of a usage plan has one bucket for both APIs, and a stage one of its own; refused callers take nothing', async (t) => {
  const limited = (name: string, access?: AccessWiring) => {
    const wiring = api([`GET /${name}`], { name, rateLimit: 0.001, burstLimit: 1 })
    return { ...wiring, methods: wiring.methods.map((method) => ({ ...method, ...(access && { access }) })) }
  }
  const statuses = async (access?: AccessWiring) => {
    const gateway = await startGateway([limited('items', access), limited('blobs', access)])
    t.after(() => gateway.stop())
    const headers = { 'x-api-key': keys.apiKey }
    const all = []
    for (const path of ['items', 'blobs', 'blobs']) all.push(await gateway.send(`/default/${path}`, { headers }))
    assert.equal(String(all[2]?.body), '{"message":"Too Many Requests"}')
    assert.equal(all[2]?.headers['x-amzn-errortype'], 'TooManyRequestsException')
    return all.map(({ status }) => status)
  }
  assert.deepEqual(await statuses({ type: 'api-key' }), [200, 429, 429])
  assert.deepEqual(await statuses(), [200, 200, 429])

  const gateway = await startGateway([limited('items', { type: 'api-key' })])
  t.after(() => gateway.stop())
  assert.equal((await gateway.send('/default/items')).status, 403)
  assert.equal((await gateway.send('/default/items', { headers: { 'x-api-key': keys.apiKey } })).status, 200)
})
