import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePolicy } from './post-policy.ts'

test('a policy that is none is refused as S3 refuses it', () => {
  const conditions = (...all: unknown[]) => JSON.stringify({ expiration: '2999-01-01T00:00:00Z', conditions: all })
  const parse = (text: string) => parsePolicy(Buffer.from(text).toString('base64'))
  assert.deepEqual(parse(conditions({ acl: 'x' })).conditions, [['eq', '$acl', 'x']])
  for (const text of [
    'not json',
    'null',
    '{"conditions":[]}',
    '{"expiration":"2999-01-01T00:00:00Z"}',
    conditions(['matches', '$key', 'x']),
    conditions({ acl: '', key: '' }),
  ])
    assert.throws(() => parse(text), { code: 'InvalidPolicyDocument' }, text)
})
