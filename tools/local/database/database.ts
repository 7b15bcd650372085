import { setTimeout } from 'node:timers/promises'
import { checkSettings } from '../../../terraform/settings.ts'

import { DockerDatabase, dockerAvailable, IMAGE } from './docker.ts'
import { CHOICES, obtainServer } from './find.ts'
import { DatabaseServer, identity, type Restartable } from './server.ts'

export interface Database {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly name: string
  /** One line for people: what runs where. */
  readonly description: string
  /** Whether it is one of the user's, by DB_HOST, and not a private one. @default false */
  readonly given?: boolean
  stop(): Promise<void>
}

export interface DatabaseOptions {
  /** Absolute; everything of a private database is in there. */
  readonly directory: string
  /** `DB_HOST` and its kin, where a database is given. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Says one line to people. */
  readonly log: (line: string) => void
}

/** Between two attempts to start a database that ended; milliseconds. */
const RETRY_AFTER = 1_000

/**
 * A MySQL-protocol database: the one that `DB_HOST` names, else a private one on 127.0.0.1 that is started again whenever it ends.
 * @throws Error that says what to do, where there is none and none can be started.
 */
export async function startDatabase(options: DatabaseOptions): Promise<Database> {
  return options.env.DB_HOST ? givenDatabase(options.env) : privateDatabase(options)
}

/** As the settings of a deployment describe it. The functions find out whether it answers: they alone know sockets and TLS. */
function givenDatabase(env: DatabaseOptions['env']): Database {
  const { DB_HOST: host = '', DB_PORT: port, DB_USER: user, DB_NAME: name } = checkSettings(env).settings
  const description = `${name} on ${host.startsWith('/') ? host : `${host}:${port}`}, as given by DB_HOST`
  return { host, port, user, password: env.DB_PASS ?? '', name, description, given: true, stop: async () => {} }
}

async function privateDatabase({ directory, log }: DatabaseOptions): Promise<Database> {
  const account = await identity(directory)
  const binary = await obtainServer(log)
  if (!binary && !(await dockerAvailable())) throw new Error(CHOICES)
  const server: Restartable = binary
    ? new DatabaseServer(binary, directory, account)
    : new DockerDatabase(directory, account)
  await server.start()
  const stop = supervise(server, log)
  const description = `${binary ?? `${IMAGE} in Docker`} on 127.0.0.1:${account.port}, data in ${directory}`
  return { host: '127.0.0.1', ...account, description, stop }
}

/** Starts the server again whenever it ends by itself; returns what stops it for good. */
export function supervise(server: Restartable, log: (line: string) => void): () => Promise<void> {
  let stopping = false
  const loop = async (): Promise<void> => {
    const reason = await server.ended()
    if (stopping) return
    log(`the database ended (${reason}); starting it again`)
    for (;;) {
      try {
        await server.start()
        break
      } catch (error) {
        if (stopping) return
        log(`${(error as Error).message}; next attempt in ${RETRY_AFTER / 1000} s`)
        await setTimeout(RETRY_AFTER)
      }
      if (stopping) return
    }
    if (!stopping) {
      log('the database is back')
      return loop()
    }
    await server.stop()
  }
  const supervised = loop()
  return async () => {
    stopping = true
    await server.stop()
    await supervised
  }
}
