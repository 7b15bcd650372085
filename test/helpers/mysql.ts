import { execFile, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { createConnection } from 'mysql2/promise'
import type { Database } from '../../tools/local/database/database.ts'
import { type Account, COMMON_OPTIONS } from '../../tools/local/database/server.ts'
import { freePort } from '../../tools/process/port.ts'

/** A database on a server, and its user. */
export type AccountOnServer = Account & Omit<Database, 'description'>

/** Starts and stops a real MySQL server. It is not part of a checkout, and needs root. */
const SCRIPT = resolve(import.meta.dirname, '../../../shared/mysql/server')

export const canStartMysql = existsSync(SCRIPT) && process.getuid?.() === 0

/** Starts a MySQL server, which stops with this process. @returns its port */
export async function startMysql(): Promise<string> {
  const port = String(await freePort())
  process.once('exit', () => spawnSync(SCRIPT, ['down', port]))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  await promisify(execFile)(SCRIPT, ['up', port, ...COMMON_OPTIONS])
  return port
}

/**
 * An empty database on the server at `port`, and a user with all rights on it and on nothing else.
 * @param sql statements to run first.
 */
export async function createDatabase(port: number, sql: readonly string[]): Promise<AccountOnServer> {
  const admin = await createConnection({ host: '127.0.0.1', port, user: 'test', password: 'test' })
  const name = `test_${randomBytes(8).toString('hex')}`
  const password = randomBytes(18).toString('base64url')
  for (const statement of sql) await admin.query(statement)
  await admin.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`)
  await admin.query(`CREATE USER ${name} IDENTIFIED BY '${password}'`)
  await admin.query(`GRANT ALL ON ${name}.* TO ${name}`)
  return {
    ...{ host: '127.0.0.1', port, user: name, password, name },
    async stop() {
      // A session may hold a lock, and keeps its process from ending.
      const [sessions] = await admin.query('SELECT id AS id FROM information_schema.processlist WHERE user = ?', [name])
      for (const { id } of sessions as { id: number }[]) await admin.query('KILL ?', [id]).catch(() => undefined)
      await admin.query(`DROP DATABASE IF EXISTS ${name}`)
      await admin.query(`DROP USER ${name}`)
      await admin.end()
    },
  }
}
