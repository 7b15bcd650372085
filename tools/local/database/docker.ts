import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../../process/command.ts'
import { tied } from '../../process/process.ts'
import { type Account, COMMON_OPTIONS, MYSQL_OPTIONS, ready, type ServerIdentity } from './server.ts'

export const IMAGE = 'mysql:8.4'

/** Whether a Docker engine answers. */
export const dockerAvailable = (): Promise<boolean> =>
  run('docker', ['version'], { timeout: 5_000 }).then(
    () => true,
    () => false,
  )

/**
 * Starts MySQL in a container, its data below `directory` as files of the calling user; pulls the image the first time.
 * @throws Error where there are several databases: the image makes one, with its data.
 */
export async function launchContainer(
  directory: string,
  identity: ServerIdentity,
  [account, ...others]: readonly Account[],
): Promise<ChildProcess> {
  if (!account || others.length > 0)
    throw new Error(`MySQL in Docker has one database, and the Terraform has ${others.length + 1}: install MariaDB`)
  await removeContainer(directory)
  // First, since pulling has no deadline and starting has one.
  await run('docker', ['image', 'inspect', IMAGE]).catch(() => run('docker', ['pull', '--quiet', IMAGE]))
  const data = join(directory, encodeURIComponent(`docker-${account.user}-${account.name}`))
  await mkdir(data, { recursive: true })
  const environment = {
    MYSQL_RANDOM_ROOT_PASSWORD: 'yes',
    MYSQL_DATABASE: account.name,
    MYSQL_USER: account.user,
    MYSQL_PASSWORD: account.password ?? identity.password,
  }
  const names = Object.keys(environment)
  const [command, args] = tied('docker', runArguments(containerName(directory), data, identity.port, names))
  const env = { ...process.env, ...environment }
  const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'], detached: true })
  // The first start takes a while, and ends with a temporary server on port 0 before the real one is ready.
  return ready(child, 3306, join(directory, 'server.log'), 120_000)
}

/** Ends the container of an earlier run that was killed, if there is one; it removes itself. */
export async function removeContainer(directory: string): Promise<void> {
  await run('docker', ['stop', containerName(directory)]).catch(() => {})
}

const containerName = (directory: string) =>
  `make-dev-${createHash('sha256').update(directory).digest('hex').slice(0, 12)}`

/** Arguments of `docker`; the values of `names` come from its environment, so that no process list shows them. */
export function runArguments(container: string, data: string, port: number, names: readonly string[]): string[] {
  const user = process.getuid ? ['--user', `${process.getuid()}:${process.getgid?.()}`] : []
  return [
    ...['run', '--rm', '--name', container, '--publish', `127.0.0.1:${port}:3306`],
    ...['--volume', `${data}:/var/lib/mysql`, ...user],
    ...names.flatMap((name) => ['--env', name]),
    ...[IMAGE, ...COMMON_OPTIONS, ...MYSQL_OPTIONS],
  ]
}
