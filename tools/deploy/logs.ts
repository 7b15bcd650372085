/** `make logs`: prints the functions' logs. FUNCTION=<name>, SINCE=10m and REQUEST=<id> filter them; FOLLOW=1 waits for more. */
import { onClosedOutput } from '../process/closed-output.ts'
import { openDeployment } from './cdktf/deployment.ts'
import { chosen, main } from './cli.ts'
import { formatEvent } from './logs/format.ts'
import { readLogs } from './logs/read.ts'

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

await main(async () => {
  const { FUNCTION, SINCE, REQUEST: text = '', FOLLOW } = process.env
  const [, number, unit = ''] = /^(\d+)([smhd])$/.exec(SINCE || '10m') ?? []
  if (!UNITS[unit]) throw new Error(`SINCE=${SINCE} must be a number and s, m, h or d, such as 10m`)
  if (/["\\]/.test(text)) throw new Error('REQUEST must be an id, without quotation marks')
  const { settings, deployment } = await openDeployment()
  const all = deployment.stacks.flatMap(({ terraform }) =>
    terraform.all('aws_cloudwatch_log_group').map((each) => terraform.text(each, 'name')),
  )
  const groups = new Map(all.map((name) => [shortName(name, settings.ENVIRONMENT), name]))
  // Other groups, such as access logs, are read only if FUNCTION names them, or REQUEST is set.
  const functions = new Map([...groups].filter(([, name]) => name.startsWith('/aws/lambda/')))

  if (FOLLOW === '1') onClosedOutput(() => process.exit())
  const since = Date.now() - Number(number) * Number(UNITS[unit])
  let shown = 0
  for await (const events of readLogs(FUNCTION || text ? chosen(groups) : functions, since, text)) {
    const lines = events.flatMap((event) => formatEvent(event, text !== '') ?? [])
    for (const line of lines) console.log(line)
    shown += lines.length
    if (FOLLOW !== '1') break
  }
  if (shown === 0) console.error('No lines: SINCE=1h looks further back than 10 minutes, FOLLOW=1 waits for new ones.')
})

/** `items` for `/aws/lambda/staging-items`, `apigateway/items` for `/aws/apigateway/staging-items`. */
function shortName(group: string, environment = ''): string {
  const [, kind = '', name = group] = /^\/aws\/(?:lambda\/)?(.*\/)?([^/]+)$/.exec(group) ?? []
  return kind + (name.startsWith(`${environment}-`) ? name.slice(environment.length + 1) : name)
}
