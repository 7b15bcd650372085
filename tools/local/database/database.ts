import type { ChildProcess } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import { ended } from '../../process/process.ts'
import { dockerAvailable, IMAGE, launchContainer } from './docker.ts'
import { CHOICES, obtainServer } from './find.ts'
import { type Account, identity, launchServer } from './server.ts'

/** A running server, with the password of every account that has no other. */
export type Database = Awaited<ReturnType<typeof startDatabase>>

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
export async function startDatabase({ directory, databases, log }: DatabaseOptions) {
  const known = await identity(directory)
  const binary = await obtainServer(log)
  if (!binary && !(await dockerAvailable())) throw new Error(CHOICES)
  const [account, ...others] = databases
  if (!binary && (!account || others.length > 0))
    throw new Error(`MySQL in Docker has one database, and the Terraform has ${databases.length}: install MariaDB`)
  const launch = () =>
    binary || !account
      ? launchServer(binary ?? '', directory, known, databases)
      : launchContainer(directory, known, account)
  const stop = supervise(await launch(), launch, log)
  const names = databases.map(({ name }) => name).join(', ')
  const description = `${names}: ${binary ?? `${IMAGE} in Docker`} on 127.0.0.1:${known.port}, data in ${directory}`
  return { host: '127.0.0.1', ...known, description, stop }
}

/** Launches the server again whenever it ends by itself. @returns a function that stops it for good. */
export function supervise(
  first: ChildProcess,
  launch: () => Promise<ChildProcess>,
  log: (line: string) => void,
): () => Promise<void> {
  let child = first
  let stopping = false
  const relaunch = async (): Promise<void> => {
    try {
      child = await launch()
      if (stopping) child.kill()
      else log('the database is back')
    } catch (error) {
      if (stopping) return
      log(`${(error as Error).message}; next attempt in ${RETRY_AFTER / 1000} s`)
      await setTimeout(RETRY_AFTER)
      if (!stopping) await relaunch()
    }
  }
  const supervised = (async () => {
    for (let reason = await ended(child); !stopping; reason = await ended(child)) {
      log(`the database ended (${reason}); starting it again`)
      await relaunch()
    }
  })()
  return async () => {
    stopping = true
    child.kill()
    await supervised
  }
}
