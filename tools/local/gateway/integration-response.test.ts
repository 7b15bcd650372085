import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import fc from 'fast-check'
import { api, startGateway } from '../../../test/helpers/gateway.ts'
import { RequestTooLargeError } from '../lambda/invocation.ts'
import { createAnswer } from './integration-response.ts'

// What AWS answered to the same results: LocalStack's recordings, test_aws_proxy_response_payload_format_validation,
// test_aws_proxy_binary_response and test_apigateway_header_remapping_aws.
const INTERNAL = '{"message": "Internal server error"}'
const CORS = { 'Access-Control-Allow-Origin': '*' }
let gateway: Awaited<ReturnType<typeof startGateway>>
let answer: unknown
before(async () => {
  const more = {
    binaryMediaTypes: ['image/png', '*/test', 'application/*'],
    gatewayResponseHeaders: { DEFAULT_5XX: CORS },
  }
  gateway = await startGateway([api(['ANY /x'], more)], () =>
    answer instanceof Error ? Promise.reject(answer) : answer,
  )
})
beforeEach(() => {
  answer = undefined
})
after(() => gateway.stop())

test('what a function leaves out has a default, and the gateway adds its ids', async () => {
  answer = { headers: { 'test-header': 'value', 'header-bool': true, 'header-number': 5 } }
  const { status, headers, body } = await gateway.send('/default/x')
  assert.equal(status, 200)
  assert.equal(body.toString(), '')
  assert.deepEqual(Object.keys(headers).sort(), [
    ...['connection', 'content-length', 'content-type', 'date', 'header-bool', 'header-number', 'test-header'],
    ...['x-amz-apigw-id', 'x-amzn-requestid', 'x-amzn-trace-id'],
  ])
  assert.equal(headers['content-type'], 'application/json')
  assert.equal(headers['content-length'], '0')
  assert.equal(headers['header-bool'], 'true')
})

const wellFormed: [result: object, status: number, body: string][] = [
  [{ headers: null, body: null }, 200, ''],
  [{ statusCode: '201' }, 201, ''],
  [{ statusCode: 200, body: 'dGVzdA==', isBase64Encoded: true }, 200, 'dGVzdA=='],
  [{ body: '한국어' }, 200, '한국어'],
  [{ statusCode: 204, body: 'ignored' }, 204, ''],
]
test('an answer may leave parts out, and have a status in digits', async () => {
  for (const [result, status, body] of wellFormed) {
    answer = result
    const reply = await gateway.send('/default/x')
    assert.deepEqual([reply.status, String(reply.body)], [status, body])
  }
})

const malformed: unknown[] = [
  { statusCode: 200, wrongValue: 'value' },
  'justAString',
  null,
  { statusCode: 'test' },
  { statusCode: 99 },
  { multiValueHeaders: { 'test-multi-invalid': 'value1' } },
  { headers: ['a'] },
  { headers: { a: {} } },
  { body: {} },
  { headers: { 'bad name': 'x' } },
  { headers: { a: 'line\nbreak' } },
  { headers: { a: '한' } },
]
test('a malformed answer is a 502, and so is a function error, whatever its payload', async () => {
  for (const result of malformed) {
    answer = result
    const { status, headers, body } = await gateway.send('/default/x')
    assert.deepEqual([status, String(body)], [502, INTERNAL], JSON.stringify(result))
    assert.equal(headers['x-amzn-errortype'], 'InternalServerErrorException')
    assert.equal(headers['access-control-allow-origin'], '*')
    assert.equal(headers['x-amzn-trace-id'], undefined)
  }
  const failed = { requestId: 'r', payload: '{"statusCode":200}', functionError: 'Unhandled', duration: 1 } as const
  assert.equal(createAnswer(failed, undefined, []), 'badIntegration')
})

test('a header in both maps has the values of both, one in both once, as the multi-value map spells it', async () => {
  answer = {
    headers: { 'test-multi': 'value-solo', 'set-cookie': 'b=2' },
    multiValueHeaders: { 'tesT-Multi': ['value-multi'], 'Set-Cookie': ['a=1', 'b=2'] },
  }
  const { rawHeaders } = await gateway.send('/default/x')
  assert.deepEqual(rawHeaders.slice(0, 8), [
    ...['tesT-Multi', 'value-multi', 'tesT-Multi', 'value-solo'],
    ...['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'],
  ])
})

test("the gateway's own headers are not the function's to set", async () => {
  const remapped = { connection: 'close', 'content-length': '1', date: 'yesterday', server: 'mine' }
  answer = { body: 'hello', headers: { ...remapped, 'www-authenticate': 'Basic', 'Transfer-Encoding': 'chunked' } }
  const { headers, body } = await gateway.send('/default/x')
  assert.equal(body.toString(), 'hello')
  assert.equal(headers['content-length'], '5')
  for (const [name, value] of Object.entries({ ...remapped, 'www-authenticate': 'Basic' }))
    assert.equal(headers[`x-amzn-remapped-${name}`], value)
  assert.equal(headers['transfer-encoding'], undefined)
})

const accepts: [accept: string, decoded: boolean][] = [
  ['image/png', true],
  ['image/png,image/*,*/*;q=0.8', true],
  ['image/png;q=1', true],
  ['application/*', true],
  ['image/jpg', false],
  ['image/*', false],
  ['*/test', false],
  ['*/*', false],
  ['image/webp,image/png,*/*;q=0.8', false],
]
test('base64 is decoded where the first type of Accept is binary', async () => {
  for (const [accept, decoded] of accepts) {
    answer = { headers: { 'Content-Type': 'a/b' }, body: 'iVBORw0KGgo=', isBase64Encoded: true }
    const { body } = await gateway.send('/default/x', { headers: { Accept: accept } })
    assert.equal(body.toString(decoded ? 'base64' : 'utf8'), 'iVBORw0KGgo=', accept)
  }
})

test('base64 that is none and a stopped function are a 500, an event over the limit of Lambda a 413', async () => {
  for (const [result, ...expected] of [
    [{ body: 'èé+à)(', isBase64Encoded: true }, 500, INTERNAL],
    [new Error('stopped'), 500, INTERNAL],
    [new RequestTooLargeError('6,291,457 bytes'), 413, '{"message": "Request Too Long"}'],
  ]) {
    answer = result
    const { status, body } = await gateway.send('/default/x', { headers: { Accept: 'image/png' } })
    assert.deepEqual([status, String(body)], expected)
  }
})

test("a caller's trace goes on", async () => {
  const root = 'Root=1-3152b799-8954dae64eda91bc9a23a7e8'
  const whole = `${root};Parent=7fa8c0f79203be72;Sampled=1`
  answer = {}
  for (const [sent, answered] of [
    [whole, new RegExp(`^${whole}$`)],
    [root, new RegExp(`^${root};Parent=[0-9a-f]{16};Sampled=0$`)],
  ] as const) {
    const { headers } = await gateway.send('/default/x', { headers: { 'x-amzn-trace-id': sent } })
    assert.match(String(headers['x-amzn-trace-id']), answered)
  }
})

test('no payload whatever makes an answer impossible', () => {
  const key = fc.constantFrom('statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded')
  const payload = fc.oneof(
    fc.string(),
    fc.json(),
    fc.dictionary(key, fc.anything()).map((map) => JSON.stringify(map)),
  )
  fc.assert(
    fc.property(payload, (payload) => void createAnswer({ requestId: 'r', payload, duration: 1 }, '*/*', ['*/*'])),
  )
})
