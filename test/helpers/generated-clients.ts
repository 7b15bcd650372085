import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { run } from '../../tools/process/command.ts'

const FOLDER = resolve(import.meta.dirname, '../clients')
/** The generators and linters of test/clients, with a TypeScript that they know. */
export const PROGRAMS = join(FOLDER, 'node_modules')
const MARK = join(PROGRAMS, '.installed')
const ci = ['ci', '--ignore-scripts', '--workspaces=false', '--no-audit', '--no-fund', '--loglevel=error']

/** Installs them, once: 140 MB that nothing else needs. @returns why they cannot be installed, for tests to skip. */
export async function installGenerators(): Promise<string | undefined> {
  const lock = readFileSync(join(FOLDER, 'package-lock.json'), 'utf8')
  if (existsSync(MARK) && readFileSync(MARK, 'utf8') === lock) return undefined
  console.log('installing generators of clients into test/clients/node_modules, once (140 MB)')
  try {
    await run('npm', ci, { cwd: FOLDER })
  } catch (error) {
    return `npm could not install test/clients: ${(error as Error).message}`
  }
  writeFileSync(MARK, lock)
  return undefined
}

/** Runs one of them. @returns what it printed. */
export const tool = (name: string, args: readonly string[], cwd: string) =>
  run(process.execPath, [join(PROGRAMS, '.bin', name), ...args], { cwd })
