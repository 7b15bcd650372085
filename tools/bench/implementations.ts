import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as esbuild from 'esbuild'
import { buildOptions } from '../build/build.ts'
import { ROOT, run } from '../process/command.ts'
import type { Backends } from './backends.ts'

/** Implementations that targets refer to. */
export const names = {
  ours: 'this project',
  empty: 'empty handler',
  plain: 'plain handler',
  middy: 'plain middy',
  original: 'the original',
} as const

/** Peers by their files, `peers/<file>-<image>.js`. Powertools' router serves no files: it decodes every body as UTF-8. */
const peers = {
  [names.plain]: 'plain',
  [names.middy]: 'middy',
  Hono: 'hono',
  'Powertools router': 'powertools',
  'Express adapter': 'express',
}

/** Memory of a function in MB: the default in terraform/. */
export const MEMORY = 512
const folder = import.meta.dirname

/** Node.js arguments of Lambda's base image (its `/var/runtime/bootstrap`), with AWS's own client. */
const runtime = [
  '--expose-gc',
  '--max-http-header-size=81920',
  `--max-semi-space-size=${Math.floor(MEMORY / 20)}`,
  `--max-old-space-size=${MEMORY - Math.floor(MEMORY / 10)}`,
  join(folder, 'node_modules/aws-lambda-ric/index.mjs'),
]

/** A command to measure, which speaks Lambda's Runtime API. */
const onNode = (name: string, taskRoot: string, environment: Readonly<Record<string, string>>) => ({
  name,
  command: process.execPath,
  args: runtime,
  /** Folder of the function's code. */
  taskRoot,
  handler: 'index.handler',
  environment,
})
export type Implementation = ReturnType<typeof onNode>

/** All implementations of an image's function; without the original if Python is not installed. */
export async function implementationsOf(image: string, { directory, variables }: Backends): Promise<Implementation[]> {
  const files = Object.entries(peers)
    .map(([name, file]) => [name, `${file}-${image}`] as const)
    .filter(([, file]) => existsSync(join(folder, `peers/${file}.js`)))
  // Minified, without source maps, to give peers their best times.
  await esbuild.build({
    entryPoints: ['empty', ...files.map(([, file]) => file)].map((file) => ({
      in: join(folder, 'peers', `${file}.js`),
      out: `${file}/index`,
    })),
    outdir: directory,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    logLevel: 'error',
  })
  // Keeps Python's bytecode out of the checkout.
  const environment = { ...variables, PYTHONPYCACHEPREFIX: join(directory, 'pycache') }
  const handler = `app_${image}.lambda_handler`
  const inPython = { command: join(folder, '.venv/bin/python'), args: ['-m', 'awslambdaric', handler], handler }
  const original = { ...onNode(names.original, join(folder, 'original'), environment), ...inPython }
  return [
    onNode(names.empty, join(directory, 'empty'), {}),
    await ours(image, join(directory, image), variables),
    ...files.map(([name, file]) => onNode(name, join(directory, file), variables)),
    ...(existsSync(join(folder, '.venv/.installed')) ? [original] : []),
  ]
}

/** Builds the function like its image: with the same commands, and the Dockerfile's variables. */
async function ours(image: string, taskRoot: string, variables: Backends['variables']): Promise<Implementation> {
  await esbuild.build(buildOptions(image, taskRoot))
  const start = [join(taskRoot, 'start-node'), process.execPath]
  await run('sh', [...start, join(ROOT, 'tools/build/compile-cache.cjs')], { env: { BUNDLE: taskRoot } })
  const dockerfile = readFileSync(join(ROOT, `Dockerfile_${image}`), 'utf8')
  const lines = dockerfile.slice(dockerfile.lastIndexOf('\nFROM ')).match(/^ENV .*$/gm) ?? []
  const pairs = lines.flatMap((line) => [...line.matchAll(/(\w+)=(?:"([^"]*)"|(\S+))/g)])
  const set = pairs.map(([, name, quoted, plain = quoted]) => [name, plain?.replace(/^\$\{\w+\}/, taskRoot)])
  const environment = { ...variables, ...Object.fromEntries(set) }
  return { ...onNode(names.ours, taskRoot, environment), command: 'sh', args: [...start, ...runtime] }
}
