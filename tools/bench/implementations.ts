import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import * as esbuild from 'esbuild'
import { buildOptions } from '../build/build.ts'
import type { Backends } from './backends.ts'

/** A command that speaks Lambda's Runtime API, and is measured. */
export interface Implementation {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** Folder of the function's code. */
  readonly taskRoot: string
  readonly handler: string
  readonly variables: Readonly<Record<string, string>>
}

/** Implementations that others are held against. */
export const names = {
  ours: 'this project',
  empty: 'empty handler',
  plain: 'plain handler',
  middy: 'plain middy',
  original: 'the original',
} as const

/** Files of `peers/`, without their ending, by image. Powertools' router serves no files: it decodes every body as UTF-8. */
const peers: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  rds: {
    [names.plain]: 'plain-users',
    [names.middy]: 'middy-users',
    Hono: 'hono-users',
    'Powertools router': 'powertools-users',
    'Express adapter': 'express-users',
  },
  s3: {
    [names.plain]: 'plain-files',
    [names.middy]: 'middy-files',
    Hono: 'hono-files',
    'Express adapter': 'express-files',
  },
}

/** MB of memory that a function has, as Terraform's default is. */
export const MEMORY = 512
const folder = import.meta.dirname
const root = resolve(folder, '../..')
const run = promisify(execFile)

/** Arguments with which Lambda's base image starts Node.js (its `/var/runtime/bootstrap`), with AWS's own client. */
const runtime = [
  '--expose-gc',
  '--max-http-header-size=81920',
  `--max-semi-space-size=${Math.floor(MEMORY / 20)}`,
  `--max-old-space-size=${MEMORY - Math.floor(MEMORY / 10)}`,
  join(folder, 'node_modules/aws-lambda-ric/index.mjs'),
  'index.handler',
] as const

const node = { command: process.execPath, args: runtime, handler: 'index.handler' }

/** All implementations of an image's function; ours is the second. @param python none leaves the original out. */
export async function implementationsOf(
  image: string,
  { directory, variables }: Backends,
  python: string | undefined,
): Promise<Implementation[]> {
  const others = Object.entries(peers[image] ?? {}).map(async ([name, file]) => {
    const taskRoot = join(directory, file)
    await bundlePeer(file, taskRoot)
    return { name, ...node, taskRoot, variables }
  })
  const handler = `app_${image}.lambda_handler`
  // Bytecode of the handlers would be kept in the checkout.
  const original = { handler, variables: { ...variables, PYTHONPYCACHEPREFIX: join(directory, 'pycache') } }
  const args = ['-m', 'awslambdaric', handler]
  return [
    await empty(join(directory, 'empty')),
    await ours(image, join(directory, image), variables),
    ...(await Promise.all(others)),
    ...(python
      ? [{ name: names.original, command: python, args, taskRoot: join(folder, 'original'), ...original }]
      : []),
  ]
}

async function empty(taskRoot: string): Promise<Implementation> {
  await mkdir(taskRoot, { recursive: true })
  await writeFile(join(taskRoot, 'index.js'), "exports.handler = async () => ({ statusCode: 200, body: '{}' })\n")
  return { name: names.empty, ...node, taskRoot, variables: {} }
}

/** The function as its image has it: the same commands build it, and the Dockerfile's variables are set. */
async function ours(image: string, taskRoot: string, own: Implementation['variables']): Promise<Implementation> {
  await run(process.execPath, [join(root, 'tools/build/build.ts'), image, taskRoot])
  const startNode = join(taskRoot, 'start-node')
  const compiler = join(root, 'tools/build/compile-cache.cjs')
  await run('sh', [startNode, process.execPath, compiler], { env: { BUNDLE: taskRoot } })
  const variables = { ...own, ...(await imageVariables(image, taskRoot)) }
  return {
    ...node,
    name: names.ours,
    command: 'sh',
    args: [startNode, process.execPath, ...runtime],
    taskRoot,
    variables,
  }
}

/** Variables that the image's Dockerfile sets. */
async function imageVariables(image: string, taskRoot: string): Promise<Record<string, string>> {
  const dockerfile = await readFile(join(root, `Dockerfile_${image}`), 'utf8')
  const final = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))
  const lines = [...final.matchAll(/^ENV (.*)$/gm)].map(([, line = '']) => line)
  const pairs = lines.flatMap((line) => [...line.matchAll(/(\w+)=(?:"([^"]*)"|(\S+))/g)])
  const value = (text: string) => text.replaceAll(/\$\{LAMBDA_TASK_ROOT\}/g, taskRoot)
  return Object.fromEntries(pairs.map(([, name, quoted, plain]) => [name, value(quoted ?? plain ?? '')]))
}

/** One minified bundle, without source maps: nothing of the peers' is slower than it has to be. */
async function bundlePeer(file: string, outdir: string): Promise<void> {
  await esbuild.build({
    entryPoints: { index: join(folder, 'peers', `${file}.js`) },
    outdir,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    logLevel: 'error',
  })
}

/** A bundle of the users' stack and of their use cases without it, for one process that calls both. */
export async function stackBundle({ directory }: Backends): Promise<string> {
  const outdir = join(directory, 'stack')
  await esbuild.build({ ...buildOptions('rds', outdir), entryPoints: [join(folder, 'stack-bundle.ts')] })
  return join(outdir, 'stack-bundle.js')
}
