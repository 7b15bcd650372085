import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import type { RequestListener } from 'node:http'
import { after, describe, type TestContext, test } from 'node:test'
import middy from '@middy/core'
import { onMysql } from '../../../test/helpers/database.ts'
import { awsAt, serve } from '../../../test/helpers/server.ts'
import { captureLog, lambdaContext, proxyEvent } from '../../../test/support.ts'
import { openDatabase } from '../../../test/users-and-files/helpers/rds.ts'

const { server, other } = await openDatabase()

/** What Secrets Manager answers now, and how often it was asked. */
let answer: RequestListener
let asked = 0
const requests = new EventEmitter()
const url = await serve({ after }, (request, response) => {
  asked += 1
  requests.emit('request')
  answer(request, response)
})
const holding =
  (secret: string): RequestListener =>
  (request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.1' })
      response.end(JSON.stringify({ Name: 'rds-db-credentials/app', SecretString: secret }))
    })
  }
const denied: RequestListener = (_, response) =>
  response.writeHead(400).end('{"__type":"AccessDeniedException","Message":"secret"}')
const setPassword = (to: string) => (onMysql ? `SET PASSWORD = '${to}'` : `SET PASSWORD = PASSWORD('${to}')`)
const credentials = (password: string) => JSON.stringify({ username: server.database.user, password, engine: 'mysql' })

Object.assign(process.env, {
  ...awsAt(url),
  DB_USER: '',
  DB_PASS: '',
  DB_SECRET_ID: 'rds-db-credentials/app',
})
// The functions' own number of attempts.
delete process.env.AWS_MAX_ATTEMPTS
const { handler, migrate } = await import('../index.ts')
const { databaseCredentials, database } = await import('../clients.ts')
after(() => database.close())

/** Status and body of `GET /rds`; no answer and no log line may hold what is secret. */
async function list(t: TestContext) {
  const lines = captureLog(t)
  const start = performance.now()
  const { statusCode, body } = await handler(proxyEvent({ resource: '/rds' }) as never, lambdaContext())
  assert.ok(performance.now() - start < 10_000, `took ${performance.now() - start} ms`)
  assert.equal(lines.length, 1)
  for (const secret of [server.database.password, 'rotated']) assert.ok(!JSON.stringify([body, lines]).includes(secret))
  return { status: statusCode, message: JSON.parse(body).message as string | undefined, lines }
}

describe('a secret that cannot be read is a 503 in time, and the next request asks again', () => {
  const troubles: [name: string, attempts: number, RequestListener][] = [
    ['silent', 2, () => {}],
    ['hanging up', 2, (request) => request.socket.destroy()],
    ['denied', 1, denied],
    ['no JSON', 1, holding('hunter2')],
    ['of another shape', 1, holding('{"user":"hunter2"}')],
    ['empty', 1, (_, response) => response.end('{}')],
  ]
  for (const [name, attempts, trouble] of troubles) {
    test(name, async (t) => {
      answer = trouble
      asked = 0
      const { status, message, lines } = await list(t)
      assert.deepEqual([status, message], [503, 'Could not connect to MySQL database'])
      // The second attempt on a silent one comes after the answer: were it not waited for, it would count as the next test's.
      while (asked < attempts) await once(requests, 'request')
      assert.equal(asked, attempts)
      assert.match(JSON.stringify(lines), /Cannot read DB_SECRET_ID from Secrets Manager/)
      assert.doesNotMatch(JSON.stringify(lines), /hunter2/)
    })
  }
})

test('where requests are served, the secret is read and the connection made ahead of the first', async (t) => {
  answer = holding(credentials(server.database.password))
  // By their ids, which only grow: sessions of earlier tests may end at any time.
  const sessions = async () => ((await other.query('SHOW PROCESSLIST'))[0] as { Id: number }[]).map(({ Id }) => Id)
  const last = Math.max(...(await sessions()))
  const later = async () => (await sessions()).filter((id) => id > last).length
  databaseCredentials(database, true)
  process.env._HANDLER = 'index.handler'
  t.after(() => Reflect.deleteProperty(process.env, '_HANDLER'))
  asked = 0
  databaseCredentials(database, true)
  while ((await later()) === 0);
  assert.equal(asked, 1)
  assert.equal(await later(), 1)
  database.close()
})

test('one that could not be read ahead is read again for the first request', async (t) => {
  process.env._HANDLER = 'index.handler'
  t.after(() => Reflect.deleteProperty(process.env, '_HANDLER'))
  asked = 0
  answer = (request, response) => {
    answer = holding(credentials(server.database.password))
    denied(request, response)
  }
  const read = middy()
    .use(databaseCredentials(database, true))
    .handler(async () => 'read')
  assert.equal(await read(proxyEvent() as never, lambdaContext()), 'read')
  assert.equal(asked, 2)
})

test('a secret is read once for many requests', async (t) => {
  captureLog(t)
  answer = holding(credentials(server.database.password))
  asked = 0
  await migrate({} as never, lambdaContext())
  for (const _ of [1, 2, 3]) assert.equal((await list(t)).status, 200)
  // Migrations have a reader of their own.
  assert.equal(asked, 2)
})

test('a secret is read again where the database refuses it: no request fails for a rotation', async (t) => {
  assert.equal((await list(t)).status, 200)
  await other.query(setPassword('rotated'))
  answer = holding(credentials('rotated'))
  database.close()
  asked = 0
  for (const _ of [1, 2, 3]) assert.equal((await list(t)).status, 200)
  assert.equal(asked, 1)
})

test('a secret that stays wrong costs one look-up a request', async (t) => {
  await other.query(setPassword('again'))
  database.close()
  asked = 0
  for (const _ of [1, 2, 3]) assert.equal((await list(t)).status, 503)
  assert.equal(asked, 3)
  answer = holding(credentials('again'))
  assert.equal((await list(t)).status, 200)
})
