import assert from 'node:assert/strict'
import { test } from 'node:test'
import { curlLines, watchingLines } from './endpoints.ts'

test('an address that has not confirmed hears no alarm, so that is said until it has', () => {
  const settings = { ALARM_EMAIL: 'ops@example.com' }
  const dashboard_url = 'https://console/dashboard'
  assert.deepEqual(watchingLines({}, { ALARM_EMAIL: undefined }), [])
  assert.deepEqual(watchingLines({ dashboard_url, alarm_email_unconfirmed: false }, settings), [
    `Dashboard: ${dashboard_url}`,
  ])
  const [, warning] = watchingLines({ dashboard_url, alarm_email_unconfirmed: true }, settings)
  assert.match(warning ?? '', /No alarm reaches ops@example\.com yet/)
})

test('the lines to paste carry what the APIs ask for, and no secret', () => {
  const endpoints = { rds: 'https://a.example.com/default/rds', s3: 'https://b.example.com/default/s3' }
  const lines = (API_SECURITY: 'open' | 'iam' | 'api-key' | 'jwt') =>
    curlLines(endpoints, { API_SECURITY, AWS_REGION: 'ap-northeast-2' }, 'out/service')
  assert.match(lines('open'), /^ {2}curl https:/m)
  assert.match(lines('iam'), /--aws-sigv4 aws:amz:ap-northeast-2:execute-api -u "\$AWS_ACCESS_KEY_ID:/)
  assert.match(lines('api-key'), /^ {2}API_KEY=\$\(terraform -chdir=out\/service output -raw api_key\)$/m)
  assert.match(lines('jwt'), /-H "authorization: Bearer \$TOKEN" https:/)
})
