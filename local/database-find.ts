import { spawn } from 'node:child_process'
import { constants } from 'node:fs'
import { access, glob } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

const NAMES = ['mariadbd', 'mysqld']
const FOLDERS = [
  '/usr/sbin',
  '/usr/local/sbin',
  '/usr/libexec',
  '/usr/local/mysql/bin',
  '/opt/homebrew/opt/{mysql,mariadb}*/bin',
  '/usr/local/opt/{mysql,mariadb}*/bin',
]

const CHOICES = `no database was found. One of these is needed:
  - MariaDB or MySQL on this machine (Debian, Ubuntu: sudo apt-get install mariadb-server-core; macOS: brew install mariadb)
  - Docker, running
  - a database elsewhere: DB_HOST=… DB_USER=… DB_PASS=… DB_NAME=… make dev`

/** Path of a `mariadbd` or `mysqld` of this machine, if it has one. */
export async function findServer(path = process.env.PATH ?? ''): Promise<string | undefined> {
  const folders = path.split(delimiter).filter(Boolean)
  for await (const folder of glob(FOLDERS)) folders.push(folder)
  for (const name of NAMES) {
    for (const folder of folders) {
      const file = join(folder, name)
      if (await executable(file)) return file
    }
  }
  return undefined
}

/**
 * Installs MariaDB's server where that needs no question: as root, with apt. The package starts no service.
 * @throws Error with the choices elsewhere.
 */
export async function installServer(log: (line: string) => void): Promise<string> {
  if (process.getuid?.() !== 0 || !(await executable('/usr/bin/apt-get'))) throw new Error(CHOICES)
  log('installing MariaDB (apt-get install mariadb-server-core), once')
  // An old package list names versions that are gone, so the list comes first; where it cannot be had, the old one may do.
  await apt(['update']).catch(() => {})
  await apt(['install', '--yes', '--no-install-recommends', 'mariadb-server-core']).catch((error: Error) => {
    throw new Error(`apt-get could not install MariaDB: ${error.message}\n${CHOICES}`)
  })
  const server = await findServer()
  if (!server) throw new Error(CHOICES)
  return server
}

async function apt(args: readonly string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  // Another apt may hold the lock, as on a machine that has just started: wait for it.
  const child = spawn('/usr/bin/apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=60', ...args], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let message = ''
  child.stderr.on('data', (chunk) => {
    message += chunk
  })
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(message.trim().split('\n').at(-1)))))
  })
}

async function executable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
}
