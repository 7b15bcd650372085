import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { pythonVersions } from './python.ts'
import type { Stage } from './stage.ts'

const require = createRequire(import.meta.url)
const peers = join(import.meta.dirname, 'peers')

/** Where it was measured, in one line. */
export async function describeMachine(): Promise<string> {
  const [cpu] = cpus()
  const system = /^PRETTY_NAME="(.*)"$/m.exec(await readFile('/etc/os-release', 'utf8').catch(() => ''))?.[1]
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`
  return `${cpus().length} cores (${cpu?.model.trim() || arch()}), ${memory}, ${system ?? process.platform}, kernel ${release()}`
}

/** What was measured, each with its version. */
export async function describeVersions(stage: Stage): Promise<string[]> {
  const own = ['mysql2', '@aws-sdk/client-s3', '@middy/core', 'valibot', 'esbuild']
  const { dependencies, optionalDependencies } = JSON.parse(await readFile(join(peers, 'package.json'), 'utf8'))
  const [rows] = await stage.connection.query('SELECT VERSION() AS version')
  const [server] = rows as { version: string }[]
  const { dependencies: ours } = require('../package.json') as { dependencies: Record<string, string> }
  return [
    `Node.js ${process.versions.node} (V8 ${process.versions.v8})`,
    String(server?.version).replace(/^([\d.]+)-MariaDB.*$/, 'MariaDB $1'),
    ...own.map((name) => `${name} ${ours[name]}`),
    ...Object.entries({ ...dependencies, ...optionalDependencies }).map(([name, version]) => `${name} ${version}`),
    (await pythonVersions()) ?? 'no Python with PyMySQL and boto3',
  ]
}
