import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createWriteStream, existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type CommandError, run } from '../../process/command.ts'
import { remembered } from '../../process/port.ts'
import { stopLeftover, tied } from '../../process/process.ts'
import { makeFolder } from '../../process/whole-folder.ts'

/** A database, and its user with all rights on it. */
export interface Account {
  readonly name: string
  readonly user: string
  /** @default the server's password */
  readonly password?: string
}

/** Milliseconds for a start, crash recovery included. */
const START_TIMEOUT = 30_000

/** MySQL 8.4's default, so MariaDB rejects the same statements. */
const SQL_MODE =
  'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'

/** Small, but as durable as in production: every commit is on disk before it is acknowledged. */
export const COMMON_OPTIONS = [
  '--skip-log-bin',
  '--skip-name-resolve',
  '--performance-schema=OFF',
  '--character-set-server=utf8mb4',
  `--sql-mode=${SQL_MODE}`,
  '--innodb-flush-log-at-trx-commit=1',
  '--innodb-buffer-pool-size=32M',
  '--key-buffer-size=1M',
  '--table-open-cache=200',
  '--max-connections=200',
]
const MARIADB_OPTIONS = ['--aria-pagecache-buffer-size=1M', '--innodb-log-file-size=16M']
/** `--secure-file-priv` defaults to a folder that only the system's `mysql` user can read: other users could not start a server. */
export const MYSQL_OPTIONS = ['--mysqlx=OFF', '--innodb-redo-log-capacity=16M', '--secure-file-priv=NULL']

/** Port and password of the server in `directory`, stored beside its data. */
export const identity = (directory: string) =>
  remembered(directory, { password: randomBytes(18).toString('base64url') })

export type ServerIdentity = Awaited<ReturnType<typeof identity>>

/**
 * Starts an installed `mariadbd` or `mysqld` on 127.0.0.1 with its own data directory, created the first time. Ends the leftover of an
 * earlier run; resolves once it accepts connections.
 * @param sql more statements for each start, one per line.
 */
export async function launchServer(
  binary: string,
  directory: string,
  { port, password }: ServerIdentity,
  accounts: readonly Account[],
  sql = '',
): Promise<ChildProcess> {
  const isMariadb = basename(binary) === 'mariadbd'
  const data = join(directory, isMariadb ? 'mariadb' : 'mysql')
  const optionsFor = (folder: string) => [
    '--no-defaults',
    `--datadir=${folder}`,
    // A starting server deletes the temporary tables of others that share its tmpdir.
    `--tmpdir=${directory}`,
    // Only root must be named; other users may have no name, e.g. with `docker run --user 1234`.
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
    ...COMMON_OPTIONS,
    ...(isMariadb ? MARIADB_OPTIONS : MYSQL_OPTIONS),
  ]
  await stopLeftover(join(data, 'server.pid'), data)
  if (!existsSync(data))
    await makeFolder(data, async (temporary) => {
      const root = join(temporary, 'root')
      await mkdir(root)
      if (isMariadb) await bootstrapMariadb(binary, optionsFor(root), root)
      else await run(binary, [...optionsFor(root), '--initialize'], { cwd: root })
    })
  const init = join(directory, 'init.sql')
  await writeFile(init, accountSql(accounts, password) + sql, { mode: 0o600 })
  const [command, args] = tied(binary, [
    ...optionsFor(data),
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    // Relative to the data directory: a socket path is limited to 107 bytes.
    '--socket=server.sock',
    '--pid-file=server.pid',
    `--init-file=${init}`,
  ])
  // Detached, so Ctrl-C does not end it while functions still use it.
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true })
  return ready(child, port, join(directory, 'server.log'))
}

/** SQL for each start, one statement per line: creates missing databases and users, sets passwords. */
function accountSql(accounts: readonly Account[], common: string): string {
  const text = (value: string) => `'${value.replaceAll(/['\\]/g, '\\$&')}'`
  const identifier = (value: string) => `\`${value.replaceAll('`', '``')}\``
  const statements = accounts.flatMap(({ name, user, password = common }) => [
    `CREATE DATABASE IF NOT EXISTS ${identifier(name)} CHARACTER SET utf8mb4;\n`,
    `CREATE USER IF NOT EXISTS ${text(user)}@'127.0.0.1';\n`,
    `ALTER USER ${text(user)}@'127.0.0.1' IDENTIFIED BY ${text(password)};\n`,
    `GRANT ALL ON ${identifier(name)}.* TO ${text(user)}@'127.0.0.1';\n`,
  ])
  return statements.join('')
}

/** Runs the SQL of `mariadb-install-db` through `--bootstrap`: the script needs programs that Debian's server package lacks. */
async function bootstrapMariadb(binary: string, options: readonly string[], cwd: string): Promise<void> {
  const help = await run(binary, ['--no-defaults', '--verbose', '--help'], { cwd })
  const charsets = /^character-sets-dir\s+(.+)/m.exec(help)?.[1]
  const share = dirname(charsets?.replace(/\/+$/, '') ?? '/usr/share/mysql/charsets')
  const files = await readdir(share)
  const parts = ['system_tables.sql', 'performance_tables.sql', 'system_tables_data.sql'].map((part) => {
    const file = files.find((name) => name === `mariadb_${part}` || name === `mysql_${part}`)
    if (!file) throw new Error(`${binary} exists, but ${join(share, `mysql_${part}`)} is missing: reinstall MariaDB`)
    return readFile(join(share, file), 'utf8')
  })
  // Bootstrap reads one statement per line. Socket authentication restricts the root account to the system's root.
  const first = ['create database mysql;', 'use mysql;', "set @auth_root_socket='root';"]
  const input = `${[...first, ...(await Promise.all(parts))].join('\n')}\n`
  const args = [...options, '--bootstrap', '--enforce-storage-engine=']
  await run(binary, args, { cwd, input }).catch(({ message, output = message }: CommandError) => {
    throw new Error(`${binary} could not create its data directory: ${lastError(output)}`)
  })
}

/** Resolves with the server once its log reports the port as ready for connections. */
export async function ready(child: ChildProcess, port: number, logFile: string, timeout = START_TIMEOUT) {
  const { promise, resolve, reject } = Promise.withResolvers<ChildProcess>()
  const fail = (reason: string) => {
    child.kill()
    reject(new Error(`the database did not start: ${reason} (log: ${logFile})`))
  }
  const timer = setTimeout(() => fail(`not ready after ${timeout / 1000} s`), timeout)
  let tail = ''
  child.stderr?.on('data', (text) => {
    tail = `${tail}${text}`.slice(-4000)
    if (new RegExp(`Version: .*port: ${port}\\b`).test(tail)) resolve(child)
  })
  child.stderr?.pipe(createWriteStream(logFile))
  child.once('error', (error) => fail(error.message))
  child.once('close', () => fail(lastError(tail)))
  return promise.finally(() => clearTimeout(timer))
}

function lastError(log: string): string {
  const lines = log.trim().split('\n')
  const error = lines.findLast((line) => /\bERROR\b/.test(line) && !line.includes('Aborting'))
  return (error ?? lines.at(-1) ?? '').replace(/^.*?\[ERROR\]\s*/, '')
}
