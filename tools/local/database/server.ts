import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createWriteStream, existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { type CommandError, run } from '../../process/command.ts'
import { remembered } from '../../process/port.ts'
import { ended, stopLeftover, tied } from '../../process/process.ts'
import { type Account, accountSql } from './accounts.ts'

/** Of a server, remembered beside its data. */
export interface ServerIdentity {
  readonly port: number
  readonly password: string
}

/** Starts within this, recovery after a crash included; milliseconds. */
const START_TIMEOUT = 30_000

/** The mode of MySQL 8.4, so that what MariaDB takes, MySQL takes. */
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
export const MYSQL_OPTIONS = ['--mysqlx=OFF', '--innodb-redo-log-capacity=16M']

/** Port and password of the server in `directory`. */
export const identity = (directory: string): Promise<ServerIdentity> =>
  remembered(directory, { password: randomBytes(18).toString('base64url') })

/** A server that is a child of this process, and can be started again on the same data. */
export abstract class ServerProcess {
  protected child: ChildProcess | undefined

  abstract start(): Promise<void>

  get pid(): number | undefined {
    return this.child?.pid
  }

  /** Resolves with a word on why, when the process has ended. */
  ended(): Promise<string> {
    return ended(this.child)
  }

  /** Shuts down cleanly; by SIGKILL it ends as in a power cut. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.child?.kill(signal)
    await this.ended()
  }
}

/** A `mariadbd` or `mysqld` of this machine on a data directory of its own, on 127.0.0.1. */
export class DatabaseServer extends ServerProcess {
  readonly identity: ServerIdentity
  readonly #binary: string
  readonly #data: string
  readonly #directory: string
  readonly #sql: string

  /** @param sql more statements for each start, each on a line of its own. */
  constructor(binary: string, directory: string, known: ServerIdentity, accounts: readonly Account[], sql = '') {
    super()
    this.identity = known
    this.#sql = `${accountSql(accounts, known.password)}${sql}`
    this.#binary = binary
    this.#directory = directory
    this.#data = join(directory, basename(binary) === 'mariadbd' ? 'mariadb' : 'mysql')
  }

  /** Resolves when it takes connections; makes the data directory the first time, ends a leftover of an earlier run. */
  async start(): Promise<void> {
    await stopLeftover(join(this.#data, 'server.pid'), this.#data)
    if (!existsSync(this.#data)) await this.#initialise()
    await writeFile(join(this.#directory, 'init.sql'), this.#sql, { mode: 0o600 })
    const [command, args] = tied(this.#binary, [
      ...this.#common(),
      `--port=${this.identity.port}`,
      '--bind-address=127.0.0.1',
      // Relative to the data directory: a socket's path has at most 107 bytes.
      '--socket=server.sock',
      '--pid-file=server.pid',
      `--init-file=${join(this.#directory, 'init.sql')}`,
    ])
    // A session of its own, so that Ctrl-C does not end it while functions still use it.
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true })
    this.child = child
    await ready(child, this.identity.port, join(this.#directory, 'server.log'))
  }

  #common(): string[] {
    const variant = basename(this.#binary) === 'mariadbd' ? MARIADB_OPTIONS : MYSQL_OPTIONS
    // Root has to be named; another user may have no name, as with `docker run --user 1234`.
    // A server that starts takes the temporary tables of others away, where they share a directory for them.
    const directories = [`--datadir=${this.#data}`, `--tmpdir=${this.#directory}`]
    return [
      '--no-defaults',
      ...directories,
      ...(process.getuid?.() === 0 ? ['--user=root'] : []),
      ...COMMON_OPTIONS,
      ...variant,
    ]
  }

  /** Into a temporary directory first: one that was interrupted is never taken for a finished one. */
  async #initialise(): Promise<void> {
    const target = this.#data
    const temporary = `${target}.new`
    await rm(temporary, { recursive: true, force: true })
    await mkdir(temporary, { recursive: true })
    const args = this.#common().map((arg) => (arg === `--datadir=${target}` ? `--datadir=${temporary}` : arg))
    if (basename(this.#binary) === 'mariadbd') await bootstrapMariadb(this.#binary, args, temporary)
    else await run(this.#binary, ['--initialize', ...args], { cwd: temporary })
    await rename(temporary, target)
  }
}

/** `mariadb-install-db` needs programs that Debian's server package lacks; the same SQL through `--bootstrap` needs none. */
async function bootstrapMariadb(binary: string, args: readonly string[], cwd: string): Promise<void> {
  const help = await run(binary, ['--no-defaults', '--verbose', '--help'], { cwd })
  const charsets = /^character-sets-dir\s+(.+)/m.exec(help)?.[1]
  const share = dirname(charsets?.replace(/\/+$/, '') ?? '/usr/share/mysql/charsets')
  const files = await readdir(share)
  const parts = await Promise.all(
    ['system_tables.sql', 'performance_tables.sql', 'system_tables_data.sql'].map((part) => {
      const file = files.find((name) => name === `mariadb_${part}` || name === `mysql_${part}`)
      if (!file) throw new Error(`${binary} is there, but not ${join(share, `mysql_${part}`)}: reinstall MariaDB`)
      return readFile(join(share, file), 'utf8')
    }),
  )
  // Bootstrap takes one statement a line. The root account can then only log in over the socket, as the system's root.
  const sql = ['create database mysql;', 'use mysql;', "set @auth_root_socket='root';", ...parts].join('\n')
  const options = [...args, '--bootstrap', '--enforce-storage-engine=']
  await run(binary, options, { cwd, input: `${sql}\n` }).catch(({ message, output = message }: CommandError) => {
    throw new Error(`${binary} could not make its data directory: ${lastError(output)}`)
  })
}

/** The server says so itself in its log, with the port. */
export async function ready(
  child: ChildProcess,
  port: number,
  logFile: string,
  timeout = START_TIMEOUT,
): Promise<void> {
  const log = createWriteStream(logFile)
  let tail = ''
  const lines = createInterface({ input: child.stderr as NodeJS.ReadableStream })
  let timer: NodeJS.Timeout | undefined
  await new Promise<void>((resolve, reject) => {
    const fail = (reason: string) => reject(new Error(`the database did not start: ${reason} (log: ${logFile})`))
    timer = setTimeout(() => fail(`not ready after ${timeout / 1000} s`), timeout)
    lines.on('line', (line) => {
      log.write(`${line}\n`)
      tail = `${tail.slice(-4000)}${line}\n`
      if (/^Version: .*port: /.test(line) || line.includes('ready for connections. Version:')) {
        if (new RegExp(`port: ${port}\\b`).test(line)) resolve()
      }
    })
    lines.on('close', () => log.end())
    child.once('error', (error) => fail(error.message))
    child.once('exit', () => fail(lastError(tail)))
  }).finally(() => clearTimeout(timer))
}

function lastError(log: string): string {
  const errors = log.split('\n').filter((line) => /\bERROR\b/.test(line) && !line.includes('Aborting'))
  return (errors.at(-1) ?? log.trim().split('\n').at(-1) ?? '').replace(/^.*?\[ERROR\]\s*/, '')
}
