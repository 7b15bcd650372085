import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import fc from 'fast-check'
import { api, startGateway } from '../../test/helpers/gateway.ts'
import { RequestTooLargeError, TooManyRequestsError } from '../lambda/errors.ts'
import { createAnswer } from './response.ts'

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
  [{}, 200, ''],
  [{ statusCode: 200, headers: null, body: null }, 200, ''],
  [{ statusCode: '201' }, 201, ''],
  [{ statusCode: 200, body: 'dGVzdA==', isBase64Encoded: true }, 200, 'dGVzdA=='],
  [{ body: '한국어' }, 200, '한국어'],
  [{ statusCode: 204, body: 'ignored' }, 204, ''],
]
for (const [result, status, body] of wellFormed)
  test(`${JSON.stringify(result)} is answered ${status}`, async () => {
    answer = result
    const reply = await gateway.send('/default/x')
    assert.equal(reply.status, status)
    assert.equal(reply.body.toString(), body)
  })

const malformed: unknown[] = [
  { statusCode: 200, wrongValue: 'value' },
  'justAString',
  null,
  [],
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
for (const result of malformed)
  test(`${JSON.stringify(result)} is a malformed answer: 502`, async () => {
    answer = result
    const { status, headers, body } = await gateway.send('/default/x')
    assert.equal(status, 502)
    assert.equal(body.toString(), INTERNAL)
    assert.equal(headers['x-amzn-errortype'], 'InternalServerErrorException')
    assert.equal(headers['content-length'], '36')
    assert.equal(headers['access-control-allow-origin'], '*')
    assert.equal(headers['x-amzn-trace-id'], undefined)
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
  answer = {
    body: 'hello',
    headers: {
      Connection: 'close',
      'content-length': '1',
      Date: 'yesterday',
      Server: 'mine',
      'WWW-Authenticate': 'Basic',
      'Transfer-Encoding': 'chunked',
    },
  }
  const { headers, body } = await gateway.send('/default/x')
  assert.equal(body.toString(), 'hello')
  assert.equal(headers['content-length'], '5')
  assert.equal(headers['x-amzn-remapped-connection'], 'close')
  assert.equal(headers['x-amzn-remapped-content-length'], '1')
  assert.equal(headers['x-amzn-remapped-date'], 'yesterday')
  assert.equal(headers['x-amzn-remapped-server'], 'mine')
  assert.equal(headers['x-amzn-remapped-www-authenticate'], 'Basic')
  assert.equal(headers['transfer-encoding'], undefined)
})

const accepts: [accept: string | undefined, decoded: boolean][] = [
  ['image/png', true],
  ['image/png,image/*,*/*;q=0.8', true],
  ['image/png;q=1', true],
  ['application/whatever', true],
  ['application/*', true],
  ['image/jpg', false],
  ['image/*', false],
  ['*/test', false],
  ['random/test', false],
  ['*/*', false],
  ['image/webp,image/png,*/*;q=0.8', false],
  ['application', false],
]
for (const [accept, decoded] of accepts)
  test(`Accept: ${accept} gets ${decoded ? 'bytes' : 'base64'}`, async () => {
    answer = { headers: { 'Content-Type': 'a/b' }, body: 'iVBORw0KGgo=', isBase64Encoded: true }
    const { body } = await gateway.send('/default/x', accept === undefined ? {} : { headers: { Accept: accept } })
    assert.equal(body.toString(decoded ? 'base64' : 'utf8'), 'iVBORw0KGgo=')
  })

test('base64 that is none is a 500', async () => {
  answer = { body: 'èé+à)(', isBase64Encoded: true }
  const { status, body } = await gateway.send('/default/x', { headers: { Accept: 'image/png' } })
  assert.equal(status, 500)
  assert.equal(body.toString(), INTERNAL)
})

test('an event over the limit of Lambda is a 413, a throttled function a 500', async () => {
  answer = new RequestTooLargeError(6_291_457)
  const tooLarge = await gateway.send('/default/x')
  assert.equal(tooLarge.status, 413)
  assert.equal(tooLarge.body.toString(), '{"message": "Request Too Long"}')
  answer = new TooManyRequestsError('fn', 1)
  assert.equal((await gateway.send('/default/x')).status, 500)
})

const traces: [sent: string, answered: RegExp][] = [
  [
    'Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1',
    /^Root=1-3152.*;Parent=7fa8.*;Sampled=1$/,
  ],
  [
    'Root=1-3152b799-8954dae64eda91bc9a23a7e8',
    /^Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=[0-9a-f]{16};Sampled=0$/,
  ],
]
for (const [sent, answered] of traces)
  test(`trace ${sent} goes on`, async () => {
    answer = {}
    const { headers } = await gateway.send('/default/x', { headers: { 'x-amzn-trace-id': sent } })
    assert.match(String(headers['x-amzn-trace-id']), answered)
  })

test('a function error is a 502, whatever its payload', () => {
  const result = { requestId: 'r', payload: '{"statusCode":200}', functionError: 'Unhandled', duration: 1 } as const
  assert.equal(createAnswer(result, undefined, []), 'badIntegration')
})

test('no payload whatever makes an answer impossible', () => {
  const header = fc.dictionary(fc.string(), fc.anything())
  const response = fc.record(
    { statusCode: fc.anything(), headers: header, multiValueHeaders: header, body: fc.anything() },
    { requiredKeys: [] },
  )
  const payload = fc.oneof(
    fc.string(),
    fc.json(),
    response.map((value) => JSON.stringify(value) ?? ''),
  )
  fc.assert(
    fc.property(payload, (payload) => {
      createAnswer({ requestId: 'r', payload, duration: 1 }, '*/*', ['*/*'])
    }),
  )
})

test('any bytes come back unchanged where the type is accepted', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const body = Buffer.from(bytes).toString('base64')
      const payload = JSON.stringify({ body, isBase64Encoded: true })
      const answer = createAnswer({ requestId: 'r', payload, duration: 1 }, 'image/png', ['image/png'])
      assert.ok(typeof answer !== 'string')
      assert.deepEqual(answer.body, Buffer.from(bytes))
    }),
  )
})
