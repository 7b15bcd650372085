import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { createDatabase, startTestServer } from '../../test/helpers/database-servers.ts'
import { findServer } from '../../tools/local/database/find.ts'
import { ready } from '../../tools/local/database/server.ts'

const run = promisify(execFile)
const { port, directory, server: plain, stop } = await startTestServer()
const database = await createDatabase(port)
await plain.stop()
await certificate(directory)
const server = spawn((await findServer()) ?? 'mariadbd', [
  '--no-defaults',
  ...(process.getuid?.() === 0 ? ['--user=root'] : []),
  `--datadir=${join(directory, 'mariadb')}`,
  `--port=${port}`,
  '--bind-address=127.0.0.1',
  '--skip-name-resolve',
  '--socket=server.sock',
  `--ssl-cert=${join(directory, 'server.pem')}`,
  `--ssl-key=${join(directory, 'server.key')}`,
])
await ready(server, port, join(directory, 'tls.log'))
after(async () => {
  server.kill()
  await once(server, 'exit')
  await stop()
})

/** A server's certificate that is its own authority, good for `db.example.com` and for nothing else. */
async function certificate(cwd: string): Promise<void> {
  const subject = '-subj /CN=db.example.com -addext subjectAltName=DNS:db.example.com'
  const key = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout server.key'
  await run('openssl', `req -x509 ${key} ${subject} -days 2 -out server.pem`.split(' '), { cwd })
}

const url = (file: string) => JSON.stringify(new URL(file, import.meta.url).href)
/** Every name is this machine, so that a certificate can be for one of them. */
const SCRIPT = `
import dns from 'node:dns'
dns.lookup = (host, { all }, done) => all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)
import { readEnvironment } from ${url('../http/read-environment.ts')}
import { Database } from ${url('database.ts')}
import { mysqlEnvironment } from ${url('environment.ts')}
const database = new Database(readEnvironment(mysqlEnvironment({})))
await database.read("SHOW STATUS LIKE 'Ssl_cipher'").then(
  ([row]) => console.log('cipher', row.Value),
  (error) => console.log(error.name, error.code),
)
database.close()
`

const trusting = { NODE_EXTRA_CA_CERTS: join(directory, 'server.pem') }
const cases: Record<string, [variables: Record<string, string>, seen: RegExp]> = {
  'a certificate by a known authority for the right host is accepted, and all is encrypted': [
    { DB_HOST: 'db.example.com', ...trusting },
    /^cipher (TLS_|ECDHE-)/,
  ],
  'a certificate by an unknown authority is refused': [{ DB_HOST: 'db.example.com' }, /^Error HANDSHAKE_SSL_ERROR/],
  'a certificate for another host is refused': [{ DB_HOST: 'db2.example.com', ...trusting }, /^Error /],
  'on a loopback host nothing is encrypted': [{ DB_HOST: '127.0.0.1' }, /^cipher $/m],
}
for (const [name, [variables, seen]] of Object.entries(cases)) {
  // In a process of its own: which authorities are known is settled at a process's start.
  test(name, async () => {
    const { user, password, name } = database
    const own = { DB_PORT: String(port), DB_USER: user, DB_PASS: password, DB_NAME: name }
    const env = { PATH: process.env.PATH, ...own, ...variables }
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', SCRIPT], { env })
    assert.match(stdout, seen)
  })
}
