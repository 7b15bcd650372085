/** Packages that `make dev` does not need: the folders of test/ that hold them have lock files of their own, and are installed on demand. */
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT, run } from '../../tools/process/command.ts'

const modules = (folder: string) => join(ROOT, 'test', folder, 'node_modules')
/** The generators and linters of test/clients, with a TypeScript that they know. */
export const PROGRAMS = modules('clients')
/** The Chromium of test/browser, with its libraries and fonts. */
export const CHROMIUM = join(modules('browser'), '.chromium')

const CI = ['ci', '--ignore-scripts', '--workspaces=false', '--no-audit', '--no-fund', '--loglevel=error']

/** Installs a folder's packages once. @returns why they cannot be installed. */
async function install(folder: string, megabytes: number, prepare = async () => {}): Promise<string | undefined> {
  const [lock, installed] = [join(ROOT, 'test', folder, 'package-lock.json'), join(modules(folder), '.installed')]
  if (existsSync(installed) && (await readFile(installed)).equals(await readFile(lock))) return undefined
  console.log(`installing test/${folder}, once (${megabytes} MB)`)
  try {
    await run('npm', CI, { cwd: join(ROOT, 'test', folder) })
    await prepare()
  } catch (error) {
    return `npm could not install test/${folder}: ${(error as Error).message}`
  }
  await copyFile(lock, installed)
  return undefined
}

export const installGenerators = () => install('clients', 140)

/** Runs one of test/clients. @returns what it printed. */
export const tool = (name: string, args: readonly string[], cwd: string) =>
  run(process.execPath, [join(PROGRAMS, '.bin', name), ...args], { cwd })

/** Installs the Chromium that the console is tested with, as every machine's own differs in fonts and behaviour; for Linux on x64 alone. */
export async function installBrowser(): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return
  const problem = await install('browser', 75, unpack)
  if (problem) console.log(problem)
}

/** Unpacks Chromium, with its own fonts alone: those of the machine would change what is measured. */
async function unpack(): Promise<void> {
  await mkdir(CHROMIUM)
  const script = "import chromium from '@sparticuz/chromium'; await chromium.executablePath()"
  // It unpacks into the temporary folder, and its libraries only where it takes the machine for Lambda.
  const env = { TMPDIR: CHROMIUM, AWS_LAMBDA_JS_RUNTIME: 'nodejs24.x' }
  await run(process.execPath, ['--input-type=module', '-e', script], { cwd: join(ROOT, 'test/browser'), env })
  const fonts = `<dir>${CHROMIUM}/fonts</dir><cachedir>${CHROMIUM}/fonts/cache</cachedir>`
  const document = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${fonts}</fontconfig>`
  await writeFile(join(CHROMIUM, 'fonts.conf'), document)
}
