import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { createConnection } from 'mysql2/promise'
import { type Database, startDatabase, supervise } from './database.ts'
import { runArguments } from './docker.ts'
import { findServer } from './find.ts'
import { DatabaseServer, identity } from './server.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const account = { name: 'app', user: "it's" }
const connect = ({ host, port, password }: Database, { name, user } = account) =>
  createConnection({ host, port, user, password, database: name })

describe('a private database', () => {
  let directory = ''
  const lines: string[] = []
  const start = () => startDatabase({ directory, databases: [account], log: (line) => lines.push(line) })

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'database-'))
  })
  after(() => rm(directory, { recursive: true }))

  test('keeps what was acknowledged, its port and its password across a stop and a kill', async () => {
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
    await killServer(directory)
    const three = await retry(() => connect(second))
    const [rows] = await three.query('SELECT * FROM notes ORDER BY id')
    assert.deepEqual(rows, [
      { id: 1, text: '한글 😀' },
      { id: 2, text: 'two' },
    ])
    await three.end()
    two.destroy()
    await second.stop()
    assert.deepEqual(lines, ['the database ended (SIGKILL); starting it again', 'the database is back'])
  })

  test('takes over from one whose parent was killed', async () => {
    const left = new DatabaseServer((await findServer()) ?? '', directory, await identity(directory), [account])
    await left.start()
    const database = await start()
    assert.equal(await left.ended(), 'exit code 0')
    await (await connect(database)).end()
    await database.stop()
  })

  test('is strict, as MySQL 8.4 is, and lets nobody in without the password', async () => {
    const database = await start()
    const connection = await connect(database)
    await connection.query('CREATE TABLE strict (age TINYINT)')
    await assert.rejects(connection.query('INSERT INTO strict VALUES (1000)'), { errno: 1264 })
    await assert.rejects(connection.query('SELECT * FROM mysql.user'), { errno: 1142 })
    await connection.end()
    for (const user of [account.user, 'root', ''])
      await assert.rejects(connect({ ...database, password: '' }, { ...account, user }), /Access denied/)
    await database.stop()
  })

  test('has every database of Terraform, also one that comes later, each with its user and password', async () => {
    const other = { name: 'other', user: 'other', password: "o'\\p" }
    const database = await startDatabase({ directory, databases: [account, other], log: () => {} })
    await (await connect(database)).end()
    await (await connect({ ...database, password: other.password }, other)).end()
    await assert.rejects(connect(database, { ...account, name: other.name }), /Access denied/)
    await database.stop()
  })
})

test('a user without a name can run it, as in `docker run --user 1234`', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'database-'))
  const found = (await findServer()) ?? ''
  const binary = join(directory, 'server', basename(found))
  // One that was downloaded into the checkout may be where that user cannot go.
  if (!relative(ROOT, found).startsWith('..'))
    await cp(dirname(found), dirname(binary), { recursive: true, verbatimSymlinks: true })
  // Any user can be taken by root alone; for others it is themselves.
  const become = process.getuid?.() === 0 ? 'process.setgid(1234567); process.setuid(1234567);' : ''
  if (become) await chown(directory, 1234567, 1234567)
  const program = `
    import { DatabaseServer, identity } from '${new URL('server.ts', import.meta.url)}'
    ${become}
    const [binary, directory] = process.argv.slice(1)
    const server = new DatabaseServer(binary, directory, await identity(directory), [{ name: 'app', user: 'app' }])
    await server.start()
    await server.stop()`
  const args = ['--input-type=module', '-e', program, existsSync(binary) ? binary : found, directory]
  await promisify(execFile)(process.execPath, args, { cwd: directory })
  await rm(directory, { recursive: true })
})

test('an interrupted initialisation is done again, and leaves nothing', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'database-'))
  const known = await identity(directory)
  await assert.rejects(new DatabaseServer('/nowhere/mariadbd', directory, known, []).start(), /is not installed/)
  const server = new DatabaseServer((await findServer()) ?? '', directory, known, [])
  await server.start()
  await server.stop()
  assert.deepEqual((await readdir(directory)).sort(), ['identity.json', 'init.sql', 'mariadb', 'server.log'])
  await rm(directory, { recursive: true })
})

test('a database that cannot start is tried again until it can, or until it is stopped', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const lines: string[] = []
  let attempts = 0
  const stopped = Promise.withResolvers<string>()
  const ends = [Promise.resolve('SIGKILL'), stopped.promise]
  const server = {
    ended: () => ends.shift() as Promise<string>,
    stop: async () => stopped.resolve('exit code 0'),
    async start() {
      attempts += 1
      if (attempts === 1) {
        setImmediate(() => t.mock.timers.tick(1000))
        throw new Error('the disk is full')
      }
    },
  }
  const back = Promise.withResolvers<void>()
  const stop = supervise(server, (line) => {
    lines.push(line)
    if (line === 'the database is back') back.resolve()
  })
  await back.promise
  await stop()
  assert.equal(attempts, 2)
  assert.equal(lines[1], 'the disk is full; next attempt in 1 s')
})

test('MySQL in Docker listens on this machine alone, as the calling user, with no password in the process list', () => {
  const args = runArguments('c', '/data', 3307).join(' ')
  assert.match(args, /--publish 127\.0\.0\.1:3307:3306 --volume \/data:\/var\/lib\/mysql --user \d+:\d+/)
  assert.match(args, /--env MYSQL_PASSWORD .*mysql:8\.4 --skip-log-bin/)
})

async function killServer(directory: string): Promise<void> {
  process.kill(Number(await readFile(join(directory, 'mariadb', 'server.pid'), 'utf8')), 'SIGKILL')
}

async function retry<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (!['ECONNREFUSED', 'ECONNRESET'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}
