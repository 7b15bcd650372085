import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { after, test } from 'node:test'
import middy from '@middy/core'
import { onMysql } from '../../test/helpers/database.ts'
import { endsAsUnavailable } from '../../test/helpers/unavailable.ts'
import { awsAt, lambdaContext, openDatabase, proxyEvent, serve } from '../../test/support.ts'
import { readEnvironment } from '../http/read-environment.ts'
import { describe } from '../http/request-log.ts'
import { databaseCredentials } from './credentials.ts'
import { Database } from './database.ts'
import { mysqlEnvironment } from './environment.ts'

const { account, other, sessions, waitForSession } = await openDatabase()

/** Secrets Manager's next answer, and the number of its requests. */
let answer: RequestListener
let asked = 0
const url = await serve({ after }, (request, response) => {
  asked += 1
  answer(request, response)
})
Object.assign(process.env, awsAt(url), { DB_USER: '', DB_PASS: '', DB_SECRET_ID: 'rds-db-credentials/app' })
// Uses the functions' own retry limit.
delete process.env.AWS_MAX_ATTEMPTS
const environment = readEnvironment(mysqlEnvironment({}))

const holding =
  (SecretString: string): RequestListener =>
  (_, response) =>
    response.end(JSON.stringify({ SecretString }))
const credentials = (password = account.password) =>
  holding(JSON.stringify({ username: account.user, password, engine: 'mysql' }))
const setPassword = (to: string) => other.query(onMysql ? `SET PASSWORD = '${to}'` : `SET PASSWORD = PASSWORD('${to}')`)

/** Starts an execution environment. */
function start() {
  const database = new Database(environment)
  after(() => database.close())
  asked = 0
  const handler = middy()
    .use(databaseCredentials(environment, database))
    .handler(async () => (await database.read<{ id: number }>('SELECT CONNECTION_ID() AS id'))[0]?.id)
  return { database, ask: () => handler(proxyEvent(), lambdaContext()) }
}
const unavailable = endsAsUnavailable('Could not connect to MySQL database')

const troubles: Record<string, RequestListener> = {
  'does not answer': () => {},
  'hangs up': (request) => request.socket.destroy(),
  'holds no JSON': holding('hunter2'),
  'holds another shape': holding('{"user":"hunter2"}'),
  'holds nothing': (_, response) => response.end('{}'),
}
for (const [trouble, listener] of Object.entries(troubles)) {
  test(`Secrets Manager ${trouble}: the database is unavailable, the log has no secret, and the next request retries`, async () => {
    answer = listener
    const { ask } = start()
    const asking = ask()
    await unavailable(asking)
    const logged = JSON.stringify(describe(await asking.catch((error) => error), true))
    assert.match(logged, /Cannot read DB_SECRET_ID from Secrets Manager/)
    assert.doesNotMatch(logged, /hunter2/)
    answer = credentials()
    await ask()
  })
}

test('reads the secret and connects before the first request', async () => {
  answer = credentials()
  // Compares ids, which only grow, because sessions of earlier tests may end at any time.
  const last = Math.max(0, ...(await sessions()).map(({ Id }) => Id))
  const { ask } = start()
  const ahead = await waitForSession(({ Id }) => Id > last)
  assert.equal(await ask(), ahead)
  assert.equal(asked, 1)
})

test('reads a secret once, in the first request after an early failure, and again where the database refuses it: no request fails at a rotation', async () => {
  answer = (_, response) => {
    answer = credentials()
    response.writeHead(400).end('{"__type":"AccessDeniedException"}')
  }
  const { database, ask } = start()
  for (const _ of [1, 2, 3]) await ask()
  assert.equal(asked, 2)
  await setPassword('rotated')
  answer = credentials('rotated')
  database.close()
  for (const _ of [1, 2, 3]) await ask()
  assert.equal(asked, 3)
  // A secret that stays wrong costs one look-up per request.
  await setPassword('again')
  database.close()
  for (const _ of [1, 2, 3]) await unavailable(ask())
  assert.equal(asked, 6)
  answer = credentials('again')
  await ask()
})
