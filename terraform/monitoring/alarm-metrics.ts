import type { CloudwatchMetricAlarmConfig } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js'
import type { DeclaredApi, DeclaredDatabase, DeclaredFunction, DeclaredService } from '../declared.ts'
import { stageName } from '../names.ts'

export interface AlarmDefinition {
  /** Unique in a deployment, and part of the alarm's name. */
  readonly id: string
  /** A heading of the runbook, docs/operations.md. */
  readonly runbook: string
  /** What is the matter while it rings. */
  readonly description: string
  readonly metric: Metric
}

type Metric = Pick<
  CloudwatchMetricAlarmConfig,
  | ('namespace' | 'metricName' | 'dimensions' | 'statistic' | 'extendedStatistic' | 'metricQuery' | 'period')
  | ('comparisonOperator' | 'threshold' | 'evaluationPeriods' | 'datapointsToAlarm' | 'treatMissingData')
>

/** Of what something can take, the part at which there is still time to do something. */
const NEARLY = 0.8
const MINUTE = 60
const GIB = 1024 ** 3

/** Three bad minutes in five: one bad request an hour is none, an outage rings within three minutes. */
const mostMinutes = { period: MINUTE, evaluationPeriods: 5, datapointsToAlarm: 3 }
/** A quarter of an hour: what passes by itself is no reason to get up. */
const lasting = { period: 5 * MINUTE, evaluationPeriods: 3, datapointsToAlarm: 3 }
/** Once in five minutes is enough. */
const atOnce = { period: 5 * MINUTE, evaluationPeriods: 1, datapointsToAlarm: 1 }

const atLeast = (threshold: number) => ({ comparisonOperator: 'GreaterThanOrEqualToThreshold', threshold })
/** Without traffic there are no numbers, and nothing is wrong. */
const quiet = { treatMissingData: 'notBreaching' }
/** A database has numbers whenever it runs: without any the alarm says INSUFFICIENT_DATA, and not that all is well. */
const always = { treatMissingData: 'missing' }

/** Namespace of the metrics that are made from access logs. */
export const refusedMetric = (project: string, apiId: string) => ({ namespace: project, name: `${apiId}-429` })

const alarm = (id: string, runbook: string, description: string, metric: Metric): AlarmDefinition => ({
  ...{ id, runbook, description, metric },
})

/** An answer that takes a fifth of what its function may take is slow: the rest is there for retries, not for every day. */
export const slowAfter = ({ timeout }: DeclaredApi): number => timeout * 0.2

/** Every alarm of a deployment. */
export const alarmDefinitions = ({ apis, functions, databases, names }: DeclaredService): AlarmDefinition[] => [
  ...apis.flatMap((api) => apiAlarms(api, names.project)),
  ...functions.flatMap(functionAlarms),
  ...functions.flatMap(concurrencyAlarms),
  accountConcurrency,
  ...databases.flatMap(databaseAlarms),
]

function apiAlarms(api: DeclaredApi, project: string): AlarmDefinition[] {
  const { id, name, title, accessLog } = api
  const of = { namespace: 'AWS/ApiGateway', dimensions: { ApiName: name, Stage: stageName }, ...quiet }
  const slow = slowAfter(api)
  const latency = { ...of, metricName: 'Latency', extendedStatistic: 'p99', ...atLeast(slow * 1000), ...lasting }
  // Its average is the part of all requests.
  const errors = { ...of, metricName: '5XXError', statistic: 'Average', ...atLeast(0.05), ...mostMinutes }
  const { namespace, name: metricName } = refusedMetric(project, id)
  const refused = { namespace, metricName, statistic: 'Sum', ...atLeast(1), ...mostMinutes, ...quiet }
  const tooMany = `${title}: callers are refused with 429, for there are more requests than THROTTLE_RATE and THROTTLE_BURST let in`
  return [
    alarm(`${id}-5xx`, 'api-5xx', `${title}: more than 5 % of the answers are 5xx`, errors),
    alarm(`${id}-latency`, 'api-latency', `${title}: the slowest hundredth takes ${slow} s and more`, latency),
    // API Gateway counts refusals among all 4xx; only its access log tells them apart.
    ...(accessLog === undefined ? [] : [alarm(`${id}-429`, 'api-429', tooMany, refused)]),
  ]
}

function functionAlarms({ id, name }: DeclaredFunction): AlarmDefinition[] {
  const of = (metricName: string) => ({
    ...{ namespace: 'AWS/Lambda', dimensions: { FunctionName: name }, metricName, statistic: 'Sum' },
    ...{ ...atLeast(1), ...atOnce, ...quiet },
  })
  const crashed = `The function ${name} ended without an answer: crashed, out of memory, or out of time`
  const throttled = `Lambda refuses to run the function ${name} more often at a time`
  return [
    alarm(`${id}-errors`, 'function-errors', crashed, of('Errors')),
    alarm(`${id}-throttles`, 'function-throttles', throttled, of('Throttles')),
  ]
}

const running = { namespace: 'AWS/Lambda', metricName: 'ConcurrentExecutions' }

function concurrencyAlarms({ id, name, concurrency }: DeclaredFunction): AlarmDefinition[] {
  if (concurrency === undefined) return []
  const { most, of } = concurrency
  const threshold = Math.max(1, Math.floor(most * NEARLY))
  const nearly = `The function ${name} runs ${threshold} times at a time and more, of ${most} (${of})`
  return [
    alarm(`${id}-concurrency`, 'function-concurrency', nearly, {
      ...{ ...running, dimensions: { FunctionName: name }, statistic: 'Maximum' },
      ...{ ...atLeast(threshold), ...mostMinutes, ...quiet },
    }),
  ]
}

const { period, ...minutes } = mostMinutes
const accountConcurrency = alarm(
  'account-concurrency',
  'account-concurrency',
  `All functions of the account in this region together are at ${NEARLY * 100} % of Lambda's quota`,
  {
    metricQuery: [
      { id: 'running', metric: { ...running, stat: 'Maximum', period }, returnData: false },
      { id: 'used', expression: 'running / SERVICE_QUOTA(running) * 100', label: '% of the quota', returnData: true },
    ],
    ...{ ...atLeast(NEARLY * 100), ...minutes, ...quiet },
  },
)

function databaseAlarms({ instance, maxConnections }: DeclaredDatabase): AlarmDefinition[] {
  if (instance === undefined) return []
  const of = (metricName: string, statistic: string) => ({
    ...{ namespace: 'AWS/RDS', dimensions: { DBInstanceIdentifier: instance }, metricName, statistic, ...always },
  })
  const threshold = Math.floor(maxConnections * NEARLY)
  const connected = `The database ${instance} has ${threshold} connections and more, of ${maxConnections} (DB_MAX_CONNECTIONS)`
  const full = `The database ${instance} has less than 1 GiB of free storage, and growing by itself has not helped`
  const busy = `The database ${instance} has been busy at 80 % and more for a quarter of an hour`
  const below = { comparisonOperator: 'LessThanThreshold', threshold: GIB }
  return [
    alarm('database-connections', 'database-connections', connected, {
      ...{ ...of('DatabaseConnections', 'Maximum'), ...atLeast(threshold), ...mostMinutes },
    }),
    alarm('database-storage', 'database-storage', full, { ...of('FreeStorageSpace', 'Minimum'), ...below, ...lasting }),
    alarm('database-cpu', 'database-cpu', busy, { ...of('CPUUtilization', 'Average'), ...atLeast(80), ...lasting }),
  ]
}
