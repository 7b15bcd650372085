import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface StoredEvent {
  readonly timestamp: number
  readonly message: string
}

/** The one operation of CloudWatch Logs that `make logs` calls, on a free port, in pages of two lines. */
export async function startLogService(groups: Record<string, StoredEvent[]>) {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const { logGroupName, startTime, filterPattern, nextToken } = JSON.parse(Buffer.concat(chunks).toString())
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
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    /** For AWS_ENDPOINT_URL. */
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
