import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

const folder = import.meta.dirname

/** Installs the peers and AWS's runtime client for Node.js, which is compiled. @throws Error where that fails. */
export function installPeers(): void {
  installOnce('node_modules', 'package-lock.json', () => {
    console.log("Installing the peers and AWS's runtime client (once, about two minutes) …")
    try {
      run('npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error')
    } catch (error) {
      throw new Error(`${(error as Error).message}. aws-lambda-ric needs a C++ compiler, make and cmake: install them.`)
    }
  })
}

/** The Python that has the original's packages and AWS's client; `undefined`, with a line that says so, where there is none. */
export function installPython(): string | undefined {
  const python = join(folder, '.venv/bin/python')
  try {
    installOnce('.venv', 'requirements.txt', () => {
      run('python3', '-m', 'venv', '.venv')
      run(python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement=requirements.txt')
    })
    return python
  } catch (error) {
    console.log(`The original is skipped: ${(error as Error).message}`)
    return undefined
  }
}

/** Runs `install` unless the folder was made from the same list. */
function installOnce(target: string, list: string, install: () => void): void {
  const wanted = readFileSync(join(folder, list), 'utf8')
  const mark = join(folder, target, '.installed')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return
  install()
  writeFileSync(mark, wanted)
}

/** With this Node.js first on PATH: the client is compiled for the one that runs it. */
function run(command: string, ...args: readonly string[]): void {
  const env = { ...process.env, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) }
  const { status, stderr, error } = spawnSync(command, args, { cwd: folder, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args[1]}: ${error?.message ?? stderr.trim().split('\n').at(-1)}`)
}
