import type { CloudwatchMetricAlarmConfig } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js'
import type { RestApi } from '../api/rest-api.ts'
import type { Database } from '../database/mysql.ts'
import type { ImageFunction } from '../lambda/image-function.ts'
import { STAGE } from '../names.ts'

/** Resources to monitor. */
export interface Watched {
  readonly apis: readonly RestApi[]
  /** Functions that callers wait for, so not the migrations. */
  readonly functions: readonly ImageFunction[]
  readonly databases: readonly Database[]
}

export interface AlarmDefinition {
  /** Unique in a deployment, and part of the alarm's name. */
  readonly id: string
  /** Heading in the runbook, docs/operations.md. */
  readonly runbook: string
  readonly description: string
  readonly metric: Metric
}

type Metric = Omit<CloudwatchMetricAlarmConfig, 'alarmName'>

const MINUTE = 60
const GIB = 1024 ** 3

/** Three bad minutes in five: ignores one failure an hour, reports an outage within three minutes. */
const mostMinutes = { period: MINUTE, evaluationPeriods: 5, datapointsToAlarm: 3 }
/** Fifteen minutes: ignores problems that resolve themselves. */
const lasting = { period: 5 * MINUTE, evaluationPeriods: 3, datapointsToAlarm: 3 }
/** One occurrence in five minutes. */
const atOnce = { period: 5 * MINUTE, evaluationPeriods: 1, datapointsToAlarm: 1 }

const atLeast = (threshold: number) => ({ comparisonOperator: 'GreaterThanOrEqualToThreshold', threshold })
const below = (threshold: number) => ({ comparisonOperator: 'LessThanThreshold', threshold })

/** All alarms, each with its entry in the runbook. */
export const alarmDefinitions = ({ apis, functions, databases }: Watched): AlarmDefinition[] => [
  ...apis.flatMap(apiAlarms),
  ...functions.flatMap(functionAlarms),
  ...databases.flatMap(databaseAlarms),
]

function apiAlarms({ id, name, title, timeout }: RestApi): AlarmDefinition[] {
  // Without traffic, missing data is normal.
  const dimensions = { ApiName: name, Stage: STAGE }
  const of = { namespace: 'AWS/ApiGateway', dimensions, treatMissingData: 'notBreaching' }
  // A fifth of the function's timeout: the rest is a margin for retries.
  const slow = timeout * 0.2
  const define = (what: string, description: string, metric: Metric) => {
    return {
      id: `${id}-${what}`,
      runbook: `api-${what}`,
      description: `${title}: ${description}`,
      metric: { ...of, ...metric },
    }
  }
  // The average of this metric is the error rate.
  const failed = { metricName: '5XXError', statistic: 'Average', ...atLeast(0.05), ...mostMinutes }
  const late = { metricName: 'Latency', extendedStatistic: 'p99', ...atLeast(slow * 1000), ...lasting }
  return [
    define('5xx', 'at least 5 % of the answers are 5xx', failed),
    define('latency', `p99 latency is at least ${slow} s`, late),
  ]
}

function functionAlarms({ node: { id }, name, mostAtOnce }: ImageFunction): AlarmDefinition[] {
  const dimensions = { FunctionName: name }
  const of = { namespace: 'AWS/Lambda', dimensions, statistic: 'Sum', treatMissingData: 'notBreaching' }
  const define = (what: string, description: string, metric: Metric) => {
    return { id: `${id}-${what}`, runbook: `function-${what}`, description, metric: { ...of, ...metric } }
  }
  const crashed = `The function ${name} ended without an answer: crash, out of memory, or timeout`
  const refused = `Lambda throttles the function ${name}, which has reached its concurrency limit`
  const nearly = Math.max(1, Math.floor((mostAtOnce ?? 0) * 0.8))
  const running = `The function ${name} has at least ${nearly} concurrent invocations, of ${mostAtOnce} allowed`
  const most = { metricName: 'ConcurrentExecutions', statistic: 'Maximum', ...atLeast(nearly), ...mostMinutes }
  return [
    define('errors', crashed, { metricName: 'Errors', ...atLeast(1), ...atOnce }),
    define('throttles', refused, { metricName: 'Throttles', ...atLeast(1), ...atOnce }),
    ...(mostAtOnce === undefined ? [] : [define('concurrency', running, most)]),
  ]
}

function databaseAlarms({ instance, maxConnections }: Database): AlarmDefinition[] {
  if (instance === undefined) return []
  // A running database always sends data: without any, the alarm must be INSUFFICIENT_DATA, not OK.
  const of = { namespace: 'AWS/RDS', dimensions: { DBInstanceIdentifier: instance }, treatMissingData: 'missing' }
  const nearly = Math.floor(maxConnections * 0.8)
  const define = (what: string, description: string, metric: Metric) => {
    const id = `database-${what}`
    return { id, runbook: id, description: `The database ${instance} ${description}`, metric: { ...of, ...metric } }
  }
  const connected = { metricName: 'DatabaseConnections', statistic: 'Maximum', ...atLeast(nearly), ...mostMinutes }
  const free = { metricName: 'FreeStorageSpace', statistic: 'Minimum', ...below(GIB), ...lasting }
  const busy = { metricName: 'CPUUtilization', statistic: 'Average', ...atLeast(80), ...lasting }
  return [
    define('connections', `has at least ${nearly} of ${maxConnections} connections (DB_MAX_CONNECTIONS)`, connected),
    define('storage', 'has less than 1 GiB of free storage, despite autoscaling', free),
    define('cpu', 'has used at least 80 % of its CPU for 15 minutes', busy),
  ]
}
