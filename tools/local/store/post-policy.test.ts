import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { verifyPostPolicy } from './post-policy.ts'
import { verifySignature } from './request-signature.ts'

test("the signature of the documentation's policy is accepted", () => {
  // sigv4-post-example.html; the policy there has line breaks of its own, which its Base64 text keeps.
  const credentials = {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  }
  const policy =
    'eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0KICAiY29uZGl0aW9ucyI6IFsNCiAgICB7ImJ1Y2tldCI6ICJzaWd2NGV4YW1wbGVidWNrZXQifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRrZXkiLCAidXNlci91c2VyMS8iXSwNCiAgICB7ImFjbCI6ICJwdWJsaWMtcmVhZCJ9LA0KICAgIHsic3VjY2Vzc19hY3Rpb25fcmVkaXJlY3QiOiAiaHR0cDovL3NpZ3Y0ZXhhbXBsZWJ1Y2tldC5zMy5hbWF6b25hd3MuY29tL3N1Y2Nlc3NmdWxfdXBsb2FkLmh0bWwifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRDb250ZW50LVR5cGUiLCAiaW1hZ2UvIl0sDQogICAgeyJ4LWFtei1tZXRhLXV1aWQiOiAiMTQzNjUxMjM2NTEyNzQifSwNCiAgICB7IngtYW16LXNlcnZlci1zaWRlLWVuY3J5cHRpb24iOiAiQUVTMjU2In0sDQogICAgWyJzdGFydHMtd2l0aCIsICIkeC1hbXotbWV0YS10YWciLCAiIl0sDQoNCiAgICB7IngtYW16LWNyZWRlbnRpYWwiOiAiQUtJQUlPU0ZPRE5ON0VYQU1QTEUvMjAxNTEyMjkvdXMtZWFzdC0xL3MzL2F3czRfcmVxdWVzdCJ9LA0KICAgIHsieC1hbXotYWxnb3JpdGhtIjogIkFXUzQtSE1BQy1TSEEyNTYifSwNCiAgICB7IngtYW16LWRhdGUiOiAiMjAxNTEyMjlUMDAwMDAwWiIgfQ0KICBdDQp9'
  const signature = '8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e'
  verifySignature(policy, 'AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request', signature, credentials)
})

test('a signed policy that is none is refused as S3 refuses it', () => {
  const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'secret' }
  const check = (text: string) => {
    const key = ['20260101', 'ap-northeast-2', 's3', 'aws4_request'].reduce<string | Buffer>(
      (secret, part) => createHmac('sha256', secret).update(part).digest(),
      `AWS4${credentials.secretAccessKey}`,
    )
    const policy = Buffer.from(text).toString('base64')
    const signature = createHmac('sha256', key).update(policy).digest('hex')
    const credential = `${credentials.accessKeyId}/20260101/ap-northeast-2/s3/aws4_request`
    const fields = {
      policy,
      'x-amz-signature': signature,
      'x-amz-credential': credential,
      'x-amz-algorithm': 'AWS4-HMAC-SHA256',
      'x-amz-date': '20260101T000000Z',
    }
    return verifyPostPolicy(new Map(Object.entries(fields)), credentials)
  }
  const conditions = (...all: unknown[]) => JSON.stringify({ expiration: '2999-01-01T00:00:00Z', conditions: all })
  for (const text of [
    'not json',
    '{"conditions":[]}',
    '{"expiration":"2999-01-01T00:00:00Z"}',
    conditions(['matches', '$key', 'x']),
    conditions({ acl: '', key: '' }),
  ])
    assert.throws(() => check(text), { code: 'InvalidPolicyDocument' }, text)
  const message = /Policy Condition failed: \["content-length-range", "test", "10"\]$/
  assert.throws(() => check(conditions(['content-length-range', 'test', '10'])), { code: 'AccessDenied', message })
})
