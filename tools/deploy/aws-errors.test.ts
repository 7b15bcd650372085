import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fixOf } from './aws-errors.ts'

const named = (name: string, more: object = {}) => Object.assign(new Error('said by AWS'), { name, ...more })

test('what AWS or the way to it refuses has a fix', () => {
  const fix = (error: Error) => fixOf(error, 'ap-northeast-2') ?? ''
  assert.match(fix(named('CredentialsProviderError')), /AWS_PROFILE/)
  assert.match(fix(named('ExpiredTokenException', { $metadata: {} })), /aws sso login/)
  assert.match(fix(named('UnrecognizedClientException', { $metadata: {} })), /AWS_ACCESS_KEY_ID/)
  assert.match(fix(named('Error', { code: 'ENOTFOUND' })), /internet.*ap-northeast-2/)
  assert.match(fix(named('TimeoutError')), /internet/)
  assert.match(fix(named('SyntaxError', { $response: {} })), /HTTPS_PROXY/)
})

test('what says itself what is the matter has none', () => {
  assert.equal(fixOf(named('AccessDeniedException', { $metadata: {} }), 'ap-northeast-2'), undefined)
  assert.equal(fixOf(new Error('SINCE=abc must be a number'), 'ap-northeast-2'), undefined)
})

for (const script of ['logs', 'releases', 'rollback', 'diff'])
  test(`${script} without credentials says how to give them`, () => {
    const none = {
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
      AWS_PROFILE: '',
      AWS_EC2_METADATA_DISABLED: 'true',
    }
    const files = { AWS_CONFIG_FILE: '/nonexistent', AWS_SHARED_CREDENTIALS_FILE: '/nonexistent' }
    const { status, stderr } = spawnSync(process.execPath, [`tools/deploy/${script}.ts`], {
      env: { ...process.env, ...none, ...files },
      encoding: 'utf8',
    })
    assert.match(stderr, /Could not load credentials.*AWS_PROFILE.*make doctor/s)
    assert.equal(status, 1)
  })
