import assert from 'node:assert/strict'
import { test } from 'node:test'
import { watchingLines } from './endpoints.ts'

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
