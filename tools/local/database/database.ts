import { setTimeout } from 'node:timers/promises'
import type { Account } from './accounts.ts'
import { DockerDatabase, dockerAvailable, IMAGE } from './docker.ts'
import { CHOICES, obtainServer } from './find.ts'
import { DatabaseServer, identity, type ServerProcess } from './server.ts'

/** A running server, with the password of every account that has no other. */
export interface Database {
  readonly host: string
  readonly port: number
  readonly password: string
  /** One line for people: what runs where. */
  readonly description: string
  stop(): Promise<void>
}

export interface DatabaseOptions {
  /** Absolute; everything of the server is in there. */
  readonly directory: string
  readonly databases: readonly Account[]
  /** Says one line to people. */
  log(line: string): void
}

/** Between two attempts to start a database that ended; milliseconds. */
const RETRY_AFTER = 1_000

/**
 * A MySQL-protocol server on 127.0.0.1 that is started again whenever it ends.
 * @throws Error that says what to do, where none can be started.
 */
export async function startDatabase({ directory, databases, log }: DatabaseOptions): Promise<Database> {
  const { port, password } = await identity(directory)
  const binary = await obtainServer(log)
  if (!binary && !(await dockerAvailable())) throw new Error(CHOICES)
  const [account, ...others] = databases
  if (!binary && (!account || others.length > 0))
    throw new Error(`MySQL in Docker has one database, and the Terraform has ${databases.length}: install MariaDB`)
  const server =
    binary || !account
      ? new DatabaseServer(binary ?? '', directory, { port, password }, databases)
      : new DockerDatabase(directory, { port, password }, account)
  await server.start()
  const stop = supervise(server, log)
  const names = databases.map(({ name }) => name).join(', ')
  const description = `${names}: ${binary ?? `${IMAGE} in Docker`} on 127.0.0.1:${port}, data in ${directory}`
  return { host: '127.0.0.1', port, password, description, stop }
}

/** Starts the server again whenever it ends by itself; returns what stops it for good. */
export function supervise(
  server: Pick<ServerProcess, 'start' | 'ended' | 'stop'>,
  log: (line: string) => void,
): () => Promise<void> {
  let stopping = false
  const restart = async (): Promise<void> => {
    try {
      await server.start()
    } catch (error) {
      if (stopping) return
      log(`${(error as Error).message}; next attempt in ${RETRY_AFTER / 1000} s`)
      await setTimeout(RETRY_AFTER)
      if (!stopping) await restart()
    }
  }
  const loop = async (): Promise<void> => {
    const reason = await server.ended()
    if (stopping) return
    log(`the database ended (${reason}); starting it again`)
    await restart()
    if (stopping) return server.stop()
    log('the database is back')
    return loop()
  }
  const supervised = loop()
  return async () => {
    stopping = true
    await server.stop()
    await supervised
  }
}
