import { existsSync, statfsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Connection } from 'mysql2/promise'
import { migrations } from '../functions/rds/migrations.ts'
import { startStore } from '../local/store.ts'
import type { Store } from '../local/types.ts'
import { startTestServer, type TestDatabase } from '../test/helpers/database.ts'
import { keepAwake } from './awake.ts'
import { ROWS } from './workload.ts'

/** Bytes that a table of a million rows, its log and the bundles take, and more. */
const ENOUGH = 2e9

/** What every contender works with: one MariaDB, one S3 server, one folder for bundles, the variables that lead there, and processors that are awake. */
export class Stage {
  readonly store: Store
  readonly database: TestDatabase
  readonly connection: Connection
  readonly directory: string
  readonly #sleep = keepAwake()

  private constructor(directory: string, database: TestDatabase, store: Store, connection: Connection) {
    this.directory = directory
    this.database = database
    this.store = store
    this.connection = connection
  }

  static async open(): Promise<Stage> {
    useMemory()
    const directory = await mkdtemp(join(tmpdir(), 'bench-'))
    const [database, store] = await Promise.all([
      startTestServer(),
      startStore({ directory: join(directory, 'store') }),
    ])
    const connection = await database.connect()
    for (const { sql } of migrations) await connection.query(sql)
    const stage = new Stage(directory, database, store, connection)
    await stage.fill(ROWS)
    return stage
  }

  /** Variables of a function's; both functions get all of them. */
  get variables(): Record<string, string> {
    const { host, port, user, password, name } = this.database.database
    return {
      DB_HOST: host,
      DB_PORT: String(port),
      DB_USER: user,
      DB_PASS: password,
      DB_NAME: name,
      BUCKET_NAME: this.store.bucket,
      AWS_ENDPOINT_URL_S3: this.store.endpoint,
      AWS_ACCESS_KEY_ID: this.store.accessKeyId,
      AWS_SECRET_ACCESS_KEY: this.store.secretAccessKey,
    }
  }

  /** A table `Users` of so many rows, with ids from 1. */
  async fill(rows = ROWS): Promise<void> {
    await this.connection.query('TRUNCATE TABLE Users')
    const first = Math.min(rows, 1000)
    await this.connection.query('INSERT INTO Users (id, name, age) VALUES ?', [
      Array.from({ length: first }, (_, index) => [index + 1, `User ${index}`, index % 151]),
    ])
    // Twice as many with each statement.
    for (let count = first; count < rows; count *= 2) {
      await this.connection.query(
        "INSERT INTO Users (id, name, age) SELECT id + ?, CONCAT('User ', id + ? - 1), age FROM Users WHERE id <= ?",
        [count, count, rows - count],
      )
    }
  }

  /** Removes what a contender created. */
  async restore(): Promise<void> {
    await this.connection.query('DELETE FROM Users WHERE id > ?', [ROWS])
  }

  async close(): Promise<void> {
    this.#sleep()
    await this.connection.end()
    await this.database.stop()
    await this.store.stop()
    await rm(this.directory, { recursive: true })
  }
}

/** Where Linux has a file system in memory, everything temporary is put there: no disk is measured, nor what else uses it. */
function useMemory(): void {
  const memory = '/dev/shm'
  if (!existsSync(memory)) return
  const { bavail, bsize } = statfsSync(memory)
  if (bavail * bsize > ENOUGH) process.env.TMPDIR = memory
}
