import type { Settings } from '../settings.ts'
import type { Watched } from './alarm-definitions.ts'

export type LogQuery = ReturnType<typeof logQueries>[number]

/** Saved queries of Logs Insights, by their name in the console. Queries of access logs exist only if ACCESS_LOGS is on. */
export function logQueries({ apis, functions }: Watched, { API_SECURITY }: Settings) {
  const logs = functions.map(({ logGroup }) => logGroup)
  const access = apis.flatMap(({ accessLog }) => accessLog?.nameInput ?? [])
  const ofAll = {
    // A placeholder, to replace with the wanted id.
    'Find a request by an id': `filter @message like '00000000-0000-0000-0000-000000000000'
| fields @timestamp, @log, level, message, status, duration, latency, refusal, error.name, error.message, type, @message
| sort @timestamp asc
| limit 200`,
  }
  // Lines of requests have `duration`; Lambda's own lines have a `type` such as `platform.report`.
  const ofFunctions = {
    'Slowest requests': `filter ispresent(duration) and ispresent(resource)
| fields @timestamp, @log, message, duration, coldStart, requestId
| sort duration desc
| limit 50`,
    'Errors by cause': `filter status >= 500
| stats count(*) as requests, latest(@timestamp) as last, latest(requestId) as example
    by @log, message, error.name, error.cause.name, error.cause.code
| sort requests desc`,
    'Refused requests by cause': `filter status >= 400 and status < 500
| stats count(*) as requests, latest(requestId) as example by @log, message, error.name, error.message
| sort requests desc`,
    'Crashes and timeouts': `filter type = 'platform.report' and record.status != 'success'
| fields @timestamp, @log, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB,
    record.metrics.memorySizeMB, record.requestId
| sort @timestamp desc
| limit 50`,
    'Cold starts': `filter type = 'platform.report'
| stats count(*) as invocations, count(record.metrics.initDurationMs) as coldStarts,
    avg(record.metrics.initDurationMs) as averageStart, max(record.metrics.initDurationMs) as slowestStart by @log, bin(1h)`,
  }
  const ofGateway = {
    'Callers by status': `stats count(*) as requests, max(latency) as slowest by @log, ip, ${API_SECURITY === 'open' ? '' : 'caller, '}status
| sort requests desc
| limit 100`,
    'Refused by the gateway': `filter refusal != '-'
| stats count(*) as requests, latest(@timestamp) as last by @log, status, refusal, method, resource
| sort requests desc`,
  }
  const queries = (groups: readonly string[], byName: Readonly<Record<string, string>>) =>
    groups.length === 0 ? [] : Object.entries(byName).map(([name, query]) => ({ name, groups, query }))
  return [...queries([...logs, ...access], ofAll), ...queries(logs, ofFunctions), ...queries(access, ofGateway)]
}
