import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { after, describe, test } from 'node:test'
import * as v from 'valibot'
import { onMysql } from '../../test/helpers/database.ts'
import { awsAt, invoke, openDatabase, serve } from '../../test/support.ts'
import { defineApi, json } from '../http/api-definition.ts'
import { httpStack } from '../http/http-stack.ts'
import { readEnvironment } from '../http/read-environment.ts'
import { answers } from '../http/routing.ts'
import { databaseCredentials } from './credentials.ts'
import { Database } from './database.ts'
import { mysqlEnvironment } from './environment.ts'

const { account, other, rows } = await openDatabase()

/** What Secrets Manager answers now, and how often it was asked. */
let answer: RequestListener
let asked = 0
const url = await serve({ after }, (request, response) => {
  asked += 1
  answer(request, response)
})
Object.assign(process.env, awsAt(url), { DB_USER: '', DB_PASS: '', DB_SECRET_ID: 'rds-db-credentials/app' })
// The functions' own number of attempts.
delete process.env.AWS_MAX_ATTEMPTS

const holding =
  (secret: string): RequestListener =>
  (request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.1' })
      response.end(JSON.stringify({ Name: 'rds-db-credentials/app', SecretString: secret }))
    })
  }
const credentials = (password = account.password) =>
  holding(JSON.stringify({ username: account.user, password, engine: 'mysql' }))
const denied: RequestListener = (_, response) =>
  response.writeHead(400).end('{"__type":"AccessDeniedException","Message":"secret"}')
const setPassword = (to: string) => other.query(onMysql ? `SET PASSWORD = '${to}'` : `SET PASSWORD = PASSWORD('${to}')`)

const api = defineApi({
  ...{ title: 'Sessions', description: '' },
  routes: { 'GET /session': { operationId: 'get', summary: 'Get', answers: { 200: v.object({ id: v.number() }) } } },
})

/** Starts an execution environment. */
function start() {
  const environment = readEnvironment(mysqlEnvironment({}))
  const database = new Database(environment)
  after(() => database.close())
  asked = 0
  const handler = httpStack(api, environment)
    .use(databaseCredentials(environment, database))
    .handler(
      answers(api, {
        'GET /session': async () => {
          const [session] = await database.read<{ id: number }>('SELECT CONNECTION_ID() AS id')
          return json(200, { id: session?.id ?? 0 })
        },
      }),
    )
  return {
    database,
    /** One request; no answer and no log line may hold what is secret. */
    async ask() {
      const begun = performance.now()
      const { status, body, lines } = await invoke(handler, { resource: '/session' })
      assert.ok(performance.now() - begun < 10_000, `took ${performance.now() - begun} ms`)
      assert.equal(lines.length, 1)
      assert.ok(
        ![account.password, 'rotated', 'hunter2'].some((secret) => JSON.stringify([body, lines]).includes(secret)),
      )
      return { status, body, log: JSON.stringify(lines) }
    },
  }
}
async function statuses(count: number, { ask }: ReturnType<typeof start>) {
  const all: number[] = []
  while (all.length < count) all.push((await ask()).status)
  return all
}

describe('a secret that cannot be read is a 503 in time, and the next request asks again', () => {
  const troubles: Record<string, RequestListener> = {
    silent: () => {},
    'hanging up': (request) => request.socket.destroy(),
    denied,
    'no JSON': holding('hunter2'),
    'of another shape': holding('{"user":"hunter2"}'),
    empty: (_, response) => response.end('{}'),
  }
  for (const [name, trouble] of Object.entries(troubles)) {
    test(name, async () => {
      answer = trouble
      const { ask } = start()
      const { status, body, log } = await ask()
      assert.deepEqual([status, body.message], [503, 'Could not connect to MySQL database'])
      assert.match(log, /Cannot read DB_SECRET_ID from Secrets Manager/)
      answer = credentials()
      assert.equal((await ask()).status, 200)
    })
  }
})

test('the secret is read and the connection made ahead of the first request, which finds both', async () => {
  answer = credentials()
  const sessions = async () => (await rows<{ Id: number }>('SHOW PROCESSLIST')).map(({ Id }) => Id)
  // By their ids, which only grow: sessions of earlier tests may end at any time.
  const last = Math.max(...(await sessions()))
  const { ask } = start()
  let ahead: number | undefined
  while (ahead === undefined) ahead = (await sessions()).find((id) => id > last)
  assert.equal((await ask()).body.id, ahead)
  assert.equal(asked, 1)
})

test('a secret is read once, for the first request where it was in vain ahead, and again where the database refuses it: none fails for a rotation', async () => {
  answer = (request, response) => {
    answer = credentials()
    denied(request, response)
  }
  const environment = start()
  assert.deepEqual(await statuses(3, environment), [200, 200, 200])
  assert.equal(asked, 2)
  await setPassword('rotated')
  answer = credentials('rotated')
  environment.database.close()
  assert.deepEqual(await statuses(3, environment), [200, 200, 200])
  assert.equal(asked, 3)
  // One that stays wrong costs a look-up a request.
  await setPassword('again')
  environment.database.close()
  assert.deepEqual(await statuses(3, environment), [503, 503, 503])
  assert.equal(asked, 6)
  answer = credentials('again')
  assert.deepEqual(await statuses(1, environment), [200])
})
