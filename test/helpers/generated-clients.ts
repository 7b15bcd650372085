import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { run } from '../../tools/process/command.ts'

const FOLDER = resolve(import.meta.dirname, '../clients')
const DESCRIPTIONS = resolve(import.meta.dirname, '../../docs/openapi')
const MARK = join(FOLDER, 'node_modules/.installed')
const ci = ['ci', '--ignore-scripts', '--workspaces=false', '--no-audit', '--no-fund', '--loglevel=error']

/**
 * Installs the generators and linters of test/clients, once: 140 MB that nothing else needs, with a TypeScript that they know.
 * @returns why they cannot be installed, for tests to skip.
 */
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

/** Runs a program of test/clients. @returns what it printed. */
export const tool = (name: string, args: readonly string[], cwd: string) =>
  run(process.execPath, [join(FOLDER, 'node_modules/.bin', name), ...args], { cwd })

/** Makes a client of each description by each generator in TypeScript: `NAME.types.ts` for openapi-fetch, `NAME/` by hey-api. */
export async function generateClients(names: readonly string[], folder: string): Promise<void> {
  symlinkSync(join(FOLDER, 'node_modules'), join(folder, 'node_modules'))
  for (const name of names) {
    const description = join(DESCRIPTIONS, `${name}.json`)
    await tool('openapi-typescript', [description, '-o', `${name}.types.ts`], folder)
    await tool('openapi-ts', ['-i', description, '-o', name, '-c', '@hey-api/client-fetch'], folder)
  }
}

const STRICT = ['--strict', '--noUncheckedIndexedAccess', '--noEmit']
const MODERN = ['--target', 'es2024', '--module', 'esnext', '--moduleResolution', 'bundler', '--types', 'node']

/** @throws Error with what the compiler has against these files. */
export const compile = (files: readonly string[], folder: string) =>
  tool('tsc', [...STRICT, ...MODERN, ...files], folder)
