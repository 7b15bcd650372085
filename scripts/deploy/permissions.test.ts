import assert from 'node:assert/strict'
import { test } from 'node:test'
import { principalOf } from './permissions.ts'

test('permissions are asked for the role behind a session, and for a user as they are', () => {
  assert.equal(
    principalOf('arn:aws-cn:sts::123456789012:assumed-role/deployer/GitHubActions'),
    'arn:aws-cn:iam::123456789012:role/deployer',
  )
  assert.equal(principalOf('arn:aws:iam::123456789012:user/ada'), 'arn:aws:iam::123456789012:user/ada')
})
