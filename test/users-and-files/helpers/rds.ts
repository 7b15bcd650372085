import { after } from 'node:test'
import { readEnvironment } from '../../../functions/http/read-environment.ts'
import { Database } from '../../../functions/rds/database/database.ts'
import { rdsEnvironmentSchema } from '../../../functions/rds/environment.ts'
import { migrations } from '../../../functions/rds/migrations.ts'
import { startTestDatabase } from '../../helpers/database.ts'
import type { AccountOnServer } from '../../helpers/mysql.ts'
import { TcpProxy } from './proxy.ts'

interface Options {
  /** `SET GLOBAL` statements. */
  readonly globals?: readonly string[]
  /** Whether the functions' connections go through the proxy. */
  readonly proxied?: boolean
  readonly migrated?: boolean
}

/** A database until the tests of a file are over; functions that are imported from now on are connected to it. */
export async function openDatabase({ globals = [], proxied = false, migrated = false }: Options = {}) {
  const server = await startTestDatabase(globals)
  const proxy = await new TcpProxy(server.database.port).start()
  useDatabase({ ...server.database, port: proxied ? proxy.port : server.database.port })
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
  const environment = (variables: Record<string, string> = {}, budget?: number): Database => {
    const database = new Database(readEnvironment(rdsEnvironmentSchema, { ...process.env, ...variables }), budget)
    opened.push(database)
    return database
  }
  if (migrated) for (const { sql } of migrations) await other.query(sql)
  const rows = async <TRow = Record<string, unknown>>(sql: string, values?: unknown[]) =>
    (await other.query(sql, values))[0] as TRow[]
  /** Removes all that is in it. */
  const empty = async () => {
    const { name } = server.database
    for (const sql of [`DROP DATABASE ${name}`, `CREATE DATABASE ${name} CHARACTER SET utf8mb4`, `USE ${name}`])
      await other.query(sql)
    for (const database of opened) database.close()
  }
  return { server, proxy, other, environment, rows, empty }
}

/** Variables of the function `rds`: set before its module is imported. */
export function useDatabase({ host, port, user, password, name }: AccountOnServer): void {
  Object.assign(process.env, { DB_HOST: host, DB_PORT: String(port), DB_USER: user, DB_PASS: password, DB_NAME: name })
}
