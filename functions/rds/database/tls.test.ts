import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { startTestServer, type TestServer } from '../../../test/helpers/database.ts'
import { findServer } from '../../../tools/local/database/find.ts'
import { ready } from '../../../tools/local/database/server.ts'

const run = promisify(execFile)

let plain: TestServer
let server: ChildProcess
before(async () => {
  plain = await startTestServer()
  await plain.server.stop()
  await certificates(plain.directory)
  const binary = (await findServer()) ?? 'mariadbd'
  server = spawn(binary, [
    '--no-defaults',
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
    `--datadir=${join(plain.directory, 'mariadb')}`,
    `--port=${plain.database.port}`,
    '--bind-address=127.0.0.1',
    '--skip-name-resolve',
    '--socket=server.sock',
    `--ssl-cert=${join(plain.directory, 'server.pem')}`,
    `--ssl-key=${join(plain.directory, 'server.key')}`,
  ])
  await ready(server, plain.database.port, join(plain.directory, 'tls.log'))
})
after(async () => {
  server.kill()
  await once(server, 'exit')
  await plain.stop()
})

/** An authority, and a server's certificate by it that is good for `db.example.com` and for nothing else. */
async function certificates(cwd: string): Promise<void> {
  const openssl = (...args: string[]) => run('openssl', args, { cwd })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  await openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Test authority')
  await openssl(
    'req',
    ...key.slice(0, -2),
    '-keyout',
    'server.key',
    '-out',
    'server.csr',
    '-subj',
    '/CN=db.example.com',
  )
  await writeFile(join(cwd, 'server.ext'), 'subjectAltName = DNS:db.example.com\n')
  const authority = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'server.ext']
  await openssl('x509', '-req', '-in', 'server.csr', ...authority, '-out', 'server.pem')
}

/** Every name is this machine, so that a certificate can be for one of them. */
const SCRIPT = `
import dns from 'node:dns'
dns.lookup = (host, { all }, done) => all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)
import { Database } from ${JSON.stringify(new URL('database.ts', import.meta.url).href)}
import { readEnvironment } from ${JSON.stringify(new URL('../../http/read-environment.ts', import.meta.url).href)}
import { rdsEnvironmentSchema } from ${JSON.stringify(new URL('../environment.ts', import.meta.url).href)}
const database = new Database(readEnvironment(rdsEnvironmentSchema))
await database.read("SHOW STATUS LIKE 'Ssl_cipher'").then(
  ([row]) => console.log(JSON.stringify({ cipher: row.Value })),
  (error) => console.log(JSON.stringify({ code: error.code, unavailable: error.name === 'UnavailableError' })),
)
database.close()
`

/** What a function in a process of its own sees; which authorities are known is settled at a process's start. */
async function connect(
  variables: Record<string, string>,
): Promise<{ cipher?: string; code?: string; unavailable?: boolean }> {
  const { port, user, password, name } = plain.database
  const own = { DB_PORT: String(port), DB_USER: user, DB_PASS: password, DB_NAME: name }
  const env = { PATH: process.env.PATH, ...own, ...variables }
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', SCRIPT], { env })
  return JSON.parse(stdout)
}
const trusting = () => ({ NODE_EXTRA_CA_CERTS: join(plain.directory, 'ca.pem') })

test('a certificate by a known authority for the right host is accepted, and all is encrypted', async () => {
  assert.match((await connect({ DB_HOST: 'db.example.com', ...trusting() })).cipher ?? '', /^TLS_|^ECDHE-/)
})

test('a certificate by an unknown authority is refused', async () => {
  const { cipher, unavailable, code } = await connect({ DB_HOST: 'db.example.com' })
  assert.deepEqual(
    { cipher, unavailable, code },
    { cipher: undefined, unavailable: false, code: 'HANDSHAKE_SSL_ERROR' },
  )
})

test('a certificate for another host is refused', async () => {
  const { cipher, unavailable } = await connect({ DB_HOST: 'db2.example.com', ...trusting() })
  assert.deepEqual({ cipher, unavailable }, { cipher: undefined, unavailable: false })
})

test('on a loopback host nothing is encrypted', async () => {
  assert.deepEqual(await connect({ DB_HOST: '127.0.0.1' }), { cipher: '' })
})
