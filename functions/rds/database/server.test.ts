import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from '../../../test/helpers/database.ts'
import { useDatabase } from '../../../test/users-and-files/helpers/rds.ts'
import { UnavailableError } from '../../http/caller-errors.ts'
import { readEnvironment } from '../../http/read-environment.ts'
import { rdsEnvironmentSchema } from '../environment.ts'
import { Database } from './database.ts'

let server: TestServer
const opened: Database[] = []
/** A database as one execution environment has it. */
const environment = (variables: Record<string, string> = {}): Database => {
  const database = new Database(readEnvironment(rdsEnvironmentSchema, { ...process.env, ...variables }))
  opened.push(database)
  return database
}
before(async () => {
  server = await startTestServer()
  useDatabase(server.database)
})
after(async () => {
  for (const database of opened) database.close()
  await server.stop()
})

const read = (database: Database) => database.read('SELECT 1')
async function unavailable(call: Promise<unknown>): Promise<void> {
  const start = performance.now()
  await assert.rejects(call, UnavailableError)
  assert.ok(performance.now() - start < 10_000, `took ${performance.now() - start} ms`)
}

test('a socket is spoken to', async () => {
  const DB_HOST = join(server.directory, 'mariadb', 'server.sock')
  await assert.rejects(read(environment({ DB_HOST })), /Access denied for user .*@'localhost'/)
})

test('a server that hangs, stops and comes back', async () => {
  const [idle, busy] = [environment(), environment()]
  await read(idle)
  const used = performance.now()
  while (performance.now() - used < 600) await read(busy)
  const pid = server.server.pid as number
  process.kill(pid, 'SIGSTOP')
  try {
    // It stops some time after it was told.
    while (!execFileSync('ps', ['-o', 'state=', '-p', String(pid)]).includes('T'));
    await Promise.all([unavailable(read(idle)), unavailable(read(busy))])
  } finally {
    process.kill(pid, 'SIGCONT')
  }
  await server.server.stop()
  await Promise.all([unavailable(read(idle)), unavailable(read(busy))])
  await server.server.start()
  await Promise.all([read(idle), read(busy)])
})
