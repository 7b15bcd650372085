import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, cp, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Connection, createConnection } from 'mysql2/promise'
import { ended } from '../../process/process.ts'
import { type Database, startDatabase } from './database.ts'
import { runArguments } from './docker.ts'
import { findServer } from './find.ts'
import { identity, launchServer } from './server.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const binary = (await findServer()) ?? ''
const account = { name: 'app', user: "it's" }
const other = { name: 'other', user: 'other', password: "o'\\p" }
const connect = ({ host, port, password }: Pick<Database, 'host' | 'port' | 'password'>, { name, user } = account) =>
  createConnection({ host, port, user, password, database: name })

const { path: directory, remove } = await mkdtempDisposable(join(tmpdir(), 'database-'))
after(remove)
const lines: string[] = []
const start = (...databases: (typeof account)[]) =>
  startDatabase(directory, [account, ...databases], (line) => lines.push(line))

test('keeps acknowledged writes, port and password across a stop and a kill', async () => {
  const first = await start()
  const one = await connect(first)
  await one.query('CREATE TABLE notes (id INT PRIMARY KEY, text VARCHAR(20)) ENGINE = InnoDB')
  await one.query("INSERT INTO notes VALUES (1, '한글 😀')")
  await one.end()
  await first.stop()
  await assert.rejects(connect(first), { code: 'ECONNREFUSED' })

  const second = await start()
  assert.deepEqual([second.port, second.password], [first.port, first.password])
  const two = await connect(second)
  await two.query("INSERT INTO notes VALUES (2, 'two')")
  process.kill(Number(await readFile(join(directory, 'mariadb', 'server.pid'), 'utf8')), 'SIGKILL')
  const again = (): Promise<Connection> => connect(second).catch(() => setTimeout(10).then(again))
  const three = await again()
  const [rows] = await three.query('SELECT text FROM notes ORDER BY id')
  assert.deepEqual(rows, [{ text: '한글 😀' }, { text: 'two' }])
  await three.end()
  two.destroy()
  await second.stop()
  assert.deepEqual(lines, ['the database ended (SIGKILL); restarting it'])
})

test('takes over from a server whose parent was killed', async () => {
  const left = await launchServer(binary, directory, await identity(directory), [account])
  const database = await start()
  assert.equal(await ended(left), 'exit code 0')
  await (await connect(database)).end()
  await database.stop()
})

test('is strict like MySQL 8.4, and gives each user, also a later one, a private database', async () => {
  const database = await start(other)
  const connection = await connect(database)
  await connection.query('CREATE TABLE strict (age TINYINT)')
  await assert.rejects(connection.query('INSERT INTO strict VALUES (1000)'), { errno: 1264 })
  await assert.rejects(connection.query('SELECT * FROM mysql.user'), { errno: 1142 })
  await connection.end()
  await (await connect({ ...database, password: other.password }, other)).end()
  await assert.rejects(connect(database, { ...account, name: other.name }), /Access denied/)
  for (const user of [account.user, 'root', ''])
    await assert.rejects(connect({ ...database, password: '' }, { ...account, user }), /Access denied/)
  await database.stop()
})

test('runs as a user without a name, as in `docker run --user 1234`', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'database-'))
  const copy = join(folder.path, 'server', basename(binary))
  // That user may lack access to a binary downloaded into the checkout.
  if (!relative(ROOT, binary).startsWith('..'))
    await cp(dirname(binary), dirname(copy), { recursive: true, verbatimSymlinks: true })
  // Only root can become another user.
  const become = process.getuid?.() === 0 ? 'process.setgid(1234567); process.setuid(1234567);' : ''
  if (become) await chown(folder.path, 1234567, 1234567)
  const program = `
    import { identity, launchServer } from '${new URL('server.ts', import.meta.url)}'
    ${become}
    const [binary, directory] = process.argv.slice(1)
    const server = await launchServer(binary, directory, await identity(directory), [{ name: 'app', user: 'app' }])
    server.kill()`
  const args = ['--input-type=module', '-e', program, existsSync(copy) ? copy : binary, folder.path]
  await promisify(execFile)(process.execPath, args, { cwd: folder.path })
})

test('starts MySQL without configuration files or folders of other users', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'database-'))
  const known = await identity(folder.path)
  const mysqld = join(folder.path, 'mysqld')
  const script = `#!/bin/sh
    [ "$1" = --no-defaults ] || exit 1
    case "$*" in *--secure-file-priv=NULL*) ;; *) exit 1 ;; esac
    case "$*" in *--initialize*) exit ;; esac
    echo "ready for connections. Version: '8.4'  port: ${known.port}" >&2
    exec sleep 60`
  await writeFile(mysqld, script, { mode: 0o755 })
  const server = await launchServer(mysqld, folder.path, known, [])
  server.kill()
  await ended(server)
})

test('runs MySQL in Docker on loopback, as the calling user, without a password in the process list', () => {
  const args = runArguments('c', '/data', 3307, ['MYSQL_PASSWORD']).join(' ')
  assert.match(args, /--publish 127\.0\.0\.1:3307:3306 --volume \/data:\/var\/lib\/mysql --user \d+:\d+/)
  assert.match(args, /--env MYSQL_PASSWORD mysql:8\.4 --skip-log-bin/)
})
