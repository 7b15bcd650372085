import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { api, startGateway } from '../../../test/helpers/gateway.ts'
import { RequestTooLargeError } from '../lambda/function.ts'
import { GatewayError } from './gateway-response.ts'
import { createAnswer } from './integration-response.ts'

// AWS's responses to the same results, recorded by LocalStack: test_aws_proxy_response_payload_format_validation,
// test_aws_proxy_binary_response and test_apigateway_header_remapping_aws.
const INTERNAL = '{"message": "Internal server error"}'
let answer: unknown
const binaryMediaTypes = ['image/png', '*/test', 'application/*']
const gatewayResponseHeaders = { DEFAULT_5XX: { 'Access-Control-Allow-Origin': '*' } }
const gateway = await startGateway([api(['ANY /x'], { binaryMediaTypes, gatewayResponseHeaders })], () =>
  answer instanceof Error ? Promise.reject(answer) : answer,
)

/** Response to a caller for this function result. */
function reply(result: unknown, headers: Record<string, string> = {}) {
  answer = result
  return gateway.send('/default/x', { headers })
}

test('fills in defaults, and adds ids of the gateway', async () => {
  const sent = { 'test-header': 'value', 'header-bool': true, 'header-number': 5 }
  const { status, headers, body } = await reply({ headers: sent })
  assert.deepEqual([status, String(body)], [200, ''])
  const { 'header-bool': text, 'content-type': type, 'content-length': length, ...others } = headers
  assert.deepEqual([text, type, length], ['true', 'application/json', '0'])
  assert.deepEqual(Object.keys(others).sort(), [
    ...['connection', 'date', 'header-number', 'test-header', 'x-amz-apigw-id', 'x-amzn-requestid', 'x-amzn-trace-id'],
  ])
})

test('accepts missing parts and a status in digits; other results are errors', async () => {
  const malformed: unknown[] = [
    ...['justAString', null, { statusCode: 200, wrongValue: 'value' }, { statusCode: 'test' }, { statusCode: 99 }],
    ...[{ multiValueHeaders: { 'test-multi-invalid': 'value1' } }, { headers: ['a'] }, { headers: { a: {} } }],
    ...[{ body: {} }, { headers: { 'bad name': 'x' } }, { headers: { a: 'line\nbreak' } }, { headers: { a: '한' } }],
  ]
  const answers: [result: unknown, status: number, body: string][] = [
    [{ headers: null, body: null }, 200, ''],
    [{ statusCode: '201' }, 201, ''],
    [{ body: '한국어' }, 200, '한국어'],
    [{ statusCode: 204, body: 'ignored' }, 204, ''],
    [new RequestTooLargeError('6,291,457 bytes'), 413, '{"message": "Request Too Long"}'],
    [{ body: 'èé+à)(', isBase64Encoded: true }, 500, INTERNAL],
    [new Error('stopped'), 500, INTERNAL],
    ...malformed.map((each): (typeof answers)[0] => [each, 502, INTERNAL]),
  ]
  for (const [result, ...expected] of answers) {
    const { status, headers, body } = await reply(result, { Accept: 'image/png' })
    assert.deepEqual([status, String(body)], expected, JSON.stringify(result))
    if (status < 500) continue
    assert.equal(headers['x-amzn-errortype'], 'InternalServerErrorException')
    assert.equal(headers['access-control-allow-origin'], '*')
    assert.equal(headers['x-amzn-trace-id'], undefined)
  }
  const failed = { requestId: 'r', payload: '{"statusCode":200}', functionError: 'Unhandled', duration: 1 } as const
  assert.throws(() => createAnswer(failed, undefined, []), { type: 'badIntegration' })
})

test('merges both header maps without duplicates, as the multi-value map spells them', async () => {
  const { rawHeaders } = await reply({
    headers: { 'test-multi': 'value-solo', 'set-cookie': 'b=2' },
    multiValueHeaders: { 'tesT-Multi': ['value-multi'], 'Set-Cookie': ['a=1', 'b=2', 'a=1'] },
  })
  const multiple = ['tesT-Multi', 'value-multi', 'tesT-Multi', 'value-solo']
  assert.deepEqual(rawHeaders.slice(0, 10), [
    ...multiple,
    ...['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'Set-Cookie', 'a=1'],
  ])
})

test("protects the gateway's own headers from the function", async () => {
  const own = { connection: 'close', 'content-length': '1', date: 'yesterday', server: 'mine', expect: 'all' }
  const { headers, body } = await reply({ body: 'hello', headers: { ...own, 'Transfer-Encoding': 'chunked' } })
  assert.equal(body.toString(), 'hello')
  assert.equal(headers['content-length'], '5')
  for (const [name, value] of Object.entries(own)) assert.equal(headers[`x-amzn-remapped-${name}`], value)
  assert.equal(headers['transfer-encoding'], undefined)
})

test('decodes base64 when the first type of Accept is binary', async () => {
  const decoded = ['image/png', 'image/png,image/*,*/*;q=0.8', 'image/png;q=1', 'application/*']
  const encoded = ['image/jpg', 'image/*', '*/test', '*/*', 'image/webp,image/png,*/*;q=0.8']
  for (const Accept of [...decoded, ...encoded]) {
    const { body } = await reply({ body: 'iVBORw0KGgo=', isBase64Encoded: true }, { Accept })
    assert.equal(body.toString(decoded.includes(Accept) ? 'base64' : 'utf8'), 'iVBORw0KGgo=', Accept)
  }
})

test("continues a caller's trace", async () => {
  const root = 'Root=1-3152b799-8954dae64eda91bc9a23a7e8'
  const whole = `${root};Parent=7fa8c0f79203be72;Sampled=1`
  const trace = async (sent: string) => (await reply({}, { 'x-amzn-trace-id': sent })).headers['x-amzn-trace-id']
  assert.equal(await trace(whole), whole)
  assert.match(String(await trace(root)), new RegExp(`^${root};Parent=[0-9a-f]{16};Sampled=0$`))
})

test('answers any payload', () => {
  const key = fc.constantFrom('statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded')
  const payload = fc.oneof(
    fc.string(),
    fc.json(),
    fc.dictionary(key, fc.anything()).map((map) => JSON.stringify(map)),
  )
  const create = (payload: string) => {
    try {
      createAnswer({ requestId: 'r', payload, duration: 1 }, '*/*', ['*/*'])
    } catch (error) {
      assert.ok(error instanceof GatewayError, String(error))
    }
  }
  fc.assert(fc.property(payload, create))
})
