import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { COMMON_OPTIONS } from '../../tools/local/database/server.ts'
import { freePort } from '../../tools/process/port.ts'

/** Starts and stops a real MySQL server. It is not part of a checkout, and needs root. */
const SCRIPT = resolve(import.meta.dirname, '../../../shared/mysql/server')

export const canStartMysql = existsSync(SCRIPT) && process.getuid?.() === 0

/** Starts a MySQL server, which stops with this process. @returns its port */
export async function startMysql(): Promise<number> {
  const port = await freePort()
  process.once('exit', () => spawnSync(SCRIPT, ['down', String(port)]))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  await promisify(execFile)(SCRIPT, ['up', String(port), ...COMMON_OPTIONS])
  return port
}
