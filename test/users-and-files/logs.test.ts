import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { ROOT } from '../../tools/process/command.ts'
import { awsAt, serve } from '../helpers/server.ts'

/** Escape sequences in C0 and in C1, a bell, and a bidirectional override. */
const hostile = '\x1b[2J\x9b2J\x07\u202egnp.exe'
const requestId = '6d68ca91-49c9-448d-89b8-7ca3e6dc66aa'
const cause = { name: 'Error', message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' }
const error = { name: 'UnavailableError', message: 'Could not connect to MySQL database', stack: 'at …', cause }
const get = {
  message: 'GET /rds 200',
  method: 'GET',
  resource: '/rds',
  status: 200,
  duration: 12.5,
  requestId: 'other',
}
const metrics = { durationMs: 3, maxMemoryUsedMB: 84, memorySizeMB: 512 }
const report = (record: object) => ({ type: 'platform.report', record: { requestId, metrics, ...record } })
/** Ids of a request that the gateway refused, without one of a function. */
const ids = { requestId: '-', apiRequestId: requestId, extendedRequestId: 'x=' }
const access = { ...ids, ip: '192.0.2.1', method: 'GET', resource: '/rds', status: '429', refusal: 'THROTTLED' }
const ago = (seconds: number, line: object | string) => ({
  timestamp: Date.now() - seconds * 1000,
  message: typeof line === 'string' ? line : `${JSON.stringify(line)}\n`,
})

const groups: Record<string, ReturnType<typeof ago>[]> = {
  '/aws/lambda/rds': [
    ago(3600, { ...get, message: 'an hour ago' }),
    ago(50, { ...get, coldStart: true }),
    ago(40, report({ status: 'success' })),
    ago(30, { ...get, message: 'POST /rds 503', level: 'error', status: 503, requestId, error }),
    ago(20, report({ status: 'error', errorType: 'Runtime.ExitError' })),
    ago(10, 'RequestId: x Error: Runtime exited'),
  ],
  '/aws/lambda/s3': [ago(45, { level: 'info', message: 'POST /s3 200', requestId: 's', status: 200, duration: 99 })],
  '/aws/lambda/rds-migrate': [
    ago(1500, `a line ${hostile}`),
    ago(1490, { message: hostile, more: hostile }),
    ago(35, { level: 'info', message: 'migrations applied', version: 2 }),
  ],
  '/aws/apigateway/rds': [ago(5, { ...access, apiRequestId: 'other' }), ago(4, access)],
  '/aws/apigateway/s3': [ago(3600, 'an hour ago')],
}

let looks = 0
/** FilterLogEvents of CloudWatch Logs, in pages of two lines. */
const url = await serve({ after }, async (request, response) => {
  looks += 1
  const { logGroupName, startTime, filterPattern = '""', nextToken: from = '0' } = JSON.parse(await text(request))
  const group = groups[logGroupName]
  if (!group || request.headers['x-amz-target'] !== 'Logs_20140328.FilterLogEvents')
    return response.writeHead(400).end('{"__type":"ResourceNotFoundException","message":"no such group"}')
  // A quoted pattern matches literally.
  const found = group
    .map((event, index) => ({ ...event, eventId: `${logGroupName}-${index}` }))
    .filter(({ timestamp, message }) => timestamp >= startTime && message.includes(JSON.parse(filterPattern)))
  const next = Number(from) + 2
  const nextToken = next < found.length ? String(next) : undefined
  response.end(JSON.stringify({ events: found.slice(Number(from), next), nextToken }))
})

function start(more: Readonly<Record<string, string>>) {
  const env = { PATH: process.env.PATH, NO_COLOR: '1', ...awsAt(url), ...more }
  const child = spawn(process.execPath, ['tools/deploy/logs.ts'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] })
  return { stdout: child.stdout, ended: Promise.all([text(child.stderr), once(child, 'exit').then(([code]) => code)]) }
}

const failed = `rds        POST /rds 503  12.5 ms  ${requestId}
    UnavailableError Could not connect to MySQL database
    ← Error connect ECONNREFUSED (ECONNREFUSED)
rds        Lambda: error Runtime.ExitError  ${JSON.stringify(metrics)}  ${requestId}
`
const everything = `rds        GET /rds 200  12.5 ms  cold  other
s3         POST /s3 200  99 ms  s
rds-migrate migrations applied  {"version":2}
${failed}rds        RequestId: x Error: Runtime exited
`
const traced = `rds        Lambda: success  ${JSON.stringify(metrics)}  ${requestId}
${failed}apigateway/rds GET /rds 429  {"ip":"192.0.2.1","refusal":"THROTTLED"}  ${requestId}
`
const escaped = '\\u001b[2J\\u009b2J\\u0007\\u202egnp.exe'
const hidden = `rds-migrate a line ${escaped}
rds-migrate ${escaped}  ${JSON.stringify({ more: escaped })}
rds-migrate migrations applied  {"version":2}
`

const shown: Record<string, [env: Record<string, string>, lines: string]> = {
  'the last ten minutes of every function in order, with errors and their causes': [
    { SINCE: '', REQUEST: '' },
    everything,
  ],
  'the lines of one request in every log': [{ REQUEST: requestId, ACCESS_LOGS: 'existing' }, traced],
  'control characters escaped': [{ FUNCTION: 'rds-migrate', SINCE: '1h' }, hidden],
}
for (const [what, [env, expected]] of Object.entries(shown))
  test(`make logs shows ${what}`, async () => {
    const { stdout, ended } = start(env)
    const out = await text(stdout)
    assert.deepEqual(await ended, ['', 0])
    // Local times differ by time zone.
    assert.equal(out.replaceAll(/^\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} /gm, ''), expected)
  })

for (const [env, status, told] of [
  [{ ENVIRONMENT: 'staging' }, 1, /no log group \/aws\/lambda\/staging-rds.*, .*make deploy.*AWS_REGION.*ENVIRONMENT/],
  [{ FUNCTION: 's3', REQUEST: 'nowhere' }, 0, /No lines: SINCE=1h/],
  [{ SINCE: 'yesterday' }, 1, /SINCE=yesterday must be a number and s, m, h or d, such as 10m/],
  [{ FUNCTION: 'users' }, 1, /FUNCTION=users must be one of .*rds-migrate, rds, s3/],
  [{ REQUEST: '"' }, 1, /without quotation marks/],
] as const)
  test(`suggests a fix for ${JSON.stringify(env)}`, async () => {
    const [errors, code] = await start(env).ended
    assert.match(errors, told)
    assert.equal(code, status)
  })

test('follows new lines, each once, until the output closes, as in `make logs | head`', async () => {
  const [before, group = []] = [looks, groups['/aws/apigateway/s3']]
  const { stdout, ended } = start({ FUNCTION: 'apigateway/s3', ACCESS_LOGS: 'create', FOLLOW: '1' })
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]()
  while (looks < before + 2) await setTimeout(20)
  for (const line of ['the first', 'the next']) {
    group.push(ago(0, line))
    assert.match(String((await lines.next()).value), new RegExp(`apigateway/s3 +${line}$`))
  }
  stdout.destroy()
  group.push(ago(0, 'unread'))
  assert.deepEqual(await ended, ['', 0])
})
