import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import dns from 'node:dns'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, mock, test } from 'node:test'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { promisify } from 'node:util'
import { createDatabase, startTestServer } from '../../test/helpers/database-servers.ts'
import { findServer } from '../../tools/local/database/find.ts'
import { ready } from '../../tools/local/database/server.ts'
import { ended } from '../../tools/process/process.ts'
import { Database } from './database.ts'

const { port, directory, server: plain, stop } = await startTestServer()
const { user: DB_USER, password: DB_PASS, name: DB_NAME } = await createDatabase(port)
await plain.stop()

// A self-signed certificate for `db.example.com` alone.
const subject = '-subj /CN=db.example.com -addext subjectAltName=DNS:db.example.com'
const key = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout server.key'
await promisify(execFile)('openssl', `req -x509 ${key} ${subject} -days 2 -out server.pem`.split(' '), {
  cwd: directory,
})
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
  await ended(server)
  await stop()
})

// Every name resolves to this machine, so that one can match the certificate.
mock.method(dns, 'lookup', (_: string, { all }: dns.LookupOptions, done: (...answer: unknown[]) => void) =>
  all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4),
)
/** The cipher of a connection to that host. */
async function cipher(DB_HOST: string): Promise<string | undefined> {
  const database = new Database({ DB_HOST, DB_PORT: port, DB_USER, DB_PASS, DB_NAME })
  const reading = database.read<{ Value: string }>("SHOW STATUS LIKE 'Ssl_cipher'")
  return (await reading.finally(() => database.close()))[0]?.Value
}

test('refuses a certificate from an unknown authority', () =>
  assert.rejects(cipher('db.example.com'), { code: 'HANDSHAKE_SSL_ERROR' }))

test('accepts a certificate from a known authority and encrypts; refuses a certificate for another host', async () => {
  setDefaultCACertificates([...getCACertificates(), await readFile(join(directory, 'server.pem'), 'utf8')])
  assert.match((await cipher('db.example.com')) ?? '', /^(TLS_|ECDHE-)/)
  await assert.rejects(cipher('db2.example.com'), /db2\.example\.com/)
})
