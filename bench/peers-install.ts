import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, 'peers')

/** Installs what the benchmark alone needs, where its lock file has changed. AWS's runtime client is compiled, where there is a compiler. */
export function installPeers(say: (line: string) => void): void {
  const wanted = readFileSync(join(folder, 'package-lock.json'), 'utf8')
  const mark = join(folder, 'node_modules', '.installed')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return
  say("Installing the peers and AWS's runtime client (once, a minute or two) …")
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) throw new Error('npm ci in bench/peers failed: see the lines above')
  writeFileSync(mark, wanted)
}
