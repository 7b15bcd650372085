import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

const canMount = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0
const skip = canMount ? false : 'skipped: mounts of their own for processes take Linux and root'

/** Looks up as many names as a process may at once, then one that needs no server. */
const LOOKUPS = `
  import { lookup } from 'node:dns/promises'
  await import('${new URL('read-environment.ts', import.meta.url)}')
  const silent = await Promise.allSettled(['a.test', 'b.test'].map((name) => lookup(name)))
  console.log(silent.map(({ reason }) => reason.code).join(), (await lookup('localhost')).family > 0)
`

test('lookups time out on a silent name server and do not delay the next one', { skip }, async (t) => {
  // A random loopback address, because a concurrent test run binds port 53 too.
  const address = ['127', ...[0, 0, 0].map(() => randomInt(1, 255))].join('.')
  const server = createSocket('udp4')
  t.after(() => server.close())
  let asked = 0
  server.on('message', () => {
    asked += 1
  })
  server.bind(53, address)
  await once(server, 'listening')
  await using folder = await mkdtempDisposable(join(tmpdir(), 'resolver-'))
  const resolver = join(folder.path, 'resolv.conf')
  await writeFile(resolver, `nameserver ${address}\nsearch .\n`)
  const script = `mount --bind "${resolver}" /etc/resolv.conf; exec "$0" --input-type=module --eval "$1"`
  const args = ['--mount', 'sh', '-ec', script, process.execPath, LOOKUPS]
  // Shorter than libc's default of 20 s.
  const { stdout } = await promisify(execFile)('unshare', args, { timeout: 15_000 })
  assert.equal(stdout, 'EAI_AGAIN,EAI_AGAIN true\n')
  assert.ok(asked > 0)
})
