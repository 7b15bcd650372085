import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { CLIENTS, environments, Trial } from './helpers/faults.ts'
import { NameServer, type Outcome } from './helpers/name-server.ts'
import { noMounts } from './helpers/surroundings.ts'

let trial: Trial
const names = new NameServer()

describe('while 16 clients read and write, no acknowledged write is lost and none is done twice', {
  skip: noMounts,
}, () => {
  before(async () => {
    await names.start()
    trial = await Trial.start({ nameServer: names.address })
  })
  beforeEach(() => trial.begin())
  afterEach(() => trial.end())
  after(async () => {
    await trial.service.stop()
    names.stop()
  })

  for (const outcome of ['fails (SERVFAIL)', 'is silent'] satisfies Outcome[]) {
    test(`the name server ${outcome}`, async () => {
      names.outcome = outcome
      names.asked = 0
      const now = Date.now()
      await trial.killSessions()
      await trial.clients.get(503, CLIENTS)
      // Then all that a process may ask at a time was asked twice, in vain; by itself libc would wait for that until after ten seconds.
      while (outcome === 'is silent' && Date.now() - now < 7000) await setImmediate()
      assert.ok(names.asked > 0)
      names.outcome = 'answers'
      await trial.recovered()
    })
  }

  test('/tmp is full', async () => {
    const { surroundings, database } = trial.service
    const now = Date.now()
    surroundings?.fill(environments())
    await trial.clients.get(200, 2 * CLIENTS)
    assert.deepEqual(Object.keys(trial.clients.since(now)), ['200'])
    // And so for those that start anew, and for what they do when something is wrong.
    await trial.clients.stop()
    const killed = environments().slice(0, 4)
    for (const pid of killed) process.kill(pid, 'SIGKILL')
    while (killed.some((pid) => existsSync(`/proc/${pid}`))) await setImmediate()
    trial.clients.start(CLIENTS)
    await trial.clients.get(200, 2 * CLIENTS)
    await database.kill()
    await trial.clients.get(503, CLIENTS)
    await database.start()
    await trial.recovered()
    surroundings?.empty(environments())
  })
})
