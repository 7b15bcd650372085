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
 * Starts MySQL in a container, with data below `directory` owned by the calling user. Pulls the image the first time.
 * @throws Error if there are several databases: the image creates only one.
 */
export async function launchContainer(
  directory: string,
  identity: ServerIdentity,
  [account, ...others]: readonly Account[],
): Promise<ChildProcess> {
  if (!account || others.length > 0)
    throw new Error(`MySQL in Docker has one database, the Terraform ${others.length + 1}: install MariaDB`)
  await removeContainer(directory)
  // Pulls first: the start below has a timeout, a pull may take longer.
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
  // The first start is slow: it runs a temporary server on port 0 before the real one.
  return ready(child, 3306, join(directory, 'server.log'), 120_000)
}

/** Stops the leftover container of a killed run, if any; `--rm` removes it. */
export async function removeContainer(directory: string): Promise<void> {
  await run('docker', ['stop', containerName(directory)]).catch(() => {})
}

const containerName = (directory: string) =>
  `make-dev-${createHash('sha256').update(directory).digest('hex').slice(0, 12)}`

/** Arguments of `docker`. The values of `names` come from its environment, to keep them out of process lists. */
export function runArguments(container: string, data: string, port: number, names: readonly string[]): string[] {
  const user = process.getuid ? ['--user', `${process.getuid()}:${process.getgid?.()}`] : []
  return [
    ...['run', '--rm', '--name', container, '--publish', `127.0.0.1:${port}:3306`],
    ...['--volume', `${data}:/var/lib/mysql`, ...user],
    ...names.flatMap((name) => ['--env', name]),
    ...[IMAGE, ...COMMON_OPTIONS, ...MYSQL_OPTIONS],
  ]
}
