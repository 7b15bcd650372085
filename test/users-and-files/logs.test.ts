import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { ROOT } from '../../tools/process/command.ts'
import { awsAt, serve } from '../helpers/server.ts'

/** An escape sequence in C0 and in C1, a bell, and a reordering. */
const hostile = '\x1b[2J\x9b2J\x07\u202egnp.exe'
const id = '6d68ca91-49c9-448d-89b8-7ca3e6dc66aa'
const error = {
  name: 'UnavailableError',
  message: 'Could not connect to MySQL database',
  stack: 'at …',
  cause: { name: 'Error', message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' },
}
const request = (method: string, status: number, more: object = {}) => ({
  ...{ timestamp: 'x', level: status >= 500 ? 'error' : 'info', message: `${method} /rds ${status}`, requestId: id },
  ...{ apiRequestId: 'a', method, resource: '/rds', status, duration: 12.5, coldStart: false },
  ...more,
})
const report = (status: string, more: object = {}) => ({
  type: 'platform.report',
  record: { requestId: id, status, metrics: { durationMs: 3, maxMemoryUsedMB: 84, memorySizeMB: 512 }, ...more },
})
const access = {
  ...{ requestId: '-', apiRequestId: 'a-1', extendedRequestId: 'x=', ip: '192.0.2.1', method: 'GET', resource: '/rds' },
  ...{ status: '429', latency: '3', refusal: 'THROTTLED' },
}
const ago = (seconds: number, line: object | string) => ({
  timestamp: Date.now() - seconds * 1000,
  message: typeof line === 'string' ? line : `${JSON.stringify(line)}\n`,
})

const groups: Record<string, ReturnType<typeof ago>[]> = {
  '/aws/lambda/rds': [
    ago(3600, request('GET', 200, { message: 'an hour ago' })),
    ago(50, request('GET', 200, { coldStart: true, requestId: 'other' })),
    ago(40, report('success')),
    ago(30, request('POST', 503, { error })),
    ago(20, report('error', { errorType: 'Runtime.ExitError' })),
    ago(10, 'RequestId: x Error: Runtime exited'),
  ],
  '/aws/lambda/s3': [ago(45, { level: 'info', message: 'POST /s3 200', requestId: 's', status: 200, duration: 99 })],
  '/aws/lambda/rds-migrate': [
    ago(1500, `a line ${hostile}`),
    ago(1490, { message: hostile, more: hostile }),
    ago(35, { level: 'info', message: 'migrations applied', version: 2 }),
  ],
  '/aws/apigateway/rds': [ago(5, access), ago(4, { ...access, requestId: id })],
  '/aws/apigateway/s3': [ago(3600, 'an hour ago')],
}

/** Calls so far. */
let looks = 0
/** The one operation of CloudWatch Logs that `make logs` calls, in pages of two lines. */
const url = await serve({ after }, async (request, response) => {
  looks += 1
  const { logGroupName, startTime, filterPattern = '""', nextToken: from = '0' } = JSON.parse(await text(request))
  const group = groups[logGroupName]
  if (!group || request.headers['x-amz-target'] !== 'Logs_20140328.FilterLogEvents')
    return response.writeHead(400).end('{"__type":"ResourceNotFoundException","message":"no such group"}')
  // A quoted pattern is the text as it is.
  const found = group
    .map((event, index) => ({ ...event, eventId: `${logGroupName}-${index}` }))
    .filter(({ timestamp, message }) => timestamp >= startTime && message.includes(JSON.parse(filterPattern)))
  const next = Number(from) + 2
  const nextToken = next < found.length ? String(next) : undefined
  response.end(JSON.stringify({ events: found.slice(Number(from), next), nextToken }))
})

function start(env: Readonly<Record<string, string>> = {}) {
  return spawn(process.execPath, ['tools/deploy/logs.ts'], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, NO_COLOR: '1', ...awsAt(url), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function logs(env?: Readonly<Record<string, string>>) {
  const child = start(env)
  const [out, err]: [string[], string[]] = [[], []]
  createInterface({ input: child.stdout }).on('line', (line) => out.push(line))
  createInterface({ input: child.stderr }).on('line', (line) => err.push(line))
  const [status] = await once(child, 'close')
  // The time is the reader's business.
  const lines = out.map((line) => line.replace(/^\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} /, ''))
  return { status, lines, err: err.join('\n') }
}

test('the last ten minutes of every function, in one order, with what went wrong and why', async () => {
  const { status, lines, err } = await logs()
  assert.deepEqual([status, err], [0, ''])
  assert.deepEqual(lines, [
    'rds        GET /rds 200  12.5 ms  cold  other',
    's3         POST /s3 200  99 ms  s',
    'rds-migrate migrations applied  {"version":2}',
    `rds        POST /rds 503  12.5 ms  ${id}`,
    '    UnavailableError Could not connect to MySQL database',
    '    ← Error connect ECONNREFUSED (ECONNREFUSED)',
    `rds        Lambda: error Runtime.ExitError  {"durationMs":3,"maxMemoryUsedMB":84,"memorySizeMB":512}  ${id}`,
    'rds        RequestId: x Error: Runtime exited',
  ])
})

test('one request, wherever it left a line: gateway, function and Lambda', async () => {
  const { lines } = await logs({ REQUEST: id, ACCESS_LOGS: 'existing' })
  assert.deepEqual(
    lines.filter((line) => !line.startsWith(' ')).map((line) => line.split('  ')[0]),
    ['rds', 'rds', 'rds', 'apigateway/rds GET /rds 429'],
  )
  assert.ok(lines.every((line) => line.startsWith(' ') || line.includes(id)))
})

test('one log, further back, without a character that reaches the terminal as a command', async () => {
  const escaped = '\\u001b[2J\\u009b2J\\u0007\\u202egnp.exe'
  const { lines } = await logs({ FUNCTION: 'rds-migrate', SINCE: '30m' })
  assert.equal(lines[0], `rds-migrate a line ${escaped}`)
  assert.equal(lines[1], `rds-migrate ${escaped}  ${JSON.stringify({ more: escaped })}`)
  const { lines: refused } = await logs({ FUNCTION: 'apigateway/rds', ACCESS_LOGS: 'create' })
  assert.equal(refused[0], 'apigateway/rds GET /rds 429  {"ip":"192.0.2.1","latency":"3","refusal":"THROTTLED"}  a-1')
})

test('followed, lines newer than SINCE come once each, as they are written, until nobody reads them', async () => {
  const before = looks
  const child = start({ FUNCTION: 'apigateway/s3', ACCESS_LOGS: 'create', FOLLOW: '1' })
  const errors = text(child.stderr)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  while (looks < before + 2) await setTimeout(20)
  for (const line of ['the first', 'the next']) {
    groups['/aws/apigateway/s3']?.push(ago(0, line))
    assert.match(String((await lines.next()).value), new RegExp(`apigateway/s3 +${line}$`))
  }
  // As in `FOLLOW=1 make logs | head`.
  child.stdout.destroy()
  groups['/aws/apigateway/s3']?.push(ago(0, 'unread'))
  const [status] = await once(child, 'exit')
  assert.deepEqual([status, await errors], [0, ''])
})

test('nothing there, or asked for wrongly, says what to do', async () => {
  for (const [env, status, told] of [
    [
      { ENVIRONMENT: 'staging' },
      1,
      /There is no log group \/aws\/lambda\/staging-rds.*, .*make deploy.*AWS_REGION.*ENVIRONMENT/,
    ],
    [{ FUNCTION: 's3', REQUEST: 'nowhere' }, 0, /No lines: SINCE=1h/],
    [{ SINCE: 'yesterday' }, 1, /SINCE=yesterday must be a number and s, m, h or d, such as 10m/],
    [{ FUNCTION: 'users' }, 1, /FUNCTION=users must be one of .*rds-migrate, rds, s3/],
    [{ REQUEST: '"' }, 1, /without quotation marks/],
  ] as const) {
    const run = await logs(env)
    assert.match(run.err, told)
    assert.equal(run.status, status)
  }
})
