import assert from 'node:assert/strict'
import { test } from 'node:test'
import { given, synthService } from '../../test/helpers/sample-service.ts'

const always = ['Items: requests per minute', 'Blobs: latency in ms', 'Functions: concurrency', 'Errors by cause']
const more = ['Alarms', 'Database: connections', 'Database: CPU in %', 'Database: free storage']

test('the dashboard shows requests, and alarms and a created database if any, in full rows from existing logs', () => {
  for (const [variables, titles] of [
    [given, always],
    [{ ALARM_EMAIL: 'ops@example.com' }, [...always, ...more]],
  ] as const) {
    const stack = synthService(variables)
    const body = String(stack.one('cloudwatch_dashboard').dashboard_body)
    const { widgets }: { widgets: { width: number }[] } = JSON.parse(body)
    const columns = widgets.reduce((sum, { width }) => sum + width, 0)
    assert.equal(columns % 24, 0)
    const groups = stack.values('cloudwatch_log_group', 'name')
    for (const [, group] of body.matchAll(/SOURCE '([^']+)'/g)) assert.ok(groups.includes(group), group)
    const shown = [...always, ...more].filter((title) => body.includes(`"${title}"`))
    assert.deepEqual(shown, titles)
  }
})
