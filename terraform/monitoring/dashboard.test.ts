import assert from 'node:assert/strict'
import { test } from 'node:test'
import { given, type SynthesizedStack, synthService } from '../../test/helpers/sample-service.ts'
import type { Widget } from './dashboard.ts'

const ALARM_EMAIL = 'ops@example.com'
const variants = [{}, { ALARM_EMAIL }, given, { ENVIRONMENT: 'staging' }]

const bodyOf = (stack: SynthesizedStack): { start: string; widgets: Widget[] } =>
  JSON.parse(String(stack.one('cloudwatch_dashboard').dashboard_body))

// The rules of https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
for (const variables of variants) {
  test(`a dashboard that CloudWatch takes, with ${JSON.stringify(variables).slice(0, 60)}`, () => {
    const stack = synthService(variables)
    const { start, widgets } = bodyOf(stack)
    assert.match(start, /^-PT\d+H$/)
    const cells = new Set<string>()
    for (const { type, x, y, width, height, properties } of widgets) {
      assert.ok(width >= 1 && x >= 0 && x + width <= 24 && height >= 1)
      for (let column = x; column < x + width; column += 1) {
        for (let row = y; row < y + height; row += 1) {
          assert.ok(!cells.has(`${column} ${row}`), `two widgets at ${column} ${row}`)
          cells.add(`${column} ${row}`)
        }
      }
      check[type](properties as never, stack)
    }
    // Nothing beside them either: every row is full.
    const bottom = Math.max(...widgets.map(({ y, height }) => y + height))
    assert.equal(cells.size, bottom * 24)
  })
}

type Row = readonly (string | { readonly label: string; readonly stat: string })[]

const check = {
  text: ({ markdown }: { markdown: string }) => assert.match(markdown, /docs\/operations\.md/),
  alarm: ({ alarms }: { alarms: string[] }, stack: SynthesizedStack) =>
    assert.equal(alarms.length, stack.all('cloudwatch_metric_alarm').length),
  log: ({ query, region, view }: Record<string, string>, stack: SynthesizedStack) => {
    const groups = stack.all('cloudwatch_log_group').map(({ name }) => name)
    const sources = [...String(query).matchAll(/SOURCE '([^']+)' \| /g)].map(([, name]) => name)
    assert.ok(sources.length > 0 && sources.every((name) => groups.includes(name)), `${sources}`)
    assert.equal(region, 'ap-northeast-2')
    assert.ok(['table', 'timeSeries'].includes(String(view)))
  },
  metric: ({ metrics, region, view, title }: { metrics: Row[] } & Record<string, string>) => {
    assert.deepEqual([region, view, typeof title], ['ap-northeast-2', 'timeSeries', 'string'])
    const labels = metrics.map((row) => {
      const options = row.at(-1)
      assert.ok(typeof options === 'object' && options.label && options.stat, JSON.stringify(row))
      // Namespace, name, and pairs of a dimension and its value.
      assert.ok(row.length % 2 === 1 && row.slice(0, -1).every((part) => typeof part === 'string' && part !== ''))
      return options.label
    })
    assert.equal(new Set(labels).size, labels.length, `${title}: ${labels}`)
  },
}

test('it shows what a request goes through, and the database where there is one to see', () => {
  const titles = (variables: Record<string, string>) =>
    bodyOf(synthService(variables)).widgets.map(({ properties }) => String(properties.title))
  const common = ['Items: requests', 'Blobs: latency, p50 and p99', 'Functions: errors and throttles', 'Latest errors']
  const others = ['Alarms', 'Database: connections', 'Database: CPU', 'Database: free storage']
  const [least, most] = [titles(given), titles({ ALARM_EMAIL })]
  for (const title of common) assert.ok(least.includes(title) && most.includes(title), title)
  for (const title of others) assert.ok(!least.includes(title) && most.includes(title), title)
})
