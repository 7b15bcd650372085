import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SignedRequest } from '../../sigv4.ts'
import { checkSignature } from './iam-signature.ts'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const now = Date.parse('2026-01-31T12:00:00Z')
const scope = '20260131/ap-northeast-2/execute-api/aws4_request'
// Made with another implementation: Python's hmac and hashlib, by the steps of AWS's documentation.
const signature = 'ac010d8e995f1ff49bafd019fa187853a001796614634319b1803e46c08db4f9'
const request = (more: Record<string, string> = {}): SignedRequest => ({
  method: 'POST',
  path: '/default/items/a%20b',
  query: new URLSearchParams('b=2&a=x y'),
  headers: {
    host: 'localhost:3000',
    'content-type': 'application/json',
    'x-amz-date': '20260131T120000Z',
    authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope}, SignedHeaders=content-type;host;x-amz-date, Signature=${signature}`,
    ...more,
  },
})
const body = Buffer.from('{"name":"Ada"}')

test('a request that another implementation signed gets in, within five minutes', () => {
  for (const skew of [0, 299_000, -299_000])
    assert.equal(checkSignature(request(), body, credentials, now + skew), undefined)
  for (const skew of [301_000, -301_000])
    assert.equal(checkSignature(request(), body, credentials, now + skew), 'signatureExpired')
})

test('a change of anything that is signed is refused', () => {
  const check = (changed: Partial<SignedRequest>, content = body) =>
    checkSignature({ ...request(), ...changed }, content, credentials, now)
  assert.equal(check({ method: 'PUT' }), 'invalidSignature')
  assert.equal(check({ path: '/default/items/b' }), 'invalidSignature')
  assert.equal(check({ headers: request({ host: 'example.com' }).headers }), 'invalidSignature')
  assert.equal(check({}, Buffer.from('{"name":"Eve"}')), 'invalidSignature')
  assert.equal(checkSignature(request(), body, { ...credentials, secretAccessKey: 'other' }, now), 'invalidSignature')
})

test('what is missing or malformed is told as such', () => {
  const withAuthorization = (authorization: string, more = {}) =>
    checkSignature(request({ authorization, ...more }), body, credentials, now)
  const { authorization = '' } = request().headers
  assert.equal(withAuthorization('Bearer abc'), 'incompleteSignature')
  assert.equal(withAuthorization(authorization, { 'x-amz-date': '' }), 'incompleteSignature')
  assert.equal(withAuthorization(authorization.replace('AKIDEXAMPLE', 'AKIDOTHER')), 'unknownAccessKey')
  assert.equal(withAuthorization(authorization.replace('execute-api', 's3')), 'invalidSignature')
  assert.equal(withAuthorization(authorization.replace('20260131', '20260130')), 'invalidSignature')
  assert.equal(withAuthorization(authorization, { 'x-amz-date': '20260131nonsense' }), 'signatureExpired')
  assert.equal(withAuthorization(authorization.replace('host;', '')), 'invalidSignature')
  const { authorization: _, ...rest } = request().headers
  assert.equal(checkSignature({ ...request(), headers: rest }, body, credentials, now), 'noRoute')
})
