import { text as textOf } from 'node:stream/consumers'
import { serve } from './server.ts'

export interface StoredEvent {
  readonly timestamp: number
  readonly message: string
}

/** The one operation of CloudWatch Logs that `make logs` calls, in pages of two lines. @returns its URL. */
export function startLogService(
  context: Parameters<typeof serve>[0],
  groups: Record<string, StoredEvent[]>,
): Promise<string> {
  return serve(context, async (request, response) => {
    const { logGroupName, startTime, filterPattern, nextToken } = JSON.parse(await textOf(request))
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body))
    if (request.headers['x-amz-target'] !== 'Logs_20140328.FilterLogEvents')
      return answer(400, { __type: 'UnknownOperationException' })
    const group = groups[logGroupName]
    if (!group) return answer(400, { __type: 'ResourceNotFoundException', message: 'no such group' })
    // A quoted pattern is the text as it is.
    const text = filterPattern === undefined ? '' : JSON.parse(filterPattern)
    const found = group
      .map((event, index) => ({ ...event, eventId: `${logGroupName}-${index}` }))
      .filter(({ timestamp, message }) => timestamp >= startTime && message.includes(text))
    const from = Number(nextToken ?? 0)
    answer(200, {
      events: found.slice(from, from + 2),
      ...(from + 2 < found.length && { nextToken: String(from + 2) }),
    })
  })
}
