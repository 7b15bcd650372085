import { consoleHost } from './arn.ts'
import { coldStarts, latestErrors } from './log-queries.ts'
import { stageName } from './rest-api.ts'
import type { Watched } from './watched.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
export interface Widget {
  readonly type: 'text' | 'metric' | 'log' | 'alarm'
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly properties: Readonly<Record<string, unknown>>
}

type Unplaced = Pick<Widget, 'type' | 'properties'>

/** Columns of a dashboard. */
const COLUMNS = 24

export interface DashboardOptions {
  readonly watched: Watched
  readonly project: string
  readonly runbook: string
  /** ARNs of the alarms; none where there are none. */
  readonly alarms: readonly string[]
}

/** The dashboard, from callers at the top to the database at the bottom, so that it is read as a request goes. */
export function dashboardBody({ watched, project, runbook, alarms }: DashboardOptions): {
  start: string
  widgets: Widget[]
} {
  const { region, apis, functions, database, concurrency } = watched
  const logGroups = functions.map(({ logGroup }) => logGroup)
  const graph = (title: string, unit: Unit, metrics: readonly Metric[], limit?: Limit): Unplaced => ({
    type: 'metric',
    properties: {
      ...{ title, region, metrics, view: 'timeSeries', period: 60 },
      yAxis: { left: { min: 0, ...(unit && { label: unit, showUnits: false }) } },
      ...(limit && { annotations: { horizontal: [{ ...limit, color: '#d62728' }] } }),
    },
  })
  const log = (title: string, view: string, query: string): Unplaced => ({
    type: 'log',
    properties: { title, region, view, query: [...logGroups.map((group) => `SOURCE '${group}'`), query].join(' | ') },
  })
  const ofFunctions = (name: string, stat: string, what = '') =>
    functions.map((each) => metric('AWS/Lambda', name, ['FunctionName', each.name], stat, `${each.name}${what}`))

  const rows: [height: number, Unplaced[]][] = [[2, [heading(region, project, runbook, logGroups)]]]
  if (alarms.length > 0) rows.push([3, [{ type: 'alarm', properties: { title: 'Alarms', alarms } }]])
  for (const { name, title, slow } of apis) {
    const of = (metricName: string, stat: string, label: string) =>
      metric('AWS/ApiGateway', metricName, ['ApiName', name, 'Stage', stageName], stat, label)
    const errors = [of('4XXError', 'Sum', '4xx'), of('5XXError', 'Sum', '5xx')]
    const latency = [of('Latency', 'p50', 'p50'), of('Latency', 'p99', 'p99')]
    rows.push([
      6,
      [
        graph(`${title}: requests`, 'a minute', [of('Count', 'Sum', 'requests')]),
        graph(`${title}: errors`, 'a minute', errors),
        graph(`${title}: latency, p50 and p99`, 'ms', latency, { label: 'slow', value: slow }),
      ],
    ])
  }
  const failures = [...ofFunctions('Errors', 'Sum'), ...ofFunctions('Throttles', 'Sum', ' throttled')]
  const durations = ['p50', 'p99'].flatMap((stat) => ofFunctions('Duration', stat, ` ${stat}`))
  const most = { label: concurrency.of, value: concurrency.most }
  rows.push([
    6,
    [
      graph('Functions: errors and throttles', 'a minute', failures),
      graph('Functions: duration, p50 and p99', 'ms', durations),
      graph('Functions: running at a time', 'at a time', ofFunctions('ConcurrentExecutions', 'Maximum'), most),
    ],
  ])
  rows.push([6, [log('Cold starts', 'timeSeries', coldStarts), log('Latest errors', 'table', latestErrors)]])
  if (database) {
    const of = (name: string, stat: string, label: string) => [
      metric('AWS/RDS', name, ['DBInstanceIdentifier', database.id], stat, label),
    ]
    const all = { label: 'DB_MAX_CONNECTIONS', value: database.maxConnections }
    rows.push([
      6,
      [
        graph('Database: connections', 'open', of('DatabaseConnections', 'Maximum', 'connections'), all),
        graph('Database: CPU', '%', of('CPUUtilization', 'Average', 'CPU')),
        graph('Database: free storage', undefined, of('FreeStorageSpace', 'Minimum', 'free')),
      ],
    ])
  }
  return { start: '-PT3H', widgets: placed(rows) }
}

/** Of an axis; without one CloudWatch shows that of the metric. */
type Unit = string | undefined
type Limit = { readonly label: string; readonly value: number }
type Metric = readonly unknown[]

const metric = (
  namespace: string,
  name: string,
  dimensions: readonly string[],
  stat: string,
  label: string,
): Metric => [...[namespace, name, ...dimensions], { stat, label }]

function heading(region: string, project: string, runbook: string, logGroups: readonly string[]): Unplaced {
  const base = `https://${consoleHost(region)}`
  const link = (text: string, path: string) => `[${text}](${base}/${path})`
  // The console's own escaping: a percent sign is a dollar sign and 25.
  const escaped = (group: string) => group.replaceAll('/', '$252F')
  const links = [
    link('Saved queries', `cloudwatch/home?region=${region}#logsV2:logs-insights`),
    link('Alarms', `cloudwatch/home?region=${region}#alarmsV2:`),
    ...logGroups.map((group) =>
      link(group, `cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${escaped(group)}`),
    ),
    link('Functions', `lambda/home?region=${region}#/functions`),
  ]
  return { type: 'text', properties: { markdown: `# ${project}\nWhat to do: \`${runbook}\` · ${links.join(' · ')}` } }
}

/** Row below row, each filled from left to right. */
function placed(rows: readonly (readonly [height: number, readonly Unplaced[]])[]): Widget[] {
  let y = 0
  return rows.flatMap(([height, widgets]) => {
    const top = y
    y += height
    const width = COLUMNS / widgets.length
    return widgets.map((widget, index) => ({ ...widget, x: index * width, y: top, width, height }))
  })
}
