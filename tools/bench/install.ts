import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { run } from '../process/command.ts'

const folder = import.meta.dirname
/** With this Node.js first on PATH: AWS's client is compiled for the one that runs it. */
const options = { cwd: folder, env: { PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) } }

/** Installs what a list names into a folder, unless that was made from the same list. */
async function installOnce(target: string, list: string, ...commands: readonly (readonly string[])[]): Promise<void> {
  const wanted = readFileSync(join(folder, list), 'utf8')
  const mark = join(folder, target, '.installed')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return
  console.log(`Installing ${list} of tools/bench (once) …`)
  for (const [command = '', ...args] of commands) await run(command, args, options)
  writeFileSync(mark, wanted)
}

/** Installs the peers and AWS's runtime client for Node.js, which is compiled. */
export const installPeers = () =>
  installOnce('node_modules', 'package-lock.json', ['npm', 'ci', '--no-audit', '--no-fund']).catch((error) => {
    throw new Error(`${error.message}\naws-lambda-ric needs a C++ compiler, make and cmake: install them.`)
  })

/** The Python that has the original's packages and AWS's client; `undefined`, with a line that says so, where there is none. */
export async function installPython(): Promise<string | undefined> {
  const python = join(folder, '.venv/bin/python')
  const install = [python, '-m', 'pip', 'install', '--quiet', '--requirement=requirements.txt']
  try {
    await installOnce('.venv', 'requirements.txt', ['python3', '-m', 'venv', '.venv'], install)
    return python
  } catch (error) {
    console.log(`The original is skipped: ${(error as Error).message.split('\n').at(-1)}`)
    return undefined
  }
}
