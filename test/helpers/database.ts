import { after } from 'node:test'
import { createConnection } from 'mysql2/promise'
import { readEnvironment } from '../../functions/http/read-environment.ts'
import { Database } from '../../functions/mysql/database.ts'
import { mysqlEnvironment } from '../../functions/mysql/environment.ts'
import { createDatabase, startMysql, startTestServer } from './database-servers.ts'
import { startProxy } from './proxy.ts'

/** Whether the tests run on MySQL: `test/run.ts` sets the ports of its servers. */
export const onMysql = process.env.TEST_MYSQL !== undefined

export interface DatabaseOptions {
  /** `SET GLOBAL` statements; the file gets its own server for them. */
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
  /** A session outside the functions. */
  const other = await connect()
  const opened: Database[] = []
  after(async () => {
    for (const database of opened) database.close()
    // An open session keeps this process alive.
    for (const { Id } of await sessions()) await other.query('KILL ?', [Id]).catch(() => undefined)
    other.destroy()
    await proxy.stop()
    await own?.stop()
  })
  /** Creates the database object of one execution environment. */
  const environment = (more: Record<string, string> = {}, budget?: number): Database => {
    const database = new Database(readEnvironment(mysqlEnvironment({}), { ...variables, ...more }), budget)
    opened.push(database)
    return database
  }
  for (const { sql } of migrations) await other.query(sql)
  const rows = async <TRow = Record<string, unknown>>(sql: string, values?: unknown[]) =>
    (await other.query(sql, values))[0] as TRow[]
  /** Sessions of the account except `other`, each with its current statement. */
  const sessions = async () =>
    (await rows<{ Id: number; Info: string | null }>('SHOW PROCESSLIST')).filter(({ Id }) => Id !== other.threadId)
  /** Waits for a session. @returns its id. */
  async function waitForSession(isIt: (session: { Id: number; Info: string | null }) => boolean): Promise<number> {
    for (const end = Date.now() + 30_000; Date.now() < end; ) {
      const found = (await sessions()).find(isIt)
      if (found) return found.Id
    }
    throw new Error('No such session within 30 s')
  }
  return { account, connect, proxy, other, environment, rows, sessions, waitForSession }
}
