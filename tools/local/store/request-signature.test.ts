import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SignedRequest } from '../sigv4.ts'
import { verifyRequest } from './request-signature.ts'

/** AWS's documented examples, signatures included: sig-v4-header-based-auth.html and sigv4-query-string-auth.html. */
const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }
const now = Date.parse('2013-05-24T00:00:00Z')
const scope = 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request'
const host = 'examplebucket.s3.amazonaws.com'
const date = '20130524T000000Z'

const get: SignedRequest = {
  method: 'GET',
  path: '/test.txt',
  query: new URLSearchParams(),
  headers: {
    host,
    range: 'bytes=0-9',
    'x-amz-date': date,
    'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    authorization: `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41`,
  },
}
const presigned: SignedRequest = {
  method: 'GET',
  path: '/test.txt',
  query: new URLSearchParams({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': scope,
    'X-Amz-Date': date,
    'X-Amz-Expires': '86400',
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
  }),
  headers: { host },
}

const verify = (request: SignedRequest, time = now, as = credentials) =>
  verifyRequest(request, as, { now: time, region: 'us-east-1' })

test("accepts the documentation's signatures, at their time only", () => {
  const minute = 60_000
  for (const time of [now, now + 15 * minute]) verify(get, time)
  for (const time of [now + 16 * minute, now - 16 * minute])
    assert.throws(() => verify(get, time), { code: 'RequestTimeTooSkewed' })
  for (const time of [now, now + 86_400_000]) verify(presigned, time)
  assert.throws(() => verify(presigned, now + 86_401_000), { message: 'Request has expired' })
  assert.throws(() => verify(presigned, now - 16 * minute), { message: 'Request is not yet valid' })
})

test('rejects a request with a changed, added or missing part', () => {
  const changes: [changed: object, code: string, request?: SignedRequest][] = [
    [{ method: 'PUT' }, 'SignatureDoesNotMatch'],
    [{ query: new URLSearchParams(`${presigned.query}&response-content-type=a`) }, 'SignatureDoesNotMatch', presigned],
    [{ headers: { ...get.headers, 'x-amz-acl': 'public-read' } }, 'AccessDenied'],
    [{ headers: { host, 'x-amz-meta-a': '1' } }, 'AccessDenied', presigned],
    [{ headers: { ...get.headers, 'x-amz-date': 'yesterday' } }, 'AccessDenied'],
    [{ headers: { ...get.headers, authorization: 'Basic eDp5' } }, 'InvalidArgument'],
    [{ headers: { ...get.headers, authorization: 'AWS4-HMAC-SHA256 x' } }, 'AuthorizationHeaderMalformed'],
    [{ query: presigned.query }, 'InvalidArgument'],
    [{ headers: { host } }, 'AccessDenied'],
  ]
  for (const [changed, code, request = get] of changes)
    assert.throws(() => verify({ ...request, ...changed }), { code }, JSON.stringify(changed))
  assert.throws(() => verify(get, now, { ...credentials, accessKeyId: 'AKIAOTHER' }), { code: 'InvalidAccessKeyId' })
})

test('requires all parameters of a presigned URL, each valid', () => {
  const illegal: Readonly<Record<string, string[]>> = {
    'X-Amz-Algorithm': ['AWS4-ECDSA-P256-SHA256'],
    'X-Amz-Date': ['now'],
    'X-Amz-Expires': ['604801', '-1', 'soon'],
    'X-Amz-Credential': [scope.replace('us-east-1', 'eu-west-1'), scope.replace('20130524', '20130525')],
  }
  for (const name of presigned.query.keys())
    for (const value of ['', ...(illegal[name] ?? [])]) {
      const query = new URLSearchParams({ ...Object.fromEntries(presigned.query), [name]: value })
      const expected = { code: 'AuthorizationQueryParametersError', message: /X-Amz-|credential/ }
      assert.throws(() => verify({ ...presigned, query }), expected, `${name}=${value}`)
    }
})
