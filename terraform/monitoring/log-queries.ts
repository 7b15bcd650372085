import type { Settings } from '../settings.ts'
import type { Watched } from './alarm-definitions.ts'

/** A query of Logs Insights, in its own language. */
export interface LogQuery {
  /** As people find it in the console, below the project's name. */
  readonly name: string
  readonly groups: readonly string[]
  readonly query: string
}

/** The saved queries; those of access logs only where there are such logs. */
export function logQueries({ apis, functions }: Watched, { API_SECURITY }: Settings): LogQuery[] {
  const logs = functions.map(({ logGroup }) => logGroup)
  const access = apis.flatMap(({ accessLog }) => accessLog?.nameInput ?? [])
  // Lines of requests have `duration`, lines of Lambda's own a `type` such as `platform.report`.
  const queries: LogQuery[] = [
    {
      name: 'Find a request by an id',
      groups: [...logs, ...access],
      // The id is to be replaced by the one that is looked for.
      query: `filter @message like '00000000-0000-0000-0000-000000000000'
| fields @timestamp, @log, level, message, status, duration, latency, refusal, error.name, error.message, type, @message
| sort @timestamp asc
| limit 200`,
    },
    {
      name: 'Slowest requests',
      groups: logs,
      query: `filter ispresent(duration) and ispresent(resource)
| fields @timestamp, @log, message, duration, coldStart, requestId
| sort duration desc
| limit 50`,
    },
    {
      name: 'Errors by cause',
      groups: logs,
      query: `filter status >= 500
| stats count(*) as requests, latest(@timestamp) as last, latest(requestId) as example
    by @log, message, error.name, error.cause.name, error.cause.code
| sort requests desc`,
    },
    {
      name: 'Refused requests by cause',
      groups: logs,
      query: `filter status >= 400 and status < 500
| stats count(*) as requests, latest(requestId) as example by @log, message, error.name, error.message
| sort requests desc`,
    },
    {
      name: 'Crashes and timeouts',
      groups: logs,
      query: `filter type = 'platform.report' and record.status != 'success'
| fields @timestamp, @log, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB,
    record.metrics.memorySizeMB, record.requestId
| sort @timestamp desc
| limit 50`,
    },
    {
      name: 'Cold starts',
      groups: logs,
      query: `filter type = 'platform.report'
| stats count(*) as invocations, count(record.metrics.initDurationMs) as coldStarts,
    avg(record.metrics.initDurationMs) as averageStart, max(record.metrics.initDurationMs) as slowestStart by @log, bin(1h)`,
    },
    {
      name: 'Callers by status',
      groups: access,
      query: `stats count(*) as requests, max(latency) as slowest by @log, ip, ${API_SECURITY === 'open' ? '' : 'caller, '}status
| sort requests desc
| limit 100`,
    },
    {
      name: 'Refused by the gateway',
      groups: access,
      query: `filter refusal != '-'
| stats count(*) as requests, latest(@timestamp) as last by @log, status, refusal, method, resource
| sort requests desc`,
    },
  ]
  return queries.filter(({ groups }) => groups.length > 0)
}
