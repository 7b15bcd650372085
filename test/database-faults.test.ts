import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import type { Connection } from 'mysql2/promise'
import { commandOf } from '../local/process.ts'
import { Clients } from './helpers/clients.ts'
import { childrenOf } from './helpers/dev.ts'
import { call, startTestService, type TestService } from './helpers/service.ts'

/** As many environments as clients, as in Lambda, where none waits for another's. */
const CLIENTS = 32
/** Milliseconds that a function takes for its answer, whatever is broken. */
const PATIENCE = 5000

let service: TestService
let clients: Clients
let admin: Connection

before(async () => {
  service = await startTestService({ maxEnvironments: CLIENTS })
  clients = new Clients(service.base)
  // 32 processes that start on a small machine are a fault of their own: it ends before the others begin.
  clients.start(CLIENTS)
  // A fast machine never needs as many.
  for (let round = 0; round < 20 && environments().length < CLIENTS / 2; round++) await clients.get(200, CLIENTS)
  await clients.stop()
  service.log.splice(0)
})
beforeEach(async () => {
  admin = await service.admin()
  clients.start(CLIENTS)
  await clients.get(200, CLIENTS)
})
afterEach(async () => {
  await clients.stop()
  await clients.check()
  const lines = service.log.splice(0)
  const slow = lines.filter((line) => !line.startsWith('{') || JSON.parse(line).duration > PATIENCE)
  assert.deepEqual(slow, [])
  await admin.end().catch(() => undefined)
})
after(() => service.stop())

/** The very next request is served, and so are all the others that are sent from now on. */
async function assertRecovered(): Promise<void> {
  const now = Date.now()
  const name = `probe ${now}`
  const probe = await call(`${service.base}/rds`, { method: 'POST', json: { name, age: 1 } })
  assert.equal(probe.status, 200, JSON.stringify(probe.body))
  await clients.get(200, 2 * CLIENTS)
  await clients.stop()
  assert.deepEqual(Object.keys(clients.since(now)), ['200'], JSON.stringify(clients.since(now)))
}

const query = async <TRow>(sql: string, connection = admin) => (await connection.query(sql))[0] as TRow[]
/** Ids of the functions' sessions. */
const sessions = async () => {
  const rows = await query<{ id: number; user: string }>('SELECT id, user FROM information_schema.processlist')
  return rows.filter(({ user }) => user === service.database.identity.user).map(({ id }) => id)
}
/** A session that is gone already cannot be ended. */
const kill = (id: number) => admin.query(`KILL ${id}`).catch(() => undefined)
const environments = () => childrenOf(process.pid).filter((pid) => commandOf(pid)?.includes('runtime.mjs'))

describe('while 32 clients read and write, no acknowledged write is lost and none is done twice', () => {
  test('the server is killed and started again', async () => {
    for (const _ of [1, 2]) {
      await service.database.kill()
      await clients.get(503, CLIENTS)
      await service.database.start()
      await clients.get(200, CLIENTS)
    }
    await assertRecovered()
  })

  test('its connections are killed, one by one', async () => {
    for (const _ of [1, 2, 3]) for (const id of await sessions()) await kill(id)
    await assertRecovered()
  })

  test('it has no connection left', async () => {
    await query('SET GLOBAL max_connections = 10')
    const others: Connection[] = []
    for (let full = false; !full; ) {
      for (const id of await sessions()) await kill(id)
      const other = await service.admin().catch(() => undefined)
      if (other) others.push(other)
      else full = true
    }
    for (const id of await sessions()) await kill(id)
    await clients.get(503, CLIENTS)
    await Promise.all(others.map((other) => other.end()))
    await query('SET GLOBAL max_connections = 200')
    await assertRecovered()
  })

  test('a table is locked for 10 seconds', async () => {
    await query('LOCK TABLES users WRITE')
    const locked = Date.now()
    while (Date.now() - locked < 10_000) await clients.get(503, 1)
    await query('UNLOCK TABLES')
    await assertRecovered()
  })

  test('it turns read-only', async () => {
    await query('SET GLOBAL read_only = 1')
    await clients.get(503, CLIENTS)
    await clients.get(200, CLIENTS)
    await query('SET GLOBAL read_only = 0')
    await assertRecovered()
  })

  test('its packets are dropped, without a word', async () => {
    service.proxies.database.drop()
    await clients.get(503, CLIENTS)
    service.proxies.database.pass()
    await assertRecovered()
  })

  test('the environments are frozen until it has let go of their sessions', async () => {
    await query('SET GLOBAL wait_timeout = 1')
    for (const id of await sessions()) await kill(id)
    await clients.get(200, 2 * CLIENTS)
    await clients.stop()
    const frozen = environments()
    for (const pid of frozen) process.kill(pid, 'SIGSTOP')
    while ((await sessions()).length > 0);
    await query('SET GLOBAL wait_timeout = 28800')
    for (const pid of frozen) process.kill(pid, 'SIGCONT')
    assert.ok(frozen.length > 0)
    clients.start(CLIENTS)
    await assertRecovered()
  })

  test('environments are killed', async () => {
    // Nobody is left to answer their callers but the gateway; and the writes that they were at are done once, by the key.
    clients.tolerated = [502]
    const killed = environments().slice(0, 8)
    for (const pid of killed) process.kill(pid, 'SIGKILL')
    const now = Date.now()
    await clients.get(200, 2 * CLIENTS)
    await assertRecovered()
    assert.ok((clients.since(now - 5000)[502] ?? 0) <= killed.length)
    clients.tolerated = []
  })
})
