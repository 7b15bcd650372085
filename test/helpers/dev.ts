import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { ROOT } from '../../tools/process/command.ts'
import { freePort } from '../../tools/process/port.ts'
import { ended } from '../../tools/process/process.ts'
import { copyOfCheckout } from './checkout.ts'

/** Default timeout on a busy machine, in milliseconds. */
const PATIENCE = 60_000

/** Environment without the developer's settings, which would affect tests. */
function plain(): Record<string, string> {
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE } = process.env
  return { PATH, HOME, ...(NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE }) }
}

/** Copies the sources for a test to change, with separate data. */
export function checkout(): ReturnType<typeof copyOfCheckout> {
  const copy = copyOfCheckout()
  // Shares the database server that `make dev` may have downloaded.
  mkdirSync(join(copy.folder, '.local'))
  symlinkSync(join(ROOT, '.local/mariadb'), join(copy.folder, '.local/mariadb'))
  return copy
}

/** Starts `make dev` and waits until it serves. @param env variables; without `PORT`, a free port is added. */
export async function startDev(folder: string, env: Readonly<Record<string, string>> = {}): Promise<Dev> {
  const dev = new Dev(folder, { PORT: String(await freePort()), ...env })
  await dev.prints(/Ctrl-C stops it/)
  return dev
}

/** A process of `make dev`, with its output. */
export class Dev {
  readonly child: ChildProcess
  /** `http://localhost:PORT/default`. */
  readonly base: string
  output = ''

  constructor(folder: string, env: Readonly<Record<string, string>>) {
    this.base = `http://localhost:${env.PORT}/default`
    const options = { cwd: folder, env: { ...plain(), ...env }, stdio: 'pipe' } as const
    this.child = spawn(process.execPath, ['tools/local/dev.ts'], options)
    const print = (chunk: unknown) => (this.output += chunk)
    for (const stream of [this.child.stdout, this.child.stderr]) stream?.on('data', print)
  }

  /** Resolves when the output matches, from `from` characters on. */
  async prints(pattern: RegExp, from = 0): Promise<void> {
    const found = () => pattern.test(this.output.slice(from))
    await eventually(async () => found() || this.child.exitCode !== null).catch(() => undefined)
    assert.ok(found(), `no ${pattern} in:\n${this.output}`)
  }

  async ends(signal?: NodeJS.Signals): Promise<number | null> {
    if (signal) this.child.kill(signal)
    await ended(this.child)
    return this.child.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ends('SIGTERM')
  }
}

/** Replaces text of a file. @returns a function that restores the file. */
export async function edit(folder: string, file: string, from: string | RegExp, to: string) {
  const path = join(folder, file)
  const text = await readFile(path, 'utf8')
  const changed = text.replace(from, () => to)
  assert.notEqual(changed, text, `${file} has no ${from}`)
  await writeFile(path, changed)
  return () => writeFile(path, text)
}

/** Polls until the condition holds. @throws AssertionError after `patience` milliseconds. */
export async function eventually(what: () => Promise<boolean>, patience = PATIENCE): Promise<void> {
  const since = Date.now()
  while (!(await what())) {
    assert.ok(Date.now() - since < patience, `not within ${patience} ms`)
    await setTimeout(20)
  }
}

const run = promisify(execFile)

/** Runs a script in a folder, without the developer's settings. @throws Error with its output. */
export async function runScript(cwd: string, ...args: readonly string[]): Promise<void> {
  await run(process.execPath, args, { cwd, env: plain(), maxBuffer: 2 ** 26 }).catch(({ stdout, stderr }) => {
    throw new Error(`${args.join(' ')} failed:\n${stdout}${stderr}`)
  })
}

/** Runs a documented command line in a folder, with a stand-in for curl, which some machines lack. */
export async function paste(line: string, cwd: string): Promise<string> {
  const curl = `curl() { "${process.execPath}" "${join(import.meta.dirname, 'curl.ts')}" "$@"; }`
  return (await run('sh', ['-c', `${curl}; ${line}`], { cwd })).stdout
}

/** Ids of the child processes of a process. */
export const childrenOf = (pid: number | undefined): number[] =>
  (spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' }).stdout.match(/\d+/g) ?? []).map(Number)
