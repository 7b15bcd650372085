import { type Connection, createConnection } from 'mysql2'
import { within } from '../http/within.ts'
import { type DatabaseEnvironment, usesTls } from './environment.ts'
import { couldNotConnect } from './errors.ts'

export interface Credentials {
  readonly user: string
  readonly password: string
}

export type Value = string | number | Buffer | null

/** Milliseconds for TCP, TLS and handshake. */
const CONNECT_TIMEOUT = 1500

/** Seconds until the server closes an idle session. A terminated environment cannot close its own, which occupies a connection. */
const IDLE_TIMEOUT = 120

/**
 * Sets every session default that a promise depends on, in one statement that MySQL and MariaDB accept from any user. docs/decisions/0011
 * has the reasons, and the variables left alone. Lock waits time out on the server before they do here, so no write happens after its
 * caller was told it failed. `autocommit` goes through 0, which commits a transaction that `init_connect` began.
 */
const SESSION = `SET NAMES utf8mb4 COLLATE utf8mb4_general_ci, autocommit = 0, autocommit = 1, completion_type = 0,
  sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', innodb_lock_wait_timeout = 1,
  lock_wait_timeout = 1, wait_timeout = ${IDLE_TIMEOUT}, foreign_key_checks = 1, unique_checks = 1, sql_safe_updates = 0,
  sql_big_selects = 1, sql_select_limit = ${2n ** 64n - 1n}
  /*!50720 , transaction_isolation = 'REPEATABLE-READ', transaction_read_only = 0, max_execution_time = 0 */
  /*M! , tx_isolation = 'REPEATABLE-READ', tx_read_only = 0, max_statement_time = 0 */`

type Done<T> = (error: Error | null, result?: T) => void

/**
 * Promise wrapper over the driver's callbacks. mysql2/promise captures a stack trace on every call: a tenth of a query's cost.
 * This captures one only on failure; it names the awaiting functions.
 */
async function promised<T>(call: (done: Done<T>) => void): Promise<T> {
  try {
    return await new Promise<T>((resolve, reject) => {
      call((error, result) => (error ? reject(error) : resolve(result as T)))
    })
  } catch (error) {
    Error.captureStackTrace(error as Error)
    throw error
  }
}

/** Runs a statement; resolves to its rows or its result. Prepares it only if it has values: servers cannot prepare every statement. */
export const run = <T>(connection: Connection, sql: string, values: readonly Value[]) =>
  promised<T>((done) => {
    if (values.length === 0) connection.query(sql, (error, result) => done(error, result as T))
    else connection.execute(sql, [...values], (error, result) => done(error, result as T))
  })

/** Opens a connection and sets up its session. @param deadline epoch milliseconds. */
export async function openConnection(
  environment: DatabaseEnvironment,
  credentials: Credentials,
  deadline: number,
): Promise<Connection> {
  const { DB_HOST, DB_PORT, DB_NAME } = environment
  const connection = createConnection({
    ...(DB_HOST.startsWith('/') ? { socketPath: DB_HOST } : { host: DB_HOST, port: DB_PORT }),
    ...(usesTls(environment) && { ssl: await verifiedTls(DB_HOST) }),
    ...credentials,
    database: DB_NAME,
    charset: 'utf8mb4',
    connectTimeout: CONNECT_TIMEOUT,
    supportBigNumbers: true,
    // Each `LIMIT` makes another statement, and the server keeps prepared ones until the connection ends.
    maxPreparedStatements: 16,
    // Keeps a server from requesting local files.
    flags: ['-LOCAL_FILES'],
  })
  const timeout = Math.min(CONNECT_TIMEOUT, deadline - Date.now())
  const connected = promised((done) => {
    connection.once('connect', () => done(null))
    // Never removed: without a listener, an error between two queries, such as a server shutdown, would crash the process.
    connection.on('error', done)
  })
  try {
    await inTime(connected, timeout, 'Connecting')
    await inTime(run(connection, SESSION, []), deadline - Date.now(), 'Setting up the session')
  } catch (error) {
    connection.destroy()
    throw error
  }
  return connection
}

/** TLS options that verify the host name, too; the driver's default does not. Lazy import: without TLS, no certificates load. */
const verifiedTls = async (host: string) => {
  const { authorities } = await import('./authorities.ts')
  return { ca: authorities(host), verifyIdentity: true }
}

/** @throws UnavailableError after `timeout` ms. */
export const inTime = <T>(work: Promise<T>, timeout: number, what: string): Promise<T> =>
  within(work, timeout, () => couldNotConnect(new Error(`${what} took longer than ${timeout} ms`)))
