import { relative } from 'node:path'
import type { RequestRecord } from './gateway/gateway.ts'
import type { Wiring } from './types.ts'

/** What `make dev` prints. */
export const report = {
  /** The functions' own lines, as CloudWatch would show them. */
  output: (text: string): void => {
    process.stdout.write(`${text}\n`)
  },

  /** A line of ours. */
  line: (text: string): void => {
    process.stderr.write(`dev: ${text}\n`)
  },

  /** A request that the gateway answered by itself: the function has no log line about it. */
  request: ({ httpMethod, target, answer, event, result, duration }: RequestRecord): void => {
    const own = result === undefined || answer.status === 502
    if (!own || (event === undefined && answer.status < 400)) return
    report.line(`${httpMethod} ${target} ${answer.status} by the gateway, ${Math.round(duration)} ms`)
  },
}

/** Where everything is, and lines to paste. */
export function banner(port: number, { apis }: Wiring, database: string, local: string): string {
  const base = `http://localhost:${port}`
  const urls = apis.flatMap(({ stage, methods }) => methods.map(({ resource }) => `${base}/${stage}${resource}`))
  const stage = `${base}/${apis[0]?.stage}`
  return `
${[...new Set(urls)]
  .sort()
  .map((url) => `  ${url}`)
  .join('\n')}

  curl ${stage}/rds -H 'content-type: application/json' -d '{"name":"Ada","age":36}'
  curl ${stage}/rds
  curl ${stage}/s3 -F file=@README.md && curl '${stage}/s3?filename=README.md'

  database  ${database}
  files     ${relative(process.cwd(), local) || '.'}/store
  Ctrl-C stops it; make clean also deletes the data.
`
}
