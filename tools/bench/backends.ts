import { spawn } from 'node:child_process'
import { existsSync, statfsSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { migrations } from '../../functions/rds/migrations.ts'
import { startDatabase } from '../local/database/database.ts'
import { startStore } from '../local/store/store.ts'
import { tied } from '../process/process.ts'

/** Number of rows in the table when a process starts. */
export const ROWS = 100
/** Name of the database, of its user and of the bucket. */
const NAME = 'bench'
/** In-memory folder on Linux, to keep the disk out of the measurement. */
const MEMORY = '/dev/shm'
/** Bytes needed for the database, files and bundles, with a margin. */
const ENOUGH = 1e9

export type Backends = Awaited<ReturnType<typeof startBackends>>

/** Starts the database and the S3 server, and creates a folder for bundles, shared by all implementations. */
export async function startBackends() {
  const fits = existsSync(MEMORY) && statfsSync(MEMORY).bavail * statfsSync(MEMORY).bsize > ENOUGH
  const { path: directory, remove } = await mkdtempDisposable(join(fits ? MEMORY : tmpdir(), 'bench-'))
  const [database, store] = await Promise.all([
    startDatabase(join(directory, 'database'), [{ name: NAME, user: NAME }], console.log),
    startStore(join(directory, 'store'), [NAME]),
  ])
  const { host, port, password } = database
  const connection = await createConnection({ host, port, user: NAME, password, database: NAME })
  // The database is empty, so plain statements suffice.
  for (const { sql } of migrations) await connection.query(sql)
  const users = Array.from({ length: ROWS }, (_, index) => [index + 1, `User ${index}`, index])
  await connection.query('INSERT INTO Users (id, name, age) VALUES ?', [users])
  const busy = Array.from({ length: availableParallelism() }, keepAwake)
  return {
    directory,
    connection,
    /** Variables of both functions. */
    variables: {
      DB_HOST: host,
      DB_PORT: String(port),
      DB_USER: NAME,
      DB_PASS: password,
      DB_NAME: NAME,
      BUCKET_NAME: NAME,
      AWS_ENDPOINT_URL_S3: store.endpoint,
      AWS_ACCESS_KEY_ID: store.accessKeyId,
      AWS_SECRET_ACCESS_KEY: store.secretAccessKey,
    },
    /** Removes the users that an implementation created. */
    async restore(): Promise<void> {
      await connection.query('DELETE FROM Users WHERE id > ?', [ROWS])
    },
    async [Symbol.asyncDispose](): Promise<void> {
      for (const child of busy) child.kill()
      await connection.end()
      await database.stop()
      await store.stop()
      await remove()
    },
  }
}

/**
 * Keeps a CPU awake: waking a virtual CPU takes longer than many requests. Needs Linux's SCHED_IDLE, which yields to every other
 * process.
 */
function keepAwake() {
  const [command, args] = tied('chrt', ['--idle', '0', 'sh', '-c', 'while :; do :; done'])
  return spawn(command, args, { stdio: 'ignore' }).on('error', () => {})
}
