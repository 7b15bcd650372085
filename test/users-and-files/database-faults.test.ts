import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import type { Connection } from 'mysql2/promise'
import { CLIENTS, environments, Trial } from './helpers/faults.ts'
import { dropPackets, noFirewall } from './helpers/packets.ts'

let trial: Trial
before(async () => {
  trial = await Trial.start()
})
beforeEach(() => trial.begin())
afterEach(() => trial.end())
after(() => trial.service.stop())

describe('while 16 clients read and write, no acknowledged write is lost and none is done twice', () => {
  test('the server is killed and started again', async () => {
    const { service, clients } = trial
    for (const _ of [1, 2]) {
      await service.database.stop('SIGKILL')
      await clients.get(503, CLIENTS)
      await service.database.start()
      await clients.get(200, CLIENTS)
    }
    await trial.recovered()
  })

  test('its connections are killed, one by one', async () => {
    for (const _ of [1, 2, 3]) await trial.killSessions()
    // A KILL is acknowledged before its session has ended, and an INSERT on its way then is a 503: it may have been done.
    await trial.clients.get(200, CLIENTS)
    await trial.recovered()
  })

  test('it has no connection left', async () => {
    const { service, clients } = trial
    await trial.query('SET GLOBAL max_connections = 10')
    const others: Connection[] = []
    for (let full = false; !full; ) {
      await trial.killSessions()
      const other = await service.admin().catch(() => undefined)
      if (other) others.push(other)
      else full = true
    }
    await trial.killSessions()
    await clients.get(503, CLIENTS)
    await Promise.all(others.map((other) => other.end()))
    await trial.query('SET GLOBAL max_connections = 200')
    await trial.recovered()
  })

  test('it turns read-only', async () => {
    await trial.query('SET GLOBAL read_only = 1')
    await trial.clients.get(503, CLIENTS)
    await trial.clients.get(200, CLIENTS)
    await trial.query('SET GLOBAL read_only = 0')
    await trial.recovered()
  })

  test('it takes what is sent, and says nothing', async () => {
    trial.service.proxies.database.drop()
    await trial.clients.get(503, CLIENTS)
    trial.service.proxies.database.pass()
    await trial.recovered()
  })

  test('packets to and from it are dropped', { skip: noFirewall }, async () => {
    const pass = dropPackets(trial.service.proxies.database.port)
    try {
      await trial.clients.get(503, CLIENTS)
    } finally {
      pass()
    }
    await trial.recovered()
  })

  test('its answers are lost, those to COMMIT above all', async () => {
    const { database } = trial.service.proxies
    const committing = new WeakSet<object>()
    let answers = 0
    let lost = 0
    database.intercept = (bytes, from, connection) => {
      if (from === 'client') {
        if (bytes.includes('COMMIT')) committing.add(connection)
        return undefined
      }
      answers += 1
      const commit = committing.delete(connection)
      if (commit) lost += answers % 2
      return (commit && answers % 2 === 1) || answers % 50 === 0 ? 'reset' : undefined
    }
    await trial.clients.get(200, 20 * CLIENTS)
    database.intercept = () => undefined
    assert.ok(lost > CLIENTS, `${lost} answers to COMMIT were lost`)
    await trial.recovered()
  })

  test('environments are killed', async () => {
    const { clients } = trial
    // Nobody is left to answer their callers but the gateway; and the writes that they were at are done once, by the key.
    clients.tolerated = [502]
    const killed = environments().slice(0, 8)
    for (const pid of killed) process.kill(pid, 'SIGKILL')
    const now = Date.now()
    await clients.get(200, 2 * CLIENTS)
    await trial.recovered()
    assert.ok((clients.since(now - 5000)[502] ?? 0) <= killed.length)
    clients.tolerated = []
  })
})
