import type { ChildProcess } from 'node:child_process'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { type Connection, createConnection } from 'mysql2/promise'
import { readEnvironment } from '../../functions/http/read-environment.ts'
import { Database } from '../../functions/mysql/database.ts'
import { mysqlEnvironment } from '../../functions/mysql/environment.ts'
import { findServer } from '../../tools/local/database/find.ts'
import { type Account, identity, launchServer } from '../../tools/local/database/server.ts'
import { ended } from '../../tools/process/process.ts'
import { type AccountOnServer, createDatabase, startMysql } from './mysql.ts'
import { TcpProxy } from './proxy.ts'

/** A database that a test file has to itself. */
export interface TestDatabase {
  readonly database: AccountOnServer
  /** A connection of the same user, beside those of the functions. */
  connect(): Promise<Connection>
  stop(): Promise<void>
}

/** A MariaDB server in a temporary directory. */
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

/** A server that is not started again by itself. */
export async function databaseServer(directory: string, accounts: readonly Account[], sql?: string) {
  const known = await identity(directory)
  const binary = (await findServer()) ?? 'mariadbd'
  let child: ChildProcess | undefined
  return {
    ...known,
    pid: () => child?.pid,
    async start() {
      child = await launchServer(binary, directory, known, accounts, sql)
    },
    async stop(signal: NodeJS.Signals = 'SIGTERM') {
      child?.kill(signal)
      await ended(child)
    },
  }
}

export async function startTestServer(globals: readonly string[] = []) {
  const { path: directory, remove } = await mkdtempDisposable(join(tmpdir(), 'database-'))
  const account = { name: 'test', user: 'test' }
  const sql = globals.map((statement) => `${statement};\n`).join('')
  const server = await databaseServer(directory, [account], sql)
  await server.start().catch(async (error) => {
    await remove()
    throw error
  })
  const database = { host: '127.0.0.1', ...server, ...account }
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

export interface DatabaseOptions {
  /** `SET GLOBAL` statements, for which MySQL gets a server of its own. */
  readonly globals?: readonly string[]
  /** Whether the functions' connections go through the proxy. */
  readonly proxied?: boolean
  /** Applied before the tests. */
  readonly migrations?: readonly { readonly sql: string }[]
}

/** Described in support.ts. */
export async function openDatabase({ globals = [], ...options }: DatabaseOptions = {}) {
  return useDatabase(await startTestDatabase(globals), options)
}

/** Connects functions that are imported from now on to a database, which stops when the tests of the file are over. */
export async function useDatabase<TServer extends TestDatabase>(
  server: TServer,
  { proxied = false, migrations = [] }: Omit<DatabaseOptions, 'globals'> = {},
) {
  const { host, user, password, name } = server.database
  const proxy = await new TcpProxy(server.database.port).start()
  const port = proxied ? proxy.port : server.database.port
  const variables = { DB_HOST: host, DB_PORT: String(port), DB_USER: user, DB_PASS: password, DB_NAME: name }
  Object.assign(process.env, variables)
  /** Another session, of somebody else. */
  const other = await server.connect()
  const opened: Database[] = []
  after(async () => {
    for (const database of opened) database.close()
    other.destroy()
    await proxy.stop()
    await server.stop()
  })
  /** A database as one execution environment has it. */
  const environment = (more: Record<string, string> = {}, budget?: number): Database => {
    const database = new Database(readEnvironment(mysqlEnvironment({}), { ...variables, ...more }), budget)
    opened.push(database)
    return database
  }
  for (const { sql } of migrations) await other.query(sql)
  const rows = async <TRow = Record<string, unknown>>(sql: string, values?: unknown[]) =>
    (await other.query(sql, values))[0] as TRow[]
  return { server, proxy, other, environment, rows }
}
