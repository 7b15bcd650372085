import { printable } from '../process/printable.ts'
import { type RequestRecord, UNENCODED } from './gateway/gateway.ts'

/** Output of `make dev`. */
export const report = {
  /** Output of functions, as CloudWatch would show it. */
  output: (text: string): void => {
    process.stdout.write(`${printable(text)}\n`)
  },

  /** A line from `make dev` itself. */
  line: (text: string): void => {
    process.stderr.write(`dev: ${printable(text)}\n`)
  },

  /** A request that the gateway answered itself, which no function logs. */
  request: ({ httpMethod, target, answer, event, result, duration }: RequestRecord): void => {
    const own = result === undefined || answer.status === 502
    if (!own || (event === undefined && answer.status < 400)) return
    // The target holds raw bytes, which may include terminal control characters.
    const shown = target.replace(/[^ -~]/g, encodeURIComponent)
    const reason = UNENCODED.test(target) ? ' (API Gateway wants " < > \\ ^ ` { | } percent-encoded)' : ''
    report.line(`${httpMethod} ${shown} ${answer.status} by the gateway, ${Math.round(duration)} ms${reason}`)
  },
}
