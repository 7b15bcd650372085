import { relative } from 'node:path'
import { printable } from '../process/printable.ts'
import { type AccessKeys, LOCAL_API_KEY } from './gateway/authorization/access-control.ts'
import { type RequestRecord, UNENCODED } from './gateway/gateway.ts'
import { REGION } from './sigv4.ts'
import type { AccessWiring } from './wiring/access.ts'
import type { Wiring } from './wiring/wiring.ts'

/** What `make dev` prints. */
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

export interface BannerOptions {
  readonly port: number
  readonly wiring: Wiring
  /** What runs where. */
  readonly database: string
  /** Whether the database is one of the user's own. */
  readonly isGiven: boolean
  /** Folder of the data. */
  readonly local: string
  readonly keys: AccessKeys
}

/** Where everything is, and lines to paste. */
export function banner({ port, wiring: { apis }, database, isGiven, local, keys }: BannerOptions): string {
  const base = `http://localhost:${port}`
  const urls = apis.flatMap(({ stage, methods }) => methods.map(({ resource }) => `${base}/${stage}${resource}`))
  const stage = `${base}/${apis[0]?.stage}`
  const access = apis.flatMap(({ methods }) => methods).find((method) => method.access)?.access
  // A page needs no CORS for it: its own name may lead here (DNS rebinding).
  const exposed =
    isGiven && !access
      ? '\n            any web page that you visit can read and change it; API_SECURITY=api-key prevents that'
      : ''
  const curl = `curl${credentialsFor(access, keys)}`
  const sendsJson = "-H 'content-type: application/json' -d"
  // curl cannot sign the form of an upload, so what it gets is the form to send to the store.
  const files =
    access?.type === 'iam'
      ? `${curl} ${stage}/s3/uploads ${sendsJson} '{"filename":"a.txt","size":5,"contentType":"text/plain"}'`
      : `${curl} ${stage}/s3 -F file=@README.md && ${curl} '${stage}/s3?filename=README.md'`
  return `
  ${base}/  the console: try it, and see every request

${[...new Set(urls)]
  .sort()
  .map((url) => `  ${url}`)
  .join('\n')}

  ${curl} ${stage}/rds ${sendsJson} '{"name":"Ada","age":36}'
  ${curl} ${stage}/rds
  ${files}

  database  ${database}${exposed}
  files     ${relative(process.cwd(), local) || '.'}/store
  Ctrl-C stops it; make clean also deletes the data.
`
}

/** Options that make curl send what the APIs ask of callers. */
function credentialsFor(access: AccessWiring | undefined, { apiKey, credentials }: AccessKeys): string {
  const { accessKeyId, secretAccessKey } = credentials
  switch (access?.type) {
    case 'api-key':
      // A key from the settings is a secret, which a terminal's history is no place for.
      return apiKey === LOCAL_API_KEY ? ` -H 'x-api-key: ${apiKey}'` : ' -H "x-api-key: $API_KEY"'
    case 'iam':
      return ` --aws-sigv4 aws:amz:${REGION}:execute-api -u ${accessKeyId}:${secretAccessKey}`
    case 'authorizer':
      return ' -H "authorization: Bearer $TOKEN"'
    default:
      return ''
  }
}
