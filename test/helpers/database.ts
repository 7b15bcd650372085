import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Connection, createConnection } from 'mysql2/promise'
import { findServer } from '../../tools/local/database/find.ts'
import { DatabaseServer, identity } from '../../tools/local/database/server.ts'
import { type AccountOnServer, createDatabase, startMysql } from './mysql.ts'

/** A database that a test file has to itself. */
export interface TestDatabase {
  readonly database: AccountOnServer
  /** A connection of the same user, beside those of the functions. */
  connect(): Promise<Connection>
  stop(): Promise<void>
}

/** A MariaDB server in a temporary directory, which is not started again by itself. */
export type TestServer = Awaited<ReturnType<typeof startTestServer>>

/** Whether this run of the tests is the one on MySQL: `test/run.ts` sets the port of its server. */
export const onMysql = process.env.TEST_MYSQL !== undefined

/**
 * A database on the server that this run of the tests is about.
 * @param globals `SET GLOBAL` statements, for which MySQL gets a server of its own.
 */
export async function startTestDatabase(globals: readonly string[] = []): Promise<TestDatabase> {
  if (!onMysql) return startTestServer(globals)
  const port = globals.length > 0 ? await startMysql() : process.env.TEST_MYSQL
  const database = await createDatabase(Number(port), globals)
  return { database, connect: () => connect(database), stop: () => database.stop() }
}

export async function startTestServer(globals: readonly string[] = []) {
  const { path: directory, remove } = await mkdtempDisposable(join(tmpdir(), 'database-'))
  const known = await identity(directory)
  const account = { name: 'test', user: 'test' }
  const sql = globals.map((statement) => `${statement};\n`).join('')
  const server = new DatabaseServer((await findServer()) ?? 'mariadbd', directory, known, [account], sql)
  await server.start().catch(async (error) => {
    await remove()
    throw error
  })
  const database = { host: '127.0.0.1', ...known, ...account, stop: () => server.stop() }
  return {
    database,
    server,
    directory,
    connect: () => connect(database),
    async stop() {
      await server.stop()
      await remove()
    },
  }
}

const connect = ({ host, port, user, password, name }: AccountOnServer) =>
  createConnection({ host, port, user, password, database: name })
