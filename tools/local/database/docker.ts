import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../../process/command.ts'
import { tied } from '../../process/process.ts'
import type { Account } from './accounts.ts'
import { COMMON_OPTIONS, MYSQL_OPTIONS, ready, type ServerIdentity, ServerProcess } from './server.ts'

export const IMAGE = 'mysql:8.4'

/** Whether a Docker engine answers. */
export async function dockerAvailable(): Promise<boolean> {
  return run('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: 5_000 }).then(
    () => true,
    () => false,
  )
}

/** MySQL in a container, its data below `directory` as files of the calling user. */
export class DockerDatabase extends ServerProcess {
  readonly #directory: string
  readonly #data: string
  readonly #identity: ServerIdentity
  readonly #account: Account

  /** @param account that the image makes with its data: another one has data of its own. */
  constructor(directory: string, identity: ServerIdentity, account: Account) {
    super()
    this.#directory = directory
    this.#data = join(directory, encodeURIComponent(`docker-${account.user}-${account.name}`))
    this.#identity = identity
    this.#account = account
  }

  /** Resolves when it takes connections; the image is pulled the first time. */
  async start(): Promise<void> {
    await removeContainer(this.#directory)
    // First, since pulling has no deadline and starting has one.
    await run('docker', ['image', 'inspect', IMAGE]).catch(() => run('docker', ['pull', '--quiet', IMAGE]))
    await mkdir(this.#data, { recursive: true })
    const [command, args] = tied(
      'docker',
      runArguments(containerName(this.#directory), this.#data, this.#identity.port),
    )
    const environment = {
      MYSQL_RANDOM_ROOT_PASSWORD: 'yes',
      MYSQL_DATABASE: this.#account.name,
      MYSQL_USER: this.#account.user,
      MYSQL_PASSWORD: this.#account.password ?? this.#identity.password,
    }
    const env = { ...process.env, ...environment }
    this.child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'], detached: true })
    // The first start takes a while, and ends with a temporary server on port 0 before the real one is ready.
    await ready(this.child, 3306, join(this.#directory, 'server.log'), 120_000)
  }
}

/** Ends the container of an earlier run that was killed, if there is one; it removes itself. */
export async function removeContainer(directory: string): Promise<void> {
  await run('docker', ['stop', containerName(directory)]).catch(() => {})
}

function containerName(directory: string): string {
  return `make-dev-${createHash('sha256').update(directory).digest('hex').slice(0, 12)}`
}

/** Arguments of `docker`; the credentials come from its environment, so that no process list shows them. */
export function runArguments(container: string, data: string, port: number): string[] {
  const names = ['MYSQL_RANDOM_ROOT_PASSWORD', 'MYSQL_DATABASE', 'MYSQL_USER', 'MYSQL_PASSWORD']
  const user = process.getuid ? ['--user', `${process.getuid()}:${process.getgid?.()}`] : []
  return [
    ...['run', '--rm', '--name', container, '--publish', `127.0.0.1:${port}:3306`],
    ...['--volume', `${data}:/var/lib/mysql`, ...user],
    ...names.flatMap((name) => ['--env', name]),
    IMAGE,
    ...COMMON_OPTIONS,
    ...MYSQL_OPTIONS,
  ]
}
