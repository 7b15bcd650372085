/** Installs on demand packages that only tests need; their folders in test/ have separate lock files. */
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT, run } from '../../tools/process/command.ts'

const modules = (folder: string) => join(ROOT, 'test', folder, 'node_modules')
/** Generators and linters of test/clients, with a TypeScript version that they support. */
export const PROGRAMS = modules('clients')
/** The Chromium of test/browser, with its libraries and fonts. */
export const CHROMIUM = join(modules('browser'), '.chromium')

const CI = ['ci', '--ignore-scripts', '--workspaces=false', '--no-audit', '--no-fund', '--loglevel=error']

/** Installs a folder's packages once. @returns the reason of a failure. */
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

/** Runs a program of test/clients. @returns its output. */
export const tool = (name: string, args: readonly string[], cwd: string) =>
  run(process.execPath, [join(PROGRAMS, '.bin', name), ...args], { cwd })

/** Installs a fixed Chromium for console tests: installed ones differ in fonts and behaviour. Linux on x64 only. */
export async function installBrowser(): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return
  const problem = await install('browser', 75, unpack)
  if (problem) console.log(problem)
}

/** Unpacks Chromium with its own fonts only: the machine's fonts would change measurements. */
async function unpack(): Promise<void> {
  await mkdir(CHROMIUM)
  const script = "import chromium from '@sparticuz/chromium'; await chromium.executablePath()"
  // The package unpacks into TMPDIR, and its libraries only if it detects Lambda.
  const env = { TMPDIR: CHROMIUM, AWS_LAMBDA_JS_RUNTIME: 'nodejs24.x' }
  await run(process.execPath, ['--input-type=module', '-e', script], { cwd: join(ROOT, 'test/browser'), env })
  const fonts = `<dir>${CHROMIUM}/fonts</dir><cachedir>${CHROMIUM}/fonts/cache</cachedir>`
  const document = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${fonts}</fontconfig>`
  await writeFile(join(CHROMIUM, 'fonts.conf'), document)
}
