import assert from 'node:assert/strict'
import { test } from 'node:test'
import { given, synthService } from '../../test/helpers/sample-service.ts'

const always = ['Items: requests a minute', 'Blobs: latency in ms', 'Functions: running at a time', 'Errors by cause']
const ofDatabase = ['Database: connections', 'Database: CPU in %', 'Database: free storage']

for (const [variables, more] of [
  [given, []],
  [{ ENVIRONMENT: 'staging' }, ofDatabase],
  [{ ALARM_EMAIL: 'ops@example.com' }, ['Alarms', ...ofDatabase]],
] as const) {
  test(`the dashboard shows a request’s way, and what else there is: ${more}`, () => {
    const stack = synthService(variables)
    const body = String(stack.one('cloudwatch_dashboard').dashboard_body)
    const { widgets } = JSON.parse(body)
    let columns = 0
    for (const { width, properties } of widgets) {
      // A widget that does not fit into its row would leave a hole before it.
      assert.ok(width <= 24 - (columns % 24))
      columns += width
      const labels = (properties.metrics ?? []).map((line: { label: string }[]) => line.at(-1)?.label)
      assert.equal(new Set(labels).size, labels.length, `${properties.title}: ${labels}`)
    }
    assert.equal(columns % 24, 0)
    const groups = stack.values('cloudwatch_log_group', 'name')
    for (const [, group] of body.matchAll(/SOURCE '([^']+)'/g)) assert.ok(groups.includes(group), group)
    for (const title of ['Alarms', ...always, ...ofDatabase])
      assert.equal(body.includes(`"${title}"`), [...always, ...more].includes(title), title)
  })
}
