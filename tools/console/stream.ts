import type { ServerResponse } from 'node:http'
import type { Hello } from './page/types.ts'
import { summaryOf } from './record-json.ts'
import { CAPACITY, type Recorder } from './recorder.ts'

/** Milliseconds between looks at what is new: one message for whatever came, however much. */
const INTERVAL = 150
/** Looks between signs of life. */
const HEARTBEAT = 100

/**
 * Sends the list of requests and then what changes in it, as server-sent events, until the page goes.
 * @param revision of the APIs' descriptions; pages are told when it changes.
 */
export function streamRequests(recorder: Recorder, response: ServerResponse, revision: () => string): void {
  const hello: Hello = { capacity: CAPACITY }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  response.write('retry: 1000\n')
  let sent = 0
  let clearings = -1
  let looks = 0
  let shown = ''
  const look = () => {
    // A page that does not keep up misses nothing: the next look sends all that has changed since.
    if (response.writableNeedDrain) return
    if (clearings !== recorder.clearings) response.write(`event: hello\ndata: ${JSON.stringify(hello)}\n\n`)
    clearings = recorder.clearings
    if (shown !== revision()) response.write(`event: apis\ndata: ${revision()}\n\n`)
    shown = revision()
    const news = recorder.since(sent)
    sent = recorder.change
    if (news.length > 0) response.write(`event: requests\ndata: ${JSON.stringify(news.map(summaryOf))}\n\n`)
    else if (++looks % HEARTBEAT === 0) response.write(':\n\n')
  }
  look()
  const timer = setInterval(look, INTERVAL)
  response.once('close', () => clearInterval(timer))
}
