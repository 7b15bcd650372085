import type { Connection, ResultSetHeader } from 'mysql2'
import { type Credentials, inTime, openConnection, run, type Value } from './connection.ts'
import type { DatabaseEnvironment } from './environment.ts'
import { isAccessDenied, isConnectionError, isDeadlock, isReadOnly, toCallerError } from './errors.ts'

/** Runs statements on a database, or in a transaction. */
export type Session = Pick<Database, 'read' | 'write'>

/** Milliseconds that a call may spend on the database, retries included: well below every timeout. */
const REQUEST_BUDGET = 2800
/** Milliseconds to wait for the ping of a reused connection. */
const PING_TIMEOUT = 1000
/** Idle milliseconds after which a connection may be stale: the environment was frozen, or the server closed it. */
const IDLE_BEFORE_PING = 500

/**
 * The one connection of an execution environment, which serves one invocation at a time. Opened on first use, pinged after
 * a pause, and discarded at the first sign of trouble, so that no session state outlives a failed invocation.
 * All methods throw UnavailableError if MySQL cannot be reached in time.
 */
export class Database {
  readonly #environment: DatabaseEnvironment
  readonly #budget: number
  #credentials: Credentials
  #renew: (() => Promise<Credentials>) | undefined
  #connection: Connection | undefined
  #prepared: Promise<void> | undefined
  #usedAt = 0

  /** @param budget milliseconds for one call, connecting included. */
  constructor(environment: DatabaseEnvironment, budget = REQUEST_BUDGET) {
    this.#environment = environment
    this.#budget = budget
    this.#credentials = { user: environment.DB_USER ?? '', password: environment.DB_PASS ?? '' }
  }

  /**
   * Sets the credentials of future connections; closes a connection that was opened with others.
   * @param renew fetches new ones; called once if the server denies access. @default no renewal
   */
  useCredentials(credentials: Credentials, renew?: () => Promise<Credentials>): void {
    this.#renew = renew
    const { user, password } = this.#credentials
    if (credentials.user === user && credentials.password === password) return
    this.#credentials = credentials
    this.close()
  }

  /**
   * Connects ahead of the first call, during the cold start: at full CPU, and in parallel with the rest.
   * If that fails, the first call connects again.
   */
  prepare(): void {
    const credentials = this.#credentials
    this.#prepared = this.#connect(Date.now() + this.#budget).then(
      (connection) => {
        if (this.#credentials !== credentials || this.#connection) return connection.destroy()
        this.#connection = connection
        this.#usedAt = Date.now()
      },
      () => undefined,
    )
  }

  /** Returns the rows of a SELECT. Retries once if the connection breaks. */
  read<TRow>(sql: string, values: readonly Value[] = []): Promise<TRow[]> {
    return this.#run((session) => session.read<TRow>(sql, values), true)
  }

  /** Runs a statement that changes data. Never retries one that may have reached the server. */
  write(sql: string, values: readonly Value[] = []): Promise<ResultSetHeader> {
    return this.#run((session) => session.write(sql, values), false)
  }

  /**
   * Commits everything that `work` writes, or nothing if any of it fails. Retries once after a deadlock.
   * @param repeatable whether `work` is idempotent: then a broken connection is retried too, even during the commit.
   */
  transaction<T>(work: (session: Session) => Promise<T>, repeatable = false): Promise<T> {
    return this.#run(async (session) => {
      await session.write('START TRANSACTION')
      try {
        const result = await work(session)
        await session.write('COMMIT')
        return result
      } catch (error) {
        // If the rollback fails, closing the connection makes the server roll back.
        if (this.#connection) await session.write('ROLLBACK').catch(() => this.close())
        throw error
      }
    }, repeatable)
  }

  close(): void {
    this.#connection?.destroy()
    this.#connection = undefined
  }

  async #run<T>(work: (session: Session) => Promise<T>, repeatable: boolean): Promise<T> {
    const deadline = Date.now() + this.#budget
    let sent = false
    const attempt = async () => {
      sent = false
      const connection = await this.#ready(deadline)
      const guarded = async <TResult>(sql: string, values: readonly Value[] = []) => {
        sent = true
        try {
          const result = await inTime(run<TResult>(connection, sql, values), deadline - Date.now(), 'The query')
          this.#usedAt = Date.now()
          return result
        } catch (error) {
          // The connection is broken, or leads to the wrong server.
          if (isConnectionError(error) || isReadOnly(error)) this.close()
          throw error
        }
      }
      return work({ read: guarded, write: guarded })
    }
    try {
      return await attempt().catch((error: unknown) => {
        // The server rolled back a deadlocked transaction; a statement that was never sent is safe to send.
        const asGoodAsNew = isDeadlock(error) || ((repeatable || !sent) && isConnectionError(error))
        if (!asGoodAsNew || Date.now() >= deadline) throw error
        return attempt()
      })
    } catch (error) {
      throw toCallerError(error)
    }
  }

  async #ready(deadline: number): Promise<Connection> {
    const prepared = this.#prepared
    this.#prepared = undefined
    if (prepared !== undefined) await inTime(prepared, deadline - Date.now(), 'Connecting')
    if (this.#connection && Date.now() - this.#usedAt > IDLE_BEFORE_PING) {
      const checked = inTime(run(this.#connection, 'DO 1', []), PING_TIMEOUT, 'Pinging the connection')
      await checked.catch(() => this.close())
    }
    this.#connection ??= await this.#connect(deadline)
    return this.#connection
  }

  async #connect(deadline: number): Promise<Connection> {
    const open = () => openConnection(this.#environment, this.#credentials, deadline)
    const connection = await open().catch(async (error: unknown) => {
      if (!this.#renew || !isAccessDenied(error)) throw error
      this.#credentials = await inTime(this.#renew(), deadline - Date.now(), 'Reading the credentials')
      return open()
    })
    connection.on('error', () => {
      if (this.#connection === connection) this.#connection = undefined
    })
    return connection
  }
}
