import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { createConnection } from 'mysql2/promise'
import { readEnvironment } from '../../functions/http/read-environment.ts'
import { Database } from '../../functions/mysql/database.ts'
import { mysqlEnvironment } from '../../functions/mysql/environment.ts'
import { findServer } from '../../tools/local/database/find.ts'
import { type Account, identity, launchServer } from '../../tools/local/database/server.ts'
import { ended } from '../../tools/process/process.ts'
import { startMysql } from './mysql.ts'
import { startProxy } from './proxy.ts'

/** One who may do everything on a server of the tests. */
const ADMIN = { host: '127.0.0.1', user: 'test', password: 'test' }
const ADMIN_SQL = `CREATE USER IF NOT EXISTS 'test'@'127.0.0.1' IDENTIFIED BY 'test';
GRANT ALL ON *.* TO 'test'@'127.0.0.1' WITH GRANT OPTION;
`
export const connectAsAdmin = (port: number, database = '') => createConnection({ ...ADMIN, port, database })

/** A MariaDB server that is not started again by itself. */
export async function databaseServer(directory: string, accounts: readonly Account[] = []) {
  const known = await identity(directory)
  const binary = (await findServer()) ?? 'mariadbd'
  let child: ChildProcess | undefined
  return {
    ...known,
    async start() {
      child = await launchServer(binary, directory, known, accounts, ADMIN_SQL)
    },
    async stop(signal: NodeJS.Signals = 'SIGTERM') {
      child?.kill(signal)
      await ended(child)
    },
  }
}

/** A running MariaDB server in a temporary directory. */
export async function startTestServer() {
  const { path: directory, remove } = await mkdtempDisposable(join(tmpdir(), 'database-'))
  const server = await databaseServer(directory)
  await server.start()
  return { port: server.port, directory, server, stop: () => server.stop().finally(remove) }
}

/** An empty database on the server at `port`, and a user with all rights on it and on nothing else. @param sql statements to run first. */
export async function createDatabase(port: number, sql: readonly string[] = []) {
  const name = `test_${randomBytes(8).toString('hex')}`
  const password = randomBytes(18).toString('base64url')
  const admin = await connectAsAdmin(port)
  for (const statement of sql) await admin.query(statement)
  await admin.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`)
  await admin.query(`CREATE USER ${name} IDENTIFIED BY '${password}'`)
  await admin.query(`GRANT ALL ON ${name}.* TO ${name}`)
  await admin.end()
  return { host: '127.0.0.1', port, user: name, password, name }
}

/** Whether this run of the tests is the one on MySQL: `test/run.ts` sets the ports of its servers. */
export const onMysql = process.env.TEST_MYSQL !== undefined

export interface DatabaseOptions {
  /** `SET GLOBAL` statements, for which the file gets a server of its own. */
  readonly globals?: readonly string[]
  /** Whether the functions' connections go through the proxy. */
  readonly proxied?: boolean
  /** Applied before the tests. */
  readonly migrations?: readonly { readonly sql: string }[]
}

/** Described in support.ts. */
export async function openDatabase({ globals = [], proxied = false, migrations = [] }: DatabaseOptions = {}) {
  const shared = globals.length > 0 ? undefined : (process.env.TEST_MYSQL ?? process.env.TEST_MARIADB)
  const own = shared || onMysql ? undefined : await startTestServer()
  const port = Number(shared ?? own?.port ?? (await startMysql()))
  const account = await createDatabase(port, globals)
  const { host, user, password, name } = account
  const proxy = await startProxy(port)
  const DB_PORT = String(proxied ? proxy.port : port)
  const variables = { DB_HOST: host, DB_PORT, DB_USER: user, DB_PASS: password, DB_NAME: name }
  Object.assign(process.env, variables)
  const connect = () => createConnection({ host, port, user, password, database: name })
  /** Another session, of somebody else. */
  const other = await connect()
  const opened: Database[] = []
  after(async () => {
    for (const database of opened) database.close()
    // A session that is left keeps this process from ending.
    for (const { Id } of await rows<{ Id: number }>('SHOW PROCESSLIST'))
      if (Id !== other.threadId) await other.query('KILL ?', [Id]).catch(() => undefined)
    other.destroy()
    await proxy.stop()
    await own?.stop()
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
  return { account, connect, proxy, other, environment, rows }
}
