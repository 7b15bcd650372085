/** `make logs`: what the functions wrote. FUNCTION=<name>, SINCE=10m and REQUEST=<id> choose lines; FOLLOW=1 goes on; JSON=1 formats nothing. */
import { onClosedOutput } from '../process/closed-output.ts'
import { printable } from '../process/printable.ts'
import { Deployment } from './cdktf/deployment.ts'
import { main } from './cli.ts'
import { formatEvent } from './logs/format.ts'
import { followLogs, type LogEvent, readLogs } from './logs/read.ts'
import { readLogRequest } from './logs/request.ts'
import { loadSettings } from './settings.ts'

await main(async () => {
  const deployment = new Deployment(loadSettings())
  await deployment.synthesize()
  const request = readLogRequest(deployment.logGroups, process.env)
  let shown = 0
  const show = (events: readonly LogEvent[]) => {
    for (const event of events) {
      const line = request.raw ? printable(event.message) : formatEvent(event, { platform: request.text !== undefined })
      if (line === undefined) continue
      shown += 1
      console.log(line)
    }
  }
  if (request.follow) {
    const ended = new AbortController()
    process.once('SIGINT', () => ended.abort()).once('SIGTERM', () => ended.abort())
    onClosedOutput(() => ended.abort())
    for await (const events of followLogs(request, ended.signal)) show(events)
    return
  }
  const { events, more } = await readLogs(request)
  show(events)
  if (more)
    console.error('\nThere are more lines than are read at a time: a smaller SINCE, or REQUEST=<id>, finds them.')
  else if (shown === 0)
    console.error('No lines: SINCE=1h looks further back than 10 minutes, FOLLOW=1 waits for the next.')
})
