import type { CloudwatchMetricAlarmConfig } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js'
import { stageName } from './rest-api.ts'
import type { Watched } from './watched.ts'

/** Headings of the runbook, docs/operations.md. */
export type RunbookEntry =
  | 'api-5xx'
  | 'api-429'
  | 'api-latency'
  | 'function-errors'
  | 'function-throttles'
  | 'function-concurrency'
  | 'account-concurrency'
  | 'database-connections'
  | 'database-storage'
  | 'database-cpu'

export interface AlarmDefinition {
  /** Unique in a deployment, and part of the alarm's name. */
  readonly id: string
  readonly runbook: RunbookEntry
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

/** Every alarm of a deployment. */
export const alarmDefinitions = (watched: Watched, project: string): AlarmDefinition[] => [
  ...apiAlarms(watched, project),
  ...functionAlarms(watched),
  ...concurrencyAlarms(watched),
  ...databaseAlarms(watched),
]

function apiAlarms({ apis }: Watched, project: string): AlarmDefinition[] {
  return apis.flatMap(({ id, name, title, slow, accessLogGroup }): AlarmDefinition[] => {
    const of = { namespace: 'AWS/ApiGateway', dimensions: { ApiName: name, Stage: stageName } }
    const refused = refusedMetric(project, id)
    return [
      {
        id: `${id}-5xx`,
        runbook: 'api-5xx',
        description: `${title}: more than 5 % of the answers are 5xx`,
        // Its average is the part of all requests.
        metric: { ...of, metricName: '5XXError', statistic: 'Average', ...atLeast(0.05), ...mostMinutes, ...quiet },
      },
      {
        id: `${id}-latency`,
        runbook: 'api-latency',
        description: `${title}: the slowest hundredth takes ${slow / 1000} s and more`,
        metric: { ...of, metricName: 'Latency', extendedStatistic: 'p99', ...atLeast(slow), ...lasting, ...quiet },
      },
      // API Gateway counts refusals among all 4xx; only its access log tells them apart.
      ...(accessLogGroup === undefined
        ? []
        : [
            {
              id: `${id}-429`,
              runbook: 'api-429' as const,
              description: `${title}: callers are refused with 429, for there are more requests than THROTTLE_RATE and THROTTLE_BURST let in`,
              metric: {
                namespace: refused.namespace,
                metricName: refused.name,
                statistic: 'Sum',
                ...atLeast(1),
                ...mostMinutes,
                ...quiet,
              },
            },
          ]),
    ]
  })
}

function functionAlarms({ functions }: Watched): AlarmDefinition[] {
  return functions.flatMap(({ id, name }): AlarmDefinition[] => {
    const of = {
      namespace: 'AWS/Lambda',
      dimensions: { FunctionName: name },
      statistic: 'Sum',
      ...atLeast(1),
      ...quiet,
    }
    return [
      {
        id: `${id}-errors`,
        runbook: 'function-errors',
        description: `The function ${name} ended without an answer: crashed, out of memory, or out of time`,
        metric: { ...of, metricName: 'Errors', ...atOnce },
      },
      {
        id: `${id}-throttles`,
        runbook: 'function-throttles',
        description: `Lambda refuses to run the function ${name} more often at a time`,
        metric: { ...of, metricName: 'Throttles', ...atOnce },
      },
    ]
  })
}

function concurrencyAlarms({ concurrency }: Watched): AlarmDefinition[] {
  const metricName = 'ConcurrentExecutions'
  const account: AlarmDefinition = {
    id: 'account-concurrency',
    runbook: 'account-concurrency',
    description: `All functions of the account in this region together are at ${NEARLY * 100} % of Lambda's quota`,
    metric: {
      metricQuery: [
        {
          id: 'running',
          metric: { namespace: 'AWS/Lambda', metricName, stat: 'Maximum', period: MINUTE },
          returnData: false,
        },
        { id: 'used', expression: 'running / SERVICE_QUOTA(running) * 100', label: '% of the quota', returnData: true },
      ],
      ...atLeast(NEARLY * 100),
      evaluationPeriods: mostMinutes.evaluationPeriods,
      datapointsToAlarm: mostMinutes.datapointsToAlarm,
      ...quiet,
    },
  }
  const { name, most, of } = concurrency
  const threshold = Math.max(1, Math.floor(most * NEARLY))
  return [
    {
      id: 'rds-concurrency',
      runbook: 'function-concurrency',
      description: `The function ${name} runs ${threshold} times at a time and more, of ${most} (${of})`,
      metric: {
        namespace: 'AWS/Lambda',
        dimensions: { FunctionName: name },
        metricName,
        statistic: 'Maximum',
        ...atLeast(threshold),
        ...mostMinutes,
        ...quiet,
      },
    },
    account,
  ]
}

function databaseAlarms({ database }: Watched): AlarmDefinition[] {
  if (database === undefined) return []
  const { id, maxConnections } = database
  const of = { namespace: 'AWS/RDS', dimensions: { DBInstanceIdentifier: id }, ...always }
  const threshold = Math.floor(maxConnections * NEARLY)
  return [
    {
      id: 'database-connections',
      runbook: 'database-connections',
      description: `The database ${id} has ${threshold} connections and more, of ${maxConnections} (DB_MAX_CONNECTIONS)`,
      metric: { ...of, metricName: 'DatabaseConnections', statistic: 'Maximum', ...atLeast(threshold), ...mostMinutes },
    },
    {
      id: 'database-storage',
      runbook: 'database-storage',
      description: `The database ${id} has less than 1 GiB of free storage, and growing by itself has not helped`,
      metric: {
        ...of,
        metricName: 'FreeStorageSpace',
        statistic: 'Minimum',
        comparisonOperator: 'LessThanThreshold',
        threshold: GIB,
        ...lasting,
      },
    },
    {
      id: 'database-cpu',
      runbook: 'database-cpu',
      description: `The database ${id} has been busy at 80 % and more for a quarter of an hour`,
      metric: { ...of, metricName: 'CPUUtilization', statistic: 'Average', ...atLeast(80), ...lasting },
    },
  ]
}
