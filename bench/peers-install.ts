import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { CHOICES, obtainServer } from '../local/database-find.ts'
import { pythonVersions } from './python.ts'

const folder = join(import.meta.dirname, 'peers')

/**
 * Sees to a database server, and says where Python's peers are missing.
 * @throws Error with the choices where there is no database.
 */
export async function requireServers(say: (line: string) => void): Promise<void> {
  if (!(await obtainServer(say))) throw new Error(CHOICES)
  if (await pythonVersions()) return
  say(
    'Not compared with Python: /usr/bin/python3 with pymysql and boto3 is missing (Debian: python3-pymysql python3-boto3).',
  )
}

/** Installs what `make bench` alone needs, where its lock file has changed. AWS's runtime client is compiled, where there is a compiler. */
export function installPeers(say: (line: string) => void): void {
  const wanted = readFileSync(join(folder, 'package-lock.json'), 'utf8')
  const mark = join(folder, 'node_modules', '.installed')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return
  say("Installing the peers and AWS's runtime client (once, a minute or two) …")
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    // By this Node.js, not by the machine's: AWS's client is left out without a word where that is too old for it.
    env: { ...process.env, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) throw new Error('npm ci in bench/peers failed: see the lines above')
  writeFileSync(mark, wanted)
}
