import { setTimeout } from 'node:timers/promises'
import {
  CloudWatchLogsClient,
  type FilterLogEventsCommandInput,
  paginateFilterLogEvents,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs'
import { clientOptions, notDeployed } from '../aws.ts'

/** A line, with the short name of its group. */
export type LogEvent = NonNullable<Awaited<ReturnType<typeof readGroup>>>[number]

/** Lines of a group that are read at a time: more than anybody reads, and little enough to be sorted. */
const MOST = 10_000
/** Milliseconds between two looks: CloudWatch takes five a second from an account. */
const INTERVAL = 2000
/** Milliseconds by which a line may come later than its time says. */
const LATE = 30_000

/**
 * The lines of log groups that are there, oldest first, then for ever those that come.
 * @param groups by their short names. @param since milliseconds since 1970. @param text that a line has to contain
 * @throws Error where none of the groups is there.
 */
export async function* readLogs(groups: ReadonlyMap<string, string>, since: number, text = '') {
  const client = new CloudWatchLogsClient(clientOptions())
  const filter = text ? { filterPattern: `"${text}"` } : {}
  let seen = new Set<string>()
  for (let startTime = since; ; await setTimeout(INTERVAL)) {
    const all = await Promise.all(
      [...groups].map(([source, logGroupName]) => readGroup(client, { logGroupName, startTime, ...filter }, source)),
    )
    const there = all.filter((each) => each !== undefined)
    if (there.length === 0) throw notDeployed(`log group ${[...groups.values()].join(', ')}`)
    const events = there.flat().toSorted((a, b) => a.timestamp - b.timestamp)
    yield events.filter(({ id }) => !seen.has(id))
    seen = new Set(events.map(({ id }) => id))
    startTime = Math.max(startTime, (events.at(-1)?.timestamp ?? 0) - LATE)
  }
}

/** `undefined` where there is no such group: a function that was never called has one all the same. */
async function readGroup(client: CloudWatchLogsClient, input: FilterLogEventsCommandInput, source: string) {
  const found: { id: string; timestamp: number; source: string; message: string }[] = []
  try {
    for await (const { events = [] } of paginateFilterLogEvents({ client }, input)) {
      for (const { eventId = '', timestamp = 0, message = '' } of events)
        found.push({ id: eventId, timestamp, source, message: message.trimEnd() })
      if (found.length < MOST) continue
      console.error(`${source} has more lines than the first ${found.length}: SINCE=… or REQUEST=<id> finds them`)
      break
    }
    return found
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined
    throw error
  }
}
