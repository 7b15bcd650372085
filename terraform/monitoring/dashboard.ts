import { STAGE } from '../names.ts'
import type { Watched } from './alarm-definitions.ts'
import type { LogQuery } from './log-queries.ts'

/** A metric with its dimensions, as pairs of name and value. */
type Line = readonly [namespace: string, metric: string, ...dimensions: string[], { stat: string; label: string }]

/** Saved queries that the dashboard shows. */
const SHOWN = ['Errors by cause', 'Cold starts']

/**
 * Dashboard in the order of a request, from callers at the top to the database at the bottom. Widgets without a position fill rows
 * of 24 columns.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export function dashboardBody(
  { apis, functions, databases }: Watched,
  region: string,
  alarms: readonly string[],
  queries: readonly LogQuery[],
) {
  const graph = (title: string, metrics: readonly Line[]) => {
    const view = { view: 'timeSeries', period: 60, yAxis: { left: { min: 0 } } }
    return { type: 'metric', width: 8, height: 6, properties: { title, region, metrics, ...view } }
  }
  const table = ({ name, groups, query }: LogQuery) => {
    const text = [...groups.map((group) => `SOURCE '${group}'`), query].join(' | ')
    return { type: 'log', width: 12, height: 6, properties: { title: name, region, view: 'table', query: text } }
  }
  const ofFunctions = (metric: string, stat: string, what = '') =>
    functions.map(({ name }): Line => ['AWS/Lambda', metric, 'FunctionName', name, { stat, label: `${name}${what}` }])
  const widgets = [
    ...(alarms.length > 0 ? [{ type: 'alarm', width: 24, height: 3, properties: { title: 'Alarms', alarms } }] : []),
    ...apis.flatMap(({ name, title }) => {
      const line = (metric: string, stat: string, label: string): Line => [
        ...(['AWS/ApiGateway', metric, 'ApiName', name, 'Stage', STAGE] as const),
        { stat, label },
      ]
      return [
        graph(`${title}: requests per minute`, [line('Count', 'Sum', 'requests')]),
        graph(`${title}: errors per minute`, [line('4XXError', 'Sum', '4xx'), line('5XXError', 'Sum', '5xx')]),
        graph(`${title}: latency in ms`, [line('Latency', 'p50', 'p50'), line('Latency', 'p99', 'p99')]),
      ]
    }),
    graph('Functions: errors and throttles per minute', [
      ...ofFunctions('Errors', 'Sum'),
      ...ofFunctions('Throttles', 'Sum', ' throttled'),
    ]),
    graph('Functions: duration in ms', [
      ...ofFunctions('Duration', 'p50', ' p50'),
      ...ofFunctions('Duration', 'p99', ' p99'),
    ]),
    graph('Functions: concurrency', ofFunctions('ConcurrentExecutions', 'Maximum')),
    ...queries.filter(({ name }) => SHOWN.includes(name)).map(table),
    ...databases.flatMap(({ instance }) => {
      if (instance === undefined) return []
      const line = (metric: string, stat: string, label: string): Line[] => [
        ['AWS/RDS', metric, 'DBInstanceIdentifier', instance, { stat, label }],
      ]
      return [
        graph('Database: connections', line('DatabaseConnections', 'Maximum', 'connections')),
        graph('Database: CPU in %', line('CPUUtilization', 'Average', 'CPU')),
        graph('Database: free storage', line('FreeStorageSpace', 'Minimum', 'free')),
      ]
    }),
  ]
  return { start: '-PT3H', widgets }
}
