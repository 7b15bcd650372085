/** Database servers for tests: MariaDB, as in `make dev`, and MySQL, as in RDS. */
import { type ChildProcess, execFile, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { createConnection } from 'mysql2/promise'
import { findServer } from '../../tools/local/database/find.ts'
import { type Account, COMMON_OPTIONS, identity, launchServer } from '../../tools/local/database/server.ts'
import { freePort } from '../../tools/process/port.ts'
import { ended } from '../../tools/process/process.ts'

/** Administrator of a test server. */
const ADMIN = { host: '127.0.0.1', user: 'test', password: 'test' }
const ADMIN_SQL = `CREATE USER IF NOT EXISTS 'test'@'127.0.0.1' IDENTIFIED BY 'test';
GRANT ALL ON *.* TO 'test'@'127.0.0.1' WITH GRANT OPTION;
`
export const connectAsAdmin = (port: number, database = '') => createConnection({ ...ADMIN, port, database })

/** Creates a MariaDB server without automatic restarts. */
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

/** Starts a MariaDB server in a temporary directory. */
export async function startTestServer() {
  const { path: directory, remove } = await mkdtempDisposable(join(tmpdir(), 'database-'))
  const server = await databaseServer(directory)
  await server.start()
  return { port: server.port, directory, server, stop: () => server.stop().finally(remove) }
}

/** Creates an empty database and a user with all rights on it alone. @param sql statements to run first. */
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

/** Starts and stops a real MySQL server; outside the checkout, and for root. */
const SCRIPT = resolve(import.meta.dirname, '../../../shared/mysql/server')

export const canStartMysql = existsSync(SCRIPT) && process.getuid?.() === 0

/** Starts a MySQL server, which stops with this process. @returns its port */
export async function startMysql(): Promise<number> {
  const port = await freePort()
  process.once('exit', () => spawnSync(SCRIPT, ['down', String(port)]))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  await promisify(execFile)(SCRIPT, ['up', String(port), ...COMMON_OPTIONS])
  return port
}
