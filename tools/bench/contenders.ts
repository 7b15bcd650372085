import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import * as esbuild from 'esbuild'
import { buildOptions } from '../build/build.ts'
import type { Image } from '../build/images.ts'
import { type Contender, MEMORY } from './execution.ts'
import type { Stage } from './stage.ts'

const folder = import.meta.dirname
const root = resolve(folder, '../..')
const run = promisify(execFile)

/** Contenders that others are held against. */
export const names = {
  ours: 'this project',
  empty: 'empty handler',
  plain: 'plain handler',
  middy: 'plain middy',
  original: 'the original',
} as const

/** Files of `peers/` by contender. Powertools' router serves no files: it decodes every body as UTF-8. */
const peers: Readonly<Partial<Record<Image, Readonly<Record<string, string>>>>> = {
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

/** The command by which Lambda's base image starts Node.js (its `/var/runtime/bootstrap`), with AWS's own client. */
const runtime = [
  process.execPath,
  '--expose-gc',
  '--max-http-header-size=81920',
  `--max-semi-space-size=${Math.floor(MEMORY / 20)}`,
  `--max-old-space-size=${MEMORY - Math.floor(MEMORY / 10)}`,
  join(folder, 'node_modules/aws-lambda-ric/index.mjs'),
  'index.handler',
] as const

/** All that are measured beside an image's function, which is the second. @param python none leaves the original out. */
export async function contendersOf(image: Image, stage: Stage, python: string | undefined): Promise<Contender[]> {
  const others = Object.entries(peers[image] ?? {}).map(([name, file]) => peer(name, file, stage))
  return [
    await empty(stage),
    await ours(image, stage),
    ...(await Promise.all(others)),
    ...(python === undefined ? [] : [original(image, stage, python)]),
  ]
}

/** The function as its image has it: the same commands build it, and the Dockerfile's variables are set. */
async function ours(image: Image, stage: Stage): Promise<Contender> {
  const taskRoot = join(stage.directory, image)
  await run(process.execPath, [join(root, 'tools/build/build.ts'), image, taskRoot])
  const startNode = join(taskRoot, 'start-node')
  const compiler = join(root, 'tools/build/compile-cache.cjs')
  await run('sh', [startNode, process.execPath, compiler], { env: { BUNDLE: taskRoot } })
  const variables = { ...stage.variables, ...(await imageVariables(image, taskRoot)) }
  return {
    name: names.ours,
    command: 'sh',
    args: [startNode, ...runtime],
    taskRoot,
    handler: 'index.handler',
    variables,
  }
}

/** A bundle of the users' stack and of their use cases without it, for one process that calls both. */
export async function overheadBundle(stage: Stage): Promise<string> {
  const outdir = join(stage.directory, 'overhead')
  await esbuild.build({ ...buildOptions('rds', outdir), entryPoints: [join(folder, 'overhead-bundle.ts')] })
  return join(outdir, 'overhead-bundle.js')
}

async function empty(stage: Stage): Promise<Contender> {
  const taskRoot = join(stage.directory, 'empty')
  await mkdir(taskRoot, { recursive: true })
  await writeFile(join(taskRoot, 'index.js'), "exports.handler = async () => ({ statusCode: 200, body: '{}' })\n")
  return node(names.empty, taskRoot, {})
}

/** `peers/FILE.js` in one minified bundle, without source maps: nothing of theirs is slower than it has to be. */
async function peer(name: string, file: string, stage: Stage): Promise<Contender> {
  const taskRoot = join(stage.directory, file)
  await esbuild.build({
    entryPoints: { index: join(folder, 'peers', `${file}.js`) },
    outdir: taskRoot,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    logLevel: 'error',
  })
  return node(name, taskRoot, stage.variables)
}

const node = (name: string, taskRoot: string, variables: Contender['variables']): Contender => {
  const [command, ...args] = runtime
  return { name, command, args, taskRoot, handler: 'index.handler', variables }
}

function original(image: Image, stage: Stage, python: string): Contender {
  const handler = `app_${image}.lambda_handler`
  // Bytecode of the handlers would be kept in the checkout.
  const variables = { ...stage.variables, PYTHONPYCACHEPREFIX: join(stage.directory, 'pycache') }
  const args = ['-m', 'awslambdaric', handler]
  return { name: names.original, command: python, args, taskRoot: join(folder, 'original'), handler, variables }
}

/** Variables that the image's Dockerfile sets. */
async function imageVariables(image: Image, taskRoot: string): Promise<Record<string, string>> {
  const dockerfile = await readFile(join(root, `Dockerfile_${image}`), 'utf8')
  const final = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))
  const lines = [...final.matchAll(/^ENV (.*)$/gm)].map(([, line = '']) => line)
  const pairs = lines.flatMap((line) => [...line.matchAll(/(\w+)=(?:"([^"]*)"|(\S+))/g)])
  const value = (text: string) => text.replaceAll(/\$\{LAMBDA_TASK_ROOT\}/g, taskRoot)
  return Object.fromEntries(pairs.map(([, name, quoted, plain]) => [name, value(quoted ?? plain ?? '')]))
}
