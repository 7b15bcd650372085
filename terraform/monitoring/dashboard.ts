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
type Row = readonly [height: number, ...widgets: Unplaced[]]
type Line = readonly unknown[]
type Limit = { readonly label: string; readonly value: number }

/** Columns of a dashboard. */
const COLUMNS = 24

/** The dashboard, from callers at the top to the database at the bottom, so that it is read as a request goes. */
export function dashboardBody(
  service: DeclaredService,
  alarms: readonly string[],
): { start: string; widgets: Widget[] } {
  const { settings, apis, functions, databases } = service
  const { AWS_REGION: region } = settings
  /** @param label of the axis; without one CloudWatch shows that of the metric. */
  const graph = (title: string, label: string | undefined, metrics: readonly Line[], ...limits: Limit[]): Unplaced => {
    const horizontal = limits.map((limit) => ({ ...limit, color: '#d62728' }))
    return {
      type: 'metric',
      properties: {
        ...{ title, region, metrics, view: 'timeSeries', period: 60 },
        yAxis: { left: { min: 0, ...(label !== undefined && { label, showUnits: false }) } },
        ...(horizontal.length > 0 && { annotations: { horizontal } }),
      },
    }
  }
  const sources = functions.map(({ logGroup }) => `SOURCE '${logGroup}'`)
  const log = (title: string, view: string, query: string): Unplaced => ({
    type: 'log',
    properties: { title, region, view, query: [...sources, query].join(' | ') },
  })
  const ofFunctions = (metric: string, stat: string, what = '') =>
    functions.map(({ name }) => ['AWS/Lambda', metric, 'FunctionName', name, { stat, label: `${name}${what}` }])
  const most = functions.flatMap(({ concurrency }) =>
    concurrency ? [{ label: concurrency.of, value: concurrency.most }] : [],
  )
  const rows: Row[] = [
    [2, heading(service)],
    ...(alarms.length > 0 ? [[3, { type: 'alarm', properties: { title: 'Alarms', alarms } }] as const] : []),
    ...apis.map((api): Row => {
      const { name, title } = api
      const of = (metric: string, stat: string, label: string) => [
        ...['AWS/ApiGateway', metric, 'ApiName', name, 'Stage', stageName],
        { stat, label },
      ]
      const slow = { label: 'slow', value: slowAfter(api) * 1000 }
      return [
        6,
        graph(`${title}: requests`, 'a minute', [of('Count', 'Sum', 'requests')]),
        graph(`${title}: errors`, 'a minute', [of('4XXError', 'Sum', '4xx'), of('5XXError', 'Sum', '5xx')]),
        graph(`${title}: latency, p50 and p99`, 'ms', [of('Latency', 'p50', 'p50'), of('Latency', 'p99', 'p99')], slow),
      ]
    }),
    [
      6,
      graph('Functions: errors and throttles', 'a minute', [
        ...ofFunctions('Errors', 'Sum'),
        ...ofFunctions('Throttles', 'Sum', ' throttled'),
      ]),
      graph('Functions: duration, p50 and p99', 'ms', [
        ...ofFunctions('Duration', 'p50', ' p50'),
        ...ofFunctions('Duration', 'p99', ' p99'),
      ]),
      graph('Functions: running at a time', 'at a time', ofFunctions('ConcurrentExecutions', 'Maximum'), ...most),
    ],
    [6, log('Cold starts', 'timeSeries', coldStarts), log('Latest errors', 'table', latestErrors)],
    ...databases.flatMap(({ instance, maxConnections }): Row[] => {
      if (instance === undefined) return []
      const of = (metric: string, stat: string, label: string) => [
        ['AWS/RDS', metric, 'DBInstanceIdentifier', instance, { stat, label }],
      ]
      const all = { label: 'DB_MAX_CONNECTIONS', value: maxConnections }
      const connections = of('DatabaseConnections', 'Maximum', 'connections')
      return [
        [
          6,
          graph('Database: connections', 'open', connections, all),
          graph('Database: CPU', '%', of('CPUUtilization', 'Average', 'CPU')),
          graph('Database: free storage', undefined, of('FreeStorageSpace', 'Minimum', 'free')),
        ],
      ]
    }),
  ]
  return { start: '-PT3H', widgets: placed(rows) }
}

function heading({ settings: { AWS_REGION: region }, names, functions }: DeclaredService): Unplaced {
  const link = (text: string, path: string) => `[${text}](https://${consoleHost(region)}/${path})`
  const logs = (text: string, path: string) => link(text, `cloudwatch/home?region=${region}#${path}`)
  const links = [
    logs('Saved queries', 'logsV2:logs-insights'),
    logs('Alarms', 'alarmsV2:'),
    // The console's own escaping: a percent sign is a dollar sign and 25.
    ...functions.map(({ logGroup }) =>
      logs(logGroup, `logsV2:log-groups/log-group/${logGroup.replaceAll('/', '$252F')}`),
    ),
    link('Functions', `lambda/home?region=${region}#/functions`),
  ].join(' · ')
  return { type: 'text', properties: { markdown: `# ${names.project}\nWhat to do: \`${RUNBOOK}\` · ${links}` } }
}

/** Row below row, each filled from left to right. */
function placed(rows: readonly Row[]): Widget[] {
  let bottom = 0
  return rows.flatMap(([height, ...widgets]) => {
    const y = bottom
    bottom += height
    const width = COLUMNS / widgets.length
    return widgets.map((widget, index) => ({ ...widget, x: index * width, y, width, height }))
  })
}
