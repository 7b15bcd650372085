import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { settingsSchema } from '../../../terraform/settings-fields.ts'
import { ROOT } from '../../process/command.ts'
import { freePort } from '../../process/port.ts'
import { tied } from '../../process/process.ts'

/** Runs `make dev` on a free port and temporary data; IMAGES=1 in containers. */
export async function startService(images = '') {
  const folder = await mkdtemp(join(tmpdir(), 'stress-'))
  const port = await freePort()
  // An empty variable counts as none, and hides that of `.env`: nobody's own database is put under stress.
  const none = Object.fromEntries(Object.keys(settingsSchema.entries).map((name) => [name, '']))
  const env = { ...process.env, ...none, IMAGES: images, PORT: String(port), LOCAL_DATA: folder }
  const child = spawn(...tied(process.execPath, ['tools/local/dev.ts']), { cwd: ROOT, env, stdio: 'pipe' })
  const exited = once(child, 'exit')
  let output = ''
  const ready = Promise.withResolvers<void>()
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  createInterface(child.stdout).on('line', (line) => line.includes('curl') && ready.resolve())
  void exited.then(() => ready.reject(new Error(`make dev ended:\n${output}`)))
  await ready.promise
  return {
    port,
    pid: child.pid ?? 0,
    async stop() {
      child.kill()
      await exited
      await rm(folder, { recursive: true })
    },
  }
}
