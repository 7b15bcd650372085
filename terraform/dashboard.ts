import { consoleHost } from './arn.ts'
import { coldStarts, latestErrors } from './log-queries.ts'
import { stageName } from './rest-api.ts'
import type { Watched, WatchedApi } from './watched.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
export interface Widget {
  readonly type: 'text' | 'metric' | 'log' | 'alarm'
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly properties: Readonly<Record<string, unknown>>
}

type Size = Pick<Widget, 'width' | 'height'>
type Unplaced = Pick<Widget, 'type' | 'properties'>

/** Columns of a dashboard. */
const COLUMNS = 24
const [RED, ORANGE, BLUE, PURPLE, GREEN] = ['#d62728', '#ff7f0e', '#1f77b4', '#9467bd', '#2ca02c']

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
  const third = { width: COLUMNS / 3, height: 6 }
  const half = { width: COLUMNS / 2, height: 6 }
  const metric = (title: string, properties: object): Unplaced => ({
    type: 'metric',
    properties: { title, region, view: 'timeSeries', period: 60, ...properties },
  })
  const log = (title: string, view: string, query: string): Unplaced => ({
    type: 'log',
    properties: {
      title,
      region,
      view,
      query: [...functions.map(({ logGroup }) => `SOURCE '${logGroup}'`), query].join(' | '),
    },
  })
  const ofFunctions = (name: string, stat: string) =>
    functions.map((each) => ['AWS/Lambda', name, 'FunctionName', each.name, { label: each.name, stat }])
  const counted = { yAxis: { left: { min: 0, label: 'a minute', showUnits: false } } }
  const timed = { yAxis: { left: { min: 0, label: 'ms', showUnits: false } } }

  const rows: [Size, Unplaced[]][] = [
    [
      { width: COLUMNS, height: 2 },
      [
        heading(
          region,
          project,
          runbook,
          functions.map(({ logGroup }) => logGroup),
        ),
      ],
    ],
    ...(alarms.length > 0
      ? [
          [{ width: COLUMNS, height: 3 }, [{ type: 'alarm', properties: { title: 'Alarms', alarms } }]] as [
            Size,
            Unplaced[],
          ],
        ]
      : []),
    ...apis.map((api): [Size, Unplaced[]] => [third, apiWidgets(api, metric, counted, timed)]),
    [
      third,
      [
        metric('Functions: errors and throttles', {
          metrics: [...ofFunctions('Errors', 'Sum'), ...ofFunctions('Throttles', 'Sum').map(asThrottle)],
          ...counted,
        }),
        metric('Functions: duration, p50 and p99', {
          metrics: ['p50', 'p99'].flatMap((stat) =>
            ofFunctions('Duration', stat).map((row) => relabel(row, (label) => `${label} ${stat}`)),
          ),
          ...timed,
        }),
        metric('Functions: running at a time', {
          metrics: ofFunctions('ConcurrentExecutions', 'Maximum'),
          yAxis: { left: { min: 0, showUnits: false } },
          annotations: { horizontal: [{ label: concurrency.of, value: concurrency.most, color: RED }] },
        }),
      ],
    ],
    [half, [log('Cold starts', 'timeSeries', coldStarts), log('Latest errors', 'table', latestErrors)]],
    ...(database ? [[third, databaseWidgets(database, metric)] as [Size, Unplaced[]]] : []),
  ]
  return { start: '-PT3H', widgets: placed(rows) }
}

type MakeMetric = (title: string, properties: object) => Unplaced

function apiWidgets({ name, title, slow }: WatchedApi, metric: MakeMetric, counted: object, timed: object): Unplaced[] {
  const row = (metricName: string, options: object) => [
    'AWS/ApiGateway',
    metricName,
    ...['ApiName', name, 'Stage', stageName],
    options,
  ]
  return [
    metric(`${title}: requests`, {
      metrics: [row('Count', { stat: 'Sum', label: 'requests', color: BLUE })],
      ...counted,
    }),
    metric(`${title}: errors`, {
      metrics: [
        row('4XXError', { stat: 'Sum', label: '4xx', color: ORANGE }),
        row('5XXError', { stat: 'Sum', label: '5xx', color: RED }),
      ],
      ...counted,
    }),
    metric(`${title}: latency, p50 and p99`, {
      metrics: [
        row('Latency', { stat: 'p50', label: 'p50', color: GREEN }),
        row('Latency', { stat: 'p99', label: 'p99', color: PURPLE }),
      ],
      ...timed,
      annotations: { horizontal: [{ label: 'slow', value: slow, color: RED }] },
    }),
  ]
}

function databaseWidgets({ id, maxConnections }: NonNullable<Watched['database']>, metric: MakeMetric): Unplaced[] {
  const row = (name: string, options: object) => ['AWS/RDS', name, 'DBInstanceIdentifier', id, options]
  return [
    metric('Database: connections', {
      metrics: [row('DatabaseConnections', { stat: 'Maximum', label: 'connections', color: BLUE })],
      yAxis: { left: { min: 0, showUnits: false } },
      annotations: { horizontal: [{ label: 'DB_MAX_CONNECTIONS', value: maxConnections, color: RED }] },
    }),
    metric('Database: CPU', {
      metrics: [row('CPUUtilization', { stat: 'Average', label: 'CPU', color: PURPLE })],
      yAxis: { left: { min: 0, max: 100, label: '%', showUnits: false } },
    }),
    metric('Database: free storage', {
      metrics: [row('FreeStorageSpace', { stat: 'Minimum', label: 'free', color: GREEN })],
      yAxis: { left: { min: 0 } },
    }),
  ]
}

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

type Row = readonly unknown[]

const relabel = (row: Row, change: (label: string) => string): Row => {
  const options = row.at(-1) as { label: string }
  return [...row.slice(0, -1), { ...options, label: change(options.label) }]
}
const asThrottle = (row: Row): Row => relabel(row, (label) => `${label} throttled`)

/** Row below row, each from left to right. */
function placed(rows: readonly (readonly [Size, readonly Unplaced[]])[]): Widget[] {
  let y = 0
  return rows.flatMap(([{ width, height }, widgets]) => {
    const top = y
    y += height
    return widgets.map((widget, index) => ({ ...widget, x: index * width, y: top, width, height }))
  })
}
