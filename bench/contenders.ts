import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import * as esbuild from 'esbuild'
import { buildOptions, type Image } from '../scripts/build.ts'
import type { Contender } from './execution.ts'
import { names } from './names.ts'
import { pythonContender } from './python.ts'
import type { Runtime } from './runtime.ts'
import type { Stage } from './stage.ts'

const root = resolve(import.meta.dirname, '..')
const peers = join(import.meta.dirname, 'peers')
const run = promisify(execFile)

/** Makes contenders: each in a folder of its own on the stage, driven by this runtime. */
export class Contenders {
  readonly #runtime: Runtime
  readonly #stage: Stage

  constructor(runtime: Runtime, stage: Stage) {
    this.#runtime = runtime
    this.#stage = stage
  }

  /** The function as its image has it: the same command builds it, and the Dockerfile's variables are set. */
  async ours(image: Image): Promise<Contender> {
    const taskRoot = this.#folder('ours', image)
    await run(process.execPath, [join(root, 'scripts/build.ts'), image, taskRoot])
    await this.#compileCache(taskRoot)
    return this.#node(names.ours, taskRoot, await imageVariables(image, taskRoot))
  }

  /** One of our use cases alone, `bench/bare/FILE.ts`, made and started as our functions are. */
  async bare(name: string, file: string, image: Image): Promise<Contender> {
    const bare = await this.inOneProcess(name, file, image)
    await this.#compileCache(bare.taskRoot)
    return bare
  }

  /** As `bare`, without a compile cache: for bundles that no runtime starts. */
  async inOneProcess(name: string, file: string, image: Image): Promise<Contender> {
    const taskRoot = this.#folder('bare', file)
    const options = buildOptions(image, taskRoot)
    const entryPoints = {
      ...(options.entryPoints as Record<string, string>),
      function: join(import.meta.dirname, 'bare', `${file}.ts`),
    }
    await esbuild.build({ ...options, entryPoints })
    return this.#node(name, taskRoot, await imageVariables(image, taskRoot))
  }

  /** The limit: a handler that does nothing. */
  async empty(): Promise<Contender> {
    const taskRoot = this.#folder('empty')
    await mkdir(taskRoot, { recursive: true })
    await writeFile(join(taskRoot, 'index.js'), "exports.handler = async () => ({ statusCode: 200, body: '{}' })\n")
    return this.#node(names.empty, taskRoot)
  }

  /** `bench/peers/node/FILE.js` in one minified bundle, without source maps: nothing of theirs is slower than it has to be. */
  async peer(name: string, file: string): Promise<Contender> {
    const taskRoot = this.#folder('peers', file)
    await esbuild.build({
      entryPoints: { index: join(peers, 'node', `${file}.js`) },
      outdir: taskRoot,
      bundle: true,
      minify: true,
      platform: 'node',
      target: 'node24',
      format: 'cjs',
      mainFields: ['module', 'main'],
      logLevel: 'error',
    })
    return this.#node(name, taskRoot)
  }

  /** `bench/peers/python/MODULE.py`. */
  python(name: string, module: string): Promise<Contender> {
    // Bytecode of the handlers would be kept in the checkout.
    const variables = { ...this.#stage.variables, PYTHONPYCACHEPREFIX: this.#folder('pycache') }
    return pythonContender({ name, module, runtime: this.#runtime }, variables)
  }

  /** As the Dockerfile has it made, under the flags that `start-node` leaves. */
  async #compileCache(taskRoot: string): Promise<void> {
    const script = join(root, 'scripts/build/compile-cache.cjs')
    await run('sh', [join(taskRoot, 'start-node'), process.execPath, script], { env: { BUNDLE: taskRoot } })
  }

  #folder(...path: string[]): string {
    return join(this.#stage.directory, ...path)
  }

  #node(name: string, taskRoot: string, variables: Record<string, string> = {}): Contender {
    const { command } = this.#runtime
    const args = [...this.#runtime.args, 'index.handler']
    // As the base image does: what is named there gets the whole command.
    const { AWS_LAMBDA_EXEC_WRAPPER: wrapper } = variables
    return {
      name,
      ...(wrapper === undefined ? { command, args } : { command: 'sh', args: [wrapper, command, ...args] }),
      taskRoot,
      variables: { ...this.#stage.variables, ...variables },
    }
  }
}

/** Whether `make bench` has installed the peers. */
export const peersInstalled = (): boolean => existsSync(join(peers, 'node_modules', 'hono'))

/** Bytes of the code that a start of one of our functions reads. */
export async function codeSize({ taskRoot }: Contender): Promise<number> {
  const files = await Promise.all(['index.js', 'function.js'].map((file) => stat(join(taskRoot, file))))
  return files.reduce((sum, { size }) => sum + size, 0)
}

/** What the Dockerfile sets for the function, such as NODE_OPTIONS. */
async function imageVariables(image: Image, taskRoot: string): Promise<Record<string, string>> {
  const dockerfile = await readFile(join(root, `Dockerfile_${image}`), 'utf8')
  const final = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))
  const lines = [...final.matchAll(/^ENV (.*)$/gm)].map(([, line = '']) => line)
  const pairs = lines.flatMap((line) => [...line.matchAll(/(\w+)=(?:"([^"]*)"|(\S+))/g)])
  const value = (text: string) => text.replaceAll(/\$\{LAMBDA_TASK_ROOT\}/g, taskRoot)
  return Object.fromEntries(pairs.map(([, name, quoted, plain]) => [name, value(quoted ?? plain ?? '')]))
}
