import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Connection, createConnection } from 'mysql2/promise'
import { findServer } from '../../local/database-find.ts'
import { DatabaseServer, identity } from '../../local/database-server.ts'
import type { Database } from '../../local/types.ts'

/** A database in a temporary directory, which is not started again by itself. */
export interface TestDatabase {
  readonly database: Database
  readonly server: DatabaseServer
  readonly directory: string
  /** A connection of the same user, beside those of the functions. */
  connect(): Promise<Connection>
  stop(): Promise<void>
}

export async function startTestDatabase(): Promise<TestDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'database-'))
  const account = await identity(directory)
  const server = new DatabaseServer((await findServer()) ?? 'mariadbd', directory, account)
  await server.start().catch(async (error) => {
    await rm(directory, { recursive: true })
    throw error
  })
  const { port, user, password, name } = account
  return {
    database: { host: '127.0.0.1', port, user, password, name, description: '', stop: () => server.stop() },
    server,
    directory,
    connect: () => createConnection({ host: '127.0.0.1', port, user, password, database: name }),
    async stop() {
      await server.stop()
      await rm(directory, { recursive: true })
    },
  }
}
