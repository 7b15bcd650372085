import assert from 'node:assert/strict'
import { test } from 'node:test'
import { given, type SynthesizedStack, synthService } from '../../test/helpers/sample-service.ts'
import type { dashboardBody } from './dashboard.ts'

const ALARM_EMAIL = 'ops@example.com'

const widgetsOf = (stack: SynthesizedStack): ReturnType<typeof dashboardBody>['widgets'] =>
  JSON.parse(String(stack.one('cloudwatch_dashboard').dashboard_body)).widgets

// The rules of https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
for (const variables of [{}, { ALARM_EMAIL }, given, { ENVIRONMENT: 'staging' }]) {
  test(`a dashboard that CloudWatch takes, with ${JSON.stringify(variables).slice(0, 60)}`, () => {
    const stack = synthService(variables)
    const groups = stack.all('cloudwatch_log_group').map(({ name }) => name)
    let columns = 0
    for (const { width, properties } of widgetsOf(stack)) {
      // A widget that does not fit would leave a hole before it.
      assert.ok(width <= 24 - (columns % 24))
      columns += width
      if ('alarms' in properties) {
        assert.equal(properties.alarms.length, stack.all('cloudwatch_metric_alarm').length)
        continue
      }
      assert.equal(properties.region, 'ap-northeast-2')
      if ('query' in properties) {
        const sources = [...properties.query.matchAll(/SOURCE '([^']+)' \| /g)].map(([, name]) => name)
        assert.ok(sources.length > 0 && sources.every((name) => groups.includes(name)), `${sources}`)
        continue
      }
      const labels = properties.metrics.map((line) => {
        // Namespace, name, pairs of a dimension and its value, and how it is shown.
        assert.equal(line.length % 2, 1)
        return Reflect.get(Object(line.at(-1)), 'label')
      })
      assert.equal(new Set(labels).size, labels.length, `${properties.title}: ${labels}`)
    }
    assert.equal(columns % 24, 0)
  })
}

test('it shows what a request goes through, and the database where there is one to see', () => {
  const titles = (variables: Record<string, string>) =>
    widgetsOf(synthService(variables)).map(({ properties }) => properties.title)
  const common = ['Items: requests a minute', 'Blobs: latency in ms', 'Functions: running at a time', 'Errors by cause']
  const others = ['Alarms', 'Database: connections', 'Database: CPU in %', 'Database: free storage']
  const [least, most] = [titles(given), titles({ ALARM_EMAIL })]
  for (const title of common) assert.ok(least.includes(title) && most.includes(title), title)
  for (const title of others) assert.ok(!least.includes(title) && most.includes(title), title)
})
