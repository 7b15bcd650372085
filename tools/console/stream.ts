import type { ServerResponse } from 'node:http'
import type { Live } from './page/types.ts'
import { summaryOf } from './record-json.ts'
import type { Recorder } from './recorder.ts'

/** Milliseconds between looks at what is new: one message for whatever came, however much. */
const INTERVAL = 150

/**
 * Sends the list of requests, and again whenever something in it has changed, as server-sent events, until the page goes.
 * @param apis revision of the APIs' descriptions; pages are told when it changes.
 */
export function streamRequests(recorder: Recorder, response: ServerResponse, apis: () => string): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  let sent = ''
  const look = () => {
    const state = `${apis()} ${recorder.change}`
    // A page that does not keep up misses nothing: the next look sends all that there is.
    if (state === sent || response.writableNeedDrain) return
    sent = state
    const live: Live = { apis: apis(), requests: recorder.all().map((each) => summaryOf(each, recorder)) }
    response.write(`data: ${JSON.stringify(live)}\n\n`)
  }
  look()
  const timer = setInterval(look, INTERVAL)
  response.once('close', () => clearInterval(timer))
}
