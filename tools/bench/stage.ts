import { existsSync, statfsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Connection, createConnection } from 'mysql2/promise'
import type { Database } from '../local/database/database.ts'
import { startDatabase } from '../local/database/database.ts'
import type { Store } from '../local/store/store.ts'
import { startStore } from '../local/store/store.ts'
import { keepAwake } from './awake.ts'
import { ROWS } from './workload.ts'

/** Bytes that the database, the files and the bundles take, and more. */
const ENOUGH = 1e9
const BUCKET = 'bench'
const ACCOUNT = { name: 'bench', user: 'bench' }

/** What every contender works with: one database, one S3 server, one folder for bundles. */
export class Stage {
  readonly directory: string
  readonly connection: Connection
  readonly #database: Database
  readonly #store: Store
  readonly #sleep = keepAwake()

  private constructor(directory: string, database: Database, store: Store, connection: Connection) {
    this.directory = directory
    this.#database = database
    this.#store = store
    this.connection = connection
  }

  static async open(): Promise<Stage> {
    // In memory, where Linux has such a folder: no disk is measured.
    const memory = '/dev/shm'
    const fits = existsSync(memory) && statfsSync(memory).bavail * statfsSync(memory).bsize > ENOUGH
    const directory = await mkdtemp(join(fits ? memory : tmpdir(), 'bench-'))
    const [database, store] = await Promise.all([
      startDatabase({ directory: join(directory, 'database'), databases: [ACCOUNT], log: console.log }),
      startStore({ directory: join(directory, 'store'), buckets: [BUCKET] }),
    ])
    const { host, port, password } = database
    const { user, name } = ACCOUNT
    const connection = await createConnection({ host, port, user, password, database: name })
    return new Stage(directory, database, store, connection)
  }

  /** Variables of both functions. */
  get variables(): Record<string, string> {
    const { host, port, password } = this.#database
    const { user, name } = ACCOUNT
    return {
      DB_HOST: host,
      DB_PORT: String(port),
      DB_USER: user,
      DB_PASS: password,
      DB_NAME: name,
      BUCKET_NAME: BUCKET,
      AWS_ENDPOINT_URL_S3: this.#store.endpoint,
      AWS_ACCESS_KEY_ID: this.#store.accessKeyId,
      AWS_SECRET_ACCESS_KEY: this.#store.secretAccessKey,
    }
  }

  /** Fills the table that the migrations have made. */
  async fill(): Promise<void> {
    await this.connection.query('INSERT INTO Users (id, name, age) VALUES ?', [
      Array.from({ length: ROWS }, (_, index) => [index + 1, `User ${index}`, index]),
    ])
  }

  /** Removes the users that a contender created. */
  async restore(): Promise<void> {
    await this.connection.query('DELETE FROM Users WHERE id > ?', [ROWS])
  }

  async close(): Promise<void> {
    this.#sleep()
    await this.connection.end()
    await this.#database.stop()
    await this.#store.stop()
    await rm(this.directory, { recursive: true })
  }
}
