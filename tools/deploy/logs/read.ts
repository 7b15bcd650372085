import { setTimeout } from 'node:timers/promises'
import {
  CloudWatchLogsClient,
  type FilterLogEventsCommandInput,
  paginateFilterLogEvents,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs'
import { clientOptions, notDeployed } from '../aws.ts'

/** A log line, with the short name of its group. */
export type LogEvent = NonNullable<Awaited<ReturnType<typeof readGroup>>>[number]

/** Limit of lines per group and poll: more than people read, few enough to sort. */
const MOST = 10_000
/** Polling interval in milliseconds: CloudWatch allows an account five calls a second. */
const INTERVAL = 2000
/** Milliseconds by which lines may arrive after their timestamp. */
const LATE = 30_000

/**
 * Yields existing lines of log groups, oldest first, then polls for new ones forever.
 * @param groups names by short name. @param since epoch milliseconds. @param text text that lines must contain.
 * @throws Error if none of the groups exists.
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

/** Reads a group; `undefined` if it does not exist. Terraform creates groups, so an uncalled function has one too. */
async function readGroup(client: CloudWatchLogsClient, input: FilterLogEventsCommandInput, source: string) {
  const found: { id: string; timestamp: number; source: string; message: string }[] = []
  try {
    for await (const { events = [] } of paginateFilterLogEvents({ client }, input)) {
      for (const { eventId = '', timestamp = 0, message = '' } of events)
        found.push({ id: eventId, timestamp, source, message: message.trimEnd() })
      if (found.length < MOST) continue
      console.error(`${source} has more than the first ${found.length} lines: narrow them with SINCE=… or REQUEST=<id>`)
      break
    }
    return found
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined
    throw error
  }
}
