import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtempDisposable, watch } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

const module = JSON.stringify(new URL('closed-output.ts', import.meta.url))

test('finishes silently after its output was closed', async () => {
  const program = `import ${module}; process.stdin.on('end', () => { console.log('a'); setTimeout(() => console.log('b'), 10) }).resume()`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program])
  const errors = child.stderr.toArray()
  child.stdout.destroy()
  await once(child.stdout, 'close')
  child.stdin.end()
  assert.deepEqual([...(await once(child, 'exit')), await errors], [0, null, []])
})

/** Debian's `script` provides a terminal; macOS has a different `script`. */
const hasTerminal = process.platform === 'linux' && existsSync('/usr/bin/script')
const skip = !hasTerminal && 'needs /usr/bin/script of util-linux'

test('notices a closed terminal, even when another process got the signal', { skip }, async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'terminal-'))
  const code = `import { onClosedOutput } from ${module}; import { mkdirSync } from 'node:fs'
    process.on('SIGHUP', () => {})
    onClosedOutput(() => { mkdirSync(process.env.CLOSED); process.exit() })
    setInterval(() => {}, 1000); console.log('ready')`
  const env = { ...process.env, CODE: code, NODE: process.execPath, CLOSED: join(folder.path, 'closed') }
  const args = ['-qec', 'exec "$NODE" --input-type=module -e "$CODE"', '/dev/null']
  const changes = watch(folder.path)
  const child = spawn('/usr/bin/script', args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  for await (const { filename } of changes) if (filename === 'closed') break
})
