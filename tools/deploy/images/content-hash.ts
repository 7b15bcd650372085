import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as esbuild from 'esbuild'
import { buildOptions } from '../../build/build.ts'
import { CommandError, ROOT, run } from '../../process/command.ts'

/** Docker's name of Lambda's architecture. */
export const dockerArchitecture = { x86_64: 'amd64', arm64: 'arm64' } as const

export type Architecture = keyof typeof dockerArchitecture

const dockerfileOf = (image: string) => readFile(join(ROOT, `Dockerfile_${image}`), 'utf8')

/** The image that another is built from: the last `FROM` of its Dockerfile. */
async function baseImage(image: string): Promise<string> {
  const name = [...(await dockerfileOf(image)).matchAll(/^FROM (\S+)/gm)].at(-1)?.[1]
  if (name === undefined) throw new Error(`Dockerfile_${image} has no FROM`)
  return name
}

/** The content of a base image in Docker's store, as a text; its digest would differ between Docker's two kinds of store. */
async function inspectBase(name: string, architecture: Architecture): Promise<string | undefined> {
  const output = await run('docker', ['image', 'inspect', name]).catch((error: Error) => {
    if (error instanceof CommandError && /no such image/i.test(error.output)) return '[]'
    throw error
  })
  const [found] = JSON.parse(output)
  if (found?.Architecture !== dockerArchitecture[architecture]) return undefined
  return JSON.stringify([found.RootFS.Layers, found.Config.Env, found.Config.Entrypoint])
}

/** Pulls the newest base image; where its registry cannot be reached, the one in Docker's store counts. */
async function pullBase(name: string, architecture: Architecture): Promise<string> {
  const pull = ['pull', '--quiet', '--platform', `linux/${dockerArchitecture[architecture]}`, name]
  const failure = await run('docker', pull).then(
    () => undefined,
    (error: Error) => error,
  )
  const base = await inspectBase(name, architecture)
  if (base) return base
  throw failure ?? new Error(`${name} is not made for ${architecture}: choose another ARCHITECTURE`)
}

const hash = (...parts: readonly (string | Uint8Array)[]) => {
  const sum = createHash('sha256')
  for (const part of parts) sum.update(part)
  return sum.digest('hex')
}

/** Hash of an image's sources: bundle, Dockerfile and architecture. */
export async function sourceHash(image: string, architecture: Architecture): Promise<string> {
  const { outputFiles } = await esbuild.build({ ...buildOptions(image, join('dist', image)), write: false })
  // esbuild resolves in parallel, so the order of files is chance.
  const files = outputFiles.toSorted((a, b) => (a.path < b.path ? -1 : 1)).map(({ contents }) => contents)
  return hash(architecture, await dockerfileOf(image), ...files)
}

/**
 * Hash of all that an image is made from, `<sources>.<base image>`. Layers of two builds differ, since folders get the time of the
 * build, so only this can tell that nothing has changed.
 */
export async function contentHash(image: string, architecture: Architecture): Promise<string> {
  const base = await pullBase(await baseImage(image), architecture)
  return `${await sourceHash(image, architecture)}.${hash(base)}`
}

/** Label of an image that holds its content hash. */
export const CONTENT_LABEL = 'my-lambda.content'
