import { globSync } from 'node:fs'
import { access, constants } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import { unpackMariadb } from './apt.ts'

/** Folder of a downloaded server. */
const UNPACKED = resolve(import.meta.dirname, '../../../.local/mariadb')

const FOLDERS = [
  '/usr/sbin',
  '/usr/local/sbin',
  '/usr/libexec',
  '/usr/local/mysql/bin',
  '/opt/homebrew/opt/{mysql,mariadb}*/bin',
  '/usr/local/opt/{mysql,mariadb}*/bin',
]

export const CHOICES = `no database server was found. One of these is needed:
  - MariaDB or MySQL on this machine (Debian, Ubuntu: sudo apt-get install mariadb-server-core; macOS: brew install mariadb)
  - Docker, running
  - a database elsewhere: see the settings in docs/settings.md under “Which database?”`

/** Path of an installed or downloaded `mariadbd` or `mysqld`. */
export async function findServer(): Promise<string | undefined> {
  const path = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  const folders = [...path, ...globSync(FOLDERS), UNPACKED]
  for (const file of ['mariadbd', 'mysqld'].flatMap((name) => folders.map((folder) => join(folder, name))))
    if (await isExecutable(file)) return file
  return undefined
}

/** Finds a server, or downloads MariaDB's into `.local/` if apt is available. Logs the download, and the reason of a failure. */
export async function obtainServer(log: (line: string) => void): Promise<string | undefined> {
  const found = await findServer()
  if (found || !(await isExecutable('/usr/bin/apt-get'))) return found
  log('downloading MariaDB into .local/, once (about 20 MB)')
  return unpackMariadb(UNPACKED).then(
    () => join(UNPACKED, 'mariadbd'),
    ({ message }: Error) =>
      void log(`apt-get could not download MariaDB: ${message.match(/^E: .*$/m)?.[0] ?? message}`),
  )
}

export const isExecutable = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
