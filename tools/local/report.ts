import { printable } from '../process/printable.ts'
import { type RequestRecord, UNENCODED } from './gateway/gateway.ts'

/** Output of `make dev`. */
export const report = {
  /** The functions' own lines, as CloudWatch would show them. */
  output: (text: string): void => {
    process.stdout.write(`${printable(text)}\n`)
  },

  /** A line of ours. */
  line: (text: string): void => {
    process.stderr.write(`dev: ${printable(text)}\n`)
  },

  /** A request that the gateway answered by itself: the function has no log line about it. */
  request: ({ httpMethod, target, answer, event, result, duration }: RequestRecord): void => {
    const own = result === undefined || answer.status === 502
    if (!own || (event === undefined && answer.status < 400)) return
    // Bytes beyond ASCII, among them those that command a terminal, arrive as they were sent.
    const shown = target.replace(/[^ -~]/g, encodeURIComponent)
    const reason = UNENCODED.test(target) ? ' (API Gateway wants " < > \\ ^ ` { | } percent-encoded)' : ''
    report.line(`${httpMethod} ${shown} ${answer.status} by the gateway, ${Math.round(duration)} ms${reason}`)
  },
}
