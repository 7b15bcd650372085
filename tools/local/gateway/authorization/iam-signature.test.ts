import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GatewayErrorType } from '../gateway-response.ts'
import { checkSignature } from './iam-signature.ts'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const now = Date.parse('2026-01-31T12:00:00Z')
const scope = '20260131/ap-northeast-2/execute-api/aws4_request'
// Signed independently by Python's hmac and hashlib, following AWS's documentation.
const signature = 'ac010d8e995f1ff49bafd019fa187853a001796614634319b1803e46c08db4f9'
const authorization = `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope}, SignedHeaders=content-type;host;x-amz-date, Signature=${signature}`
const signed = {
  method: 'POST',
  path: '/default/items/a%20b',
  query: new URLSearchParams('b=2&a=x y'),
  headers: {
    host: 'localhost:3000',
    'content-type': 'application/json',
    'x-amz-date': '20260131T120000Z',
    authorization,
  },
}

test('accepts an unchanged signed request for five minutes', () => {
  const check = (headers: object = {}, skew = 0, body = '{"name":"Ada"}') =>
    checkSignature(
      { ...signed, headers: { ...signed.headers, ...headers } },
      Buffer.from(body),
      credentials,
      now + skew,
    )
  for (const skew of [299_000, -299_000]) assert.equal(check({}, skew), undefined)
  for (const skew of [301_000, -301_000]) assert.equal(check({}, skew), 'signatureExpired')
  assert.equal(check({}, 0, '{"name":"Eve"}'), 'invalidSignature')
  const refused: [headers: object, error: GatewayErrorType][] = [
    [{ authorization: 'Bearer abc' }, 'incompleteSignature'],
    [{ 'x-amz-date': '' }, 'incompleteSignature'],
    [{ 'x-amz-date': '20260131nonsense' }, 'signatureExpired'],
    [{ authorization: authorization.replace('AKIDEXAMPLE', 'AKIDOTHER') }, 'unknownAccessKey'],
  ]
  for (const [headers, error] of refused) assert.equal(check(headers), error, JSON.stringify(headers))
})
