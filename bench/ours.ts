import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Image } from '../scripts/build.ts'
import type { Contender } from './execution.ts'
import type { Runtime } from './runtime.ts'
import type { Stage } from './stage.ts'

const root = resolve(import.meta.dirname, '..')
const run = promisify(execFile)

/** The function as its image has it: the same command builds it, and the Dockerfile's variables are set. */
export async function ours(image: Image, runtime: Runtime, stage: Stage): Promise<Contender> {
  const taskRoot = join(stage.directory, 'ours', image)
  await run(process.execPath, [join(root, 'scripts/build.ts'), image, taskRoot])
  return {
    name: 'this project',
    command: runtime.command,
    args: runtime.args,
    taskRoot,
    variables: { ...stage.variables, ...(await imageVariables(image)) },
  }
}

/** What the Dockerfile sets for the function, such as NODE_OPTIONS. */
async function imageVariables(image: Image): Promise<Record<string, string>> {
  const dockerfile = await readFile(join(root, `Dockerfile_${image}`), 'utf8')
  const [, final = ''] = /^FROM [^\n]*(?![\s\S]*^FROM )\n([\s\S]*)/m.exec(dockerfile) ?? []
  return Object.fromEntries([...final.matchAll(/^ENV (\w+)="?(.*?)"?$/gm)].map(([, name, value]) => [name, value]))
}

/** The limit: a handler that does nothing. */
export async function empty(runtime: Runtime, stage: Stage): Promise<Contender> {
  const taskRoot = join(stage.directory, 'empty')
  await mkdir(taskRoot, { recursive: true })
  await writeFile(join(taskRoot, 'index.js'), "exports.handler = async () => ({ statusCode: 200, body: '{}' })\n")
  return { name: 'empty handler', command: runtime.command, args: runtime.args, taskRoot, variables: stage.variables }
}
