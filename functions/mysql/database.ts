import type { Connection, ResultSetHeader } from 'mysql2'
import { type Credentials, inTime, openConnection, run, type Value } from './connection.ts'
import type { DatabaseEnvironment } from './environment.ts'
import { isAccessDenied, isConnectionError, isDeadlock, isReadOnly, toCallerError } from './errors.ts'

/** Runs statements: a database, or a transaction on it. */
export type Session = Pick<Database, 'read' | 'write'>

/** Milliseconds that a call may spend on the database in all, so that its answer comes long before any timeout. */
const REQUEST_BUDGET = 2800
/** Milliseconds of silence on a reused connection's check, after which it counts as dead. */
const PING_TIMEOUT = 1000
/** Milliseconds without use after which a connection may be stale: the environment was frozen, or the server let go of it. */
const IDLE_BEFORE_PING = 500

/**
 * The one connection of an execution environment, which serves one invocation at a time. It is made on first use, checked after
 * a pause, and thrown away with the first sign of trouble, so that no session state outlives an invocation that failed.
 * All methods throw UnavailableError where MySQL cannot be reached in time.
 */
export class Database {
  readonly #environment: DatabaseEnvironment
  readonly #budget: number
  #credentials: Credentials
  #renew: (() => Promise<Credentials>) | undefined
  #connection: Connection | undefined
  #prepared: Promise<void> | undefined
  #usedAt = 0

  /** @param budget milliseconds that one call may take in all, with connecting. */
  constructor(environment: DatabaseEnvironment, budget = REQUEST_BUDGET) {
    this.#environment = environment
    this.#budget = budget
    this.#credentials = { user: environment.DB_USER ?? '', password: environment.DB_PASS ?? '' }
  }

  /**
   * From now on connects as this user; an open connection of another one is closed.
   * @param renew asked once where the server refuses them. @default they are all there is
   */
  useCredentials(credentials: Credentials, renew?: () => Promise<Credentials>): void {
    this.#renew = renew
    const { user, password } = this.#credentials
    if (credentials.user === user && credentials.password === password) return
    this.#credentials = credentials
    this.close()
  }

  /**
   * Connects ahead of the first call, while the execution environment starts: at full CPU, and in parallel with the rest.
   * Where that fails, the call finds out for itself.
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

  /** Rows of a SELECT. It is repeated once where the connection breaks. */
  read<TRow>(sql: string, values: readonly Value[] = []): Promise<TRow[]> {
    return this.#run((session) => session.read<TRow>(sql, values), true)
  }

  /** Result of a statement that changes something. It is never repeated once it may have reached the server. */
  write(sql: string, values: readonly Value[] = []): Promise<ResultSetHeader> {
    return this.#run((session) => session.write(sql, values), false)
  }

  /**
   * All that `work` writes, or nothing of it where anything fails. After a deadlock all of it is done once more.
   * @param repeatable says that doing it twice has the effect of once: then a broken connection too, even amid the commit, is no failure.
   */
  transaction<T>(work: (session: Session) => Promise<T>, repeatable = false): Promise<T> {
    return this.#run(async (session) => {
      await session.write('START TRANSACTION')
      try {
        const result = await work(session)
        await session.write('COMMIT')
        return result
      } catch (error) {
        // A connection that cannot even do this is closed, by which the server undoes everything.
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
          // Errors that broke the connection, or show that it leads to the wrong server, close it.
          if (isConnectionError(error) || isReadOnly(error)) this.close()
          throw error
        }
      }
      return work({ read: guarded, write: guarded })
    }
    try {
      return await attempt().catch((error: unknown) => {
        // A deadlock's work was rolled back, and what never left can be sent.
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
      const checked = inTime(run(this.#connection, 'DO 1', []), PING_TIMEOUT, 'The check of the connection')
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
