import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as esbuild from 'esbuild'
import { buildOptions } from '../../build/build.ts'
import { CommandError, ROOT, run } from '../../process/command.ts'

/** Docker's name of Lambda's architecture. */
export const dockerArchitecture = { x86_64: 'amd64', arm64: 'arm64' } as const

export type Architecture = keyof typeof dockerArchitecture

/** Label of an image that holds its content hash. */
export const CONTENT_LABEL = 'my-lambda.content'

/**
 * Hash of all that an image is made from: bundle, Dockerfile, architecture and base image. Layers of two builds differ, since folders
 * get the time of the build, so only this can tell that nothing has changed.
 */
export async function contentHash(image: string, architecture: Architecture): Promise<string> {
  const { dockerfile, base } = await readDockerfile(image)
  const { outputFiles } = await esbuild.build({ ...buildOptions(image, join('dist', image)), write: false })
  // esbuild resolves in parallel, so the order of files is chance.
  const files = outputFiles.toSorted((a, b) => (a.path < b.path ? -1 : 1)).map(({ contents }) => contents)
  const hash = createHash('sha256')
  for (const part of [architecture, dockerfile, await pullBase(base, architecture), ...files]) hash.update(part)
  return hash.digest('hex')
}

/** An image's Dockerfile, and the image that its last stage begins with. */
export async function readDockerfile(image: string) {
  const dockerfile = await readFile(join(ROOT, `Dockerfile_${image}`), 'utf8')
  const base = [...dockerfile.matchAll(/^FROM (\S+)/gm)].at(-1)?.[1]
  if (base === undefined) throw new Error(`Dockerfile_${image} has no FROM`)
  return { dockerfile, base }
}

/**
 * Pulls the newest base image; where its registry cannot be reached, the one in Docker's store counts.
 * @returns its content as a text; its digest would differ between Docker's two kinds of store.
 */
async function pullBase(name: string, architecture: Architecture): Promise<string> {
  const docker = dockerArchitecture[architecture]
  const pull = ['pull', '--quiet', '--platform', `linux/${docker}`, name]
  const pulled = await run('docker', pull).catch((error: Error) => error)
  const output = await run('docker', ['image', 'inspect', name]).catch((error: Error) => {
    if (error instanceof CommandError && /no such image/i.test(error.output)) return '[]'
    throw error
  })
  const [found] = JSON.parse(output)
  if (found?.Architecture === docker)
    return JSON.stringify([found.RootFS.Layers, found.Config.Env, found.Config.Entrypoint])
  throw pulled instanceof Error
    ? pulled
    : new Error(`${name} is not made for ${architecture}: choose another ARCHITECTURE`)
}
