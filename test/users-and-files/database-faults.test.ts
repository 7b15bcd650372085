import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import type { Connection } from 'mysql2/promise'
import { Clients, PATIENCE } from './helpers/clients.ts'
import { call, environments, startTestService, type TestService } from './helpers/service.ts'

/** As many environments as clients, as in Lambda, where none waits for another's. */
const CLIENTS = 16

let service: TestService
let clients: Clients
/** Of one who may do everything on the database. */
let admin: Connection

before(async () => {
  service = await startTestService(CLIENTS)
  clients = new Clients(service.base)
  // 16 processes that start on a small machine are a fault of their own: it ends before the others begin.
  clients.patience = 30_000
  clients.start(CLIENTS)
  // A fast machine never needs as many.
  for (let round = 0; round < 20 && environments().length < CLIENTS / 2; round++) await clients.get(200, CLIENTS)
  await clients.stop()
  clients.patience = PATIENCE
})
after(() => service.stop())

beforeEach(async () => {
  admin = await service.admin()
  clients.start(CLIENTS)
  await clients.get(200, CLIENTS)
})

/** The very next request is served, and so are those that are sent from now on; all that clients were told holds. */
afterEach(async () => {
  const now = Date.now()
  const probe = await call(`${service.base}/rds`, { method: 'POST', json: { name: `probe ${now}`, age: 1 } })
  assert.equal(probe.status, 200, JSON.stringify(probe.body))
  await clients.get(200, 2 * CLIENTS)
  await clients.stop()
  clients.tolerated = []
  // On a machine that is busy with other tests some of 16 processes may get no CPU for as long as a connection has time.
  const { 200: served = 0, 503: late = 0, ...others } = clients.since(now)
  assert.deepEqual(others, {})
  assert.ok(late <= CLIENTS / 2, `${late} answers with 503 beside ${served} with 200`)
  await clients.check()
  await admin.end().catch(() => undefined)
  // What is no log line is what a process says that dies.
  assert.deepEqual(
    service.log.splice(0).filter((line) => !line.startsWith('{')),
    [],
  )
})

/** Ids of the functions' sessions. */
async function sessions(): Promise<number[]> {
  const [rows] = await admin.query('SELECT id FROM information_schema.processlist WHERE user = ?', [service.user])
  return (rows as { id: number }[]).map(({ id }) => id)
}

/** Ends all of the functions' sessions, and waits until they have ended; one that is gone already cannot be ended. */
async function killSessions(): Promise<void> {
  const killed = await sessions()
  for (const id of killed) await admin.query(`KILL ${id}`).catch(() => undefined)
  while ((await sessions()).some((id) => killed.includes(id)));
}

describe('while 16 clients read and write, no acknowledged write is lost and none is done twice', () => {
  test('the server is killed and started again', async () => {
    for (const _ of [1, 2]) {
      await service.database.stop('SIGKILL')
      await clients.get(503, CLIENTS)
      await service.database.start()
      await clients.get(200, CLIENTS)
    }
  })

  test('its connections are killed, one by one', async () => {
    for (const _ of [1, 2, 3]) await killSessions()
    // A KILL is acknowledged before its session has ended, and an INSERT on its way then is a 503: it may have been done.
    await clients.get(200, CLIENTS)
  })

  test('it has no connection left', async () => {
    const others = await Promise.all(Array.from({ length: 10 }, () => service.admin()))
    await admin.query('SET GLOBAL max_connections = 10')
    await killSessions()
    await clients.get(503, CLIENTS)
    await Promise.all(others.map((other) => other.end()))
    await admin.query('SET GLOBAL max_connections = 200')
  })

  test('it turns read-only', async () => {
    await admin.query('SET GLOBAL read_only = 1')
    await clients.get(503, CLIENTS)
    await clients.get(200, CLIENTS)
    await admin.query('SET GLOBAL read_only = 0')
  })

  test('nothing that is sent to it, or that it sends, arrives', async () => {
    service.proxy.intercept = () => 'drop'
    await clients.get(503, CLIENTS)
    service.proxy.intercept = () => undefined
  })

  test('environments are killed', async () => {
    // Nobody is left to answer their callers but the gateway; and the writes that they were at are done once, by the key.
    clients.tolerated = [502]
    const killed = environments().slice(0, 8)
    const now = Date.now()
    for (const pid of killed) process.kill(pid, 'SIGKILL')
    await clients.get(200, 2 * CLIENTS)
    assert.ok((clients.since(now - 5000)[502] ?? 0) <= killed.length)
  })
})
