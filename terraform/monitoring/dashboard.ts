import { consoleHost } from '../arn.ts'
import type { DeclaredService } from '../declared.ts'
import { stageName } from '../names.ts'
import { slowAfter } from './alarm-metrics.ts'
import { RUNBOOK } from './alarms.ts'
import { coldStarts, latestErrors } from './log-queries.ts'

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

/** The dashboard, from callers at the top to the database at the bottom, so that it is read as a request goes. */
export function dashboardBody(
  { settings, names, apis, functions, databases }: DeclaredService,
  alarms: readonly string[],
): { start: string; widgets: Widget[] } {
  const { AWS_REGION: region } = settings
  const logGroups = functions.map(({ logGroup }) => logGroup)
  const graph = (title: string, unit: Unit, metrics: readonly Metric[], ...limits: readonly Limit[]): Unplaced => ({
    type: 'metric',
    properties: {
      ...{ title, region, metrics, view: 'timeSeries', period: 60 },
      yAxis: { left: { min: 0, ...(unit && { label: unit, showUnits: false }) } },
      ...(limits.length > 0 && {
        annotations: { horizontal: limits.map((limit) => ({ ...limit, color: '#d62728' })) },
      }),
    },
  })
  const log = (title: string, view: string, query: string): Unplaced => ({
    type: 'log',
    properties: { title, region, view, query: [...logGroups.map((group) => `SOURCE '${group}'`), query].join(' | ') },
  })
  const ofFunctions = (name: string, stat: string, what = '') =>
    functions.map((each) => metric('AWS/Lambda', name, ['FunctionName', each.name], stat, `${each.name}${what}`))

  const rows: [height: number, Unplaced[]][] = [[2, [heading(region, names.project, logGroups)]]]
  if (alarms.length > 0) rows.push([3, [{ type: 'alarm', properties: { title: 'Alarms', alarms } }]])
  for (const api of apis) {
    const { name, title } = api
    const slow = { label: 'slow', value: slowAfter(api) * 1000 }
    const of = (metricName: string, stat: string, label: string) =>
      metric('AWS/ApiGateway', metricName, ['ApiName', name, 'Stage', stageName], stat, label)
    const errors = [of('4XXError', 'Sum', '4xx'), of('5XXError', 'Sum', '5xx')]
    const latency = [of('Latency', 'p50', 'p50'), of('Latency', 'p99', 'p99')]
    rows.push([
      6,
      [
        graph(`${title}: requests`, 'a minute', [of('Count', 'Sum', 'requests')]),
        graph(`${title}: errors`, 'a minute', errors),
        graph(`${title}: latency, p50 and p99`, 'ms', latency, slow),
      ],
    ])
  }
  const failures = [...ofFunctions('Errors', 'Sum'), ...ofFunctions('Throttles', 'Sum', ' throttled')]
  const durations = ['p50', 'p99'].flatMap((stat) => ofFunctions('Duration', stat, ` ${stat}`))
  const most = functions.flatMap(({ concurrency }) =>
    concurrency ? [{ label: concurrency.of, value: concurrency.most }] : [],
  )
  rows.push([
    6,
    [
      graph('Functions: errors and throttles', 'a minute', failures),
      graph('Functions: duration, p50 and p99', 'ms', durations),
      graph('Functions: running at a time', 'at a time', ofFunctions('ConcurrentExecutions', 'Maximum'), ...most),
    ],
  ])
  rows.push([6, [log('Cold starts', 'timeSeries', coldStarts), log('Latest errors', 'table', latestErrors)]])
  for (const { instance, maxConnections } of databases) {
    if (instance === undefined) continue
    const of = (name: string, stat: string, label: string) => [
      metric('AWS/RDS', name, ['DBInstanceIdentifier', instance], stat, label),
    ]
    const all = { label: 'DB_MAX_CONNECTIONS', value: maxConnections }
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

function heading(region: string, project: string, logGroups: readonly string[]): Unplaced {
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
  return { type: 'text', properties: { markdown: `# ${project}\nWhat to do: \`${RUNBOOK}\` · ${links.join(' · ')}` } }
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
