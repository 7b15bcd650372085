import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { CLIENTS, Trial } from './helpers/faults.ts'
import { NameServer } from './helpers/name-server.ts'
import { noMounts } from './helpers/node-with-name-server.ts'

test('while 16 clients read and write the name server is silent: no acknowledged write is lost and none is done twice', {
  skip: noMounts,
}, async (t) => {
  const names = await new NameServer().start()
  t.after(() => names.stop())
  const trial = await Trial.start({ nameServer: names.address })
  t.after(() => trial.service.stop())
  await trial.begin()
  names.silent = true
  names.asked = 0
  const now = Date.now()
  await trial.killSessions()
  await trial.clients.get(503, CLIENTS)
  // Then all that a process may ask at a time was asked twice, in vain; by itself libc would wait for that until after ten seconds.
  while (Date.now() - now < 7000) await setImmediate()
  assert.ok(names.asked > 0)
  names.silent = false
  await trial.recovered()
  await trial.end()
})
