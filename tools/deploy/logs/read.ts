import { setTimeout } from 'node:timers/promises'
import {
  CloudWatchLogsClient,
  type FilteredLogEvent,
  paginateFilterLogEvents,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs'
import { clientOptions, notDeployed } from '../aws.ts'
import type { LogRequest } from './request.ts'

export interface LogEvent {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly timestamp: number
  /** Short name of the log group. */
  readonly source: string
  readonly message: string
}

/** Lines that are read at a time: more than anybody reads, and little enough to be sorted. */
const MOST = 10_000
/** Milliseconds between two looks: CloudWatch takes five a second from an account. */
const INTERVAL = 2000
/** Milliseconds by which a line may come later than its time says. */
const LATE = 30_000

const logs = () => new CloudWatchLogsClient(clientOptions())

/**
 * The lines that are there, oldest first.
 * @throws Error where none of the groups is there.
 */
export async function readLogs(request: LogRequest, client = logs()): Promise<{ events: LogEvent[]; more: boolean }> {
  const groups = await Promise.all(
    [...request.groups].map(([group, source]) => readGroup(client, request, group, source)),
  )
  const there = groups.filter((events) => events !== undefined)
  if (there.length === 0) throw notDeployed(`log group ${[...request.groups.keys()].join(', ')}`)
  const events = there.flat().toSorted((a, b) => a.timestamp - b.timestamp)
  return { events, more: there.some((each) => each.length >= MOST) }
}

async function readGroup(
  client: CloudWatchLogsClient,
  { since, text }: LogRequest,
  logGroupName: string,
  source: string,
): Promise<LogEvent[] | undefined> {
  const input = { logGroupName, startTime: since, ...(text !== undefined && { filterPattern: `"${text}"` }) }
  const found: LogEvent[] = []
  try {
    for await (const { events = [] } of paginateFilterLogEvents({ client }, input)) {
      found.push(...events.map((event) => eventOf(event, source)))
      if (found.length >= MOST) break
    }
    return found
  } catch (error) {
    // A function that was never called has its group all the same; one that is not deployed has none.
    if (error instanceof ResourceNotFoundException) return undefined
    throw error
  }
}

const eventOf = ({ eventId = '', timestamp = 0, message = '' }: FilteredLogEvent, source: string): LogEvent => ({
  id: eventId,
  timestamp,
  source,
  message: message.trimEnd(),
})

/** Lines as they come, after those that are there, until `signal` ends it. */
export async function* followLogs(
  request: LogRequest,
  signal: AbortSignal,
  interval = INTERVAL,
): AsyncGenerator<LogEvent[]> {
  const client = logs()
  const seen = new Map<string, number>()
  let { since } = request
  while (!signal.aborted) {
    const { events } = await readLogs({ ...request, since }, client)
    yield events.filter(({ id }) => !seen.has(id))
    for (const { id, timestamp } of events) seen.set(id, timestamp)
    since = Math.max(since, (events.at(-1)?.timestamp ?? 0) - LATE)
    for (const [id, timestamp] of seen) if (timestamp < since) seen.delete(id)
    await setTimeout(interval, undefined, { signal }).catch(() => {})
  }
}
