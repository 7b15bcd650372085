import { glob } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { canInstall, install, isExecutable } from './apt.ts'

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
      if (await isExecutable(file)) return file
    }
  }
  return undefined
}

/**
 * Installs MariaDB's server where that needs no question: as root, with apt. The package starts no service.
 * @throws Error with the choices elsewhere.
 */
export async function installServer(log: (line: string) => void): Promise<string> {
  if (!(await canInstall())) throw new Error(CHOICES)
  log('installing MariaDB (apt-get install mariadb-server-core), once')
  await install('mariadb-server-core').catch((error: Error) => {
    throw new Error(`apt-get could not install MariaDB: ${error.message}\n${CHOICES}`)
  })
  const server = await findServer()
  if (!server) throw new Error(CHOICES)
  return server
}
