import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as esbuild from 'esbuild'
import { buildOptions } from '../build/build.ts'
import type { Image } from '../build/images.ts'
import { CommandError, ROOT, run } from '../process/command.ts'

/** Docker's name of Lambda's architecture. */
export const dockerArchitecture = { x86_64: 'amd64', arm64: 'arm64' } as const

export type Architecture = keyof typeof dockerArchitecture

/** Label of an image that holds its content's hash. */
export const CONTENT_LABEL = 'my-lambda.content'
/** Label of an image that holds its content's hash without the base image, which others make. */
export const SOURCE_LABEL = 'my-lambda.source'

/** The image that another is built from: the last `FROM` of its Dockerfile. */
export async function baseImage(image: Image): Promise<string> {
  const dockerfile = await readFile(join(ROOT, `Dockerfile_${image}`), 'utf8')
  const name = [...dockerfile.matchAll(/^FROM (\S+)/gm)].at(-1)?.[1]
  if (name === undefined) throw new Error(`Dockerfile_${image} has no FROM`)
  return name
}

/** What makes up a base image; its digest would differ between Docker's two image stores. */
export async function inspectBase(name: string, architecture: Architecture): Promise<object | undefined> {
  const output = await run('docker', ['image', 'inspect', name]).catch((error: Error) => {
    if (error instanceof CommandError && /no such image/i.test(error.output)) return '[]'
    throw error
  })
  const [found] = JSON.parse(output)
  if (found?.Architecture !== dockerArchitecture[architecture]) return undefined
  return { layers: found.RootFS.Layers, environment: found.Config.Env, entrypoint: found.Config.Entrypoint }
}

/** The newest base image, pulled into Docker's store; the one that is there where its registry cannot be reached. */
export async function requireBase(name: string, architecture: Architecture): Promise<object> {
  const pull = ['pull', '--quiet', '--platform', `linux/${dockerArchitecture[architecture]}`, name]
  const failure = await run('docker', pull).then(
    () => undefined,
    (error: Error) => error,
  )
  const base = await inspectBase(name, architecture)
  if (base) return base
  throw failure ?? new Error(`${name} is not made for ${architecture}: choose another ARCHITECTURE`)
}

/**
 * Hash of all that an image is made from: bundle, Dockerfile, architecture and, unless left out, base image. Two builds of the same
 * have other layer digests, because folders get the time of the build, so only this can tell that nothing has changed.
 */
export async function contentHash(image: Image, architecture: Architecture, base?: object): Promise<string> {
  const { outputFiles } = await esbuild.build({ ...buildOptions(image, join('dist', image)), write: false })
  const hash = createHash('sha256').update(JSON.stringify([architecture, base]))
  hash.update(await readFile(join(ROOT, `Dockerfile_${image}`)))
  for (const { contents } of outputFiles) hash.update(contents)
  return hash.digest('hex')
}
