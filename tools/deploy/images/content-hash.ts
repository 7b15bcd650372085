import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as esbuild from 'esbuild'
import { buildOptions } from '../../build/build.ts'
import { CommandError, ROOT, run } from '../../process/command.ts'

/** Docker's names of Lambda's architectures. */
export const dockerArchitecture = { x86_64: 'amd64', arm64: 'arm64' } as const

export type Architecture = keyof typeof dockerArchitecture

/** Image label with the content hash. */
export const CONTENT_LABEL = 'my-lambda.content'

/**
 * Hashes the inputs of an image: bundle, Dockerfile, architecture and base image. Identical builds have different layer digests, since
 * folders get the build time, so only this hash detects an unchanged image.
 */
export async function contentHash(image: string, architecture: Architecture): Promise<string> {
  const { dockerfile, base } = await readDockerfile(image)
  const { outputFiles } = await esbuild.build({ ...buildOptions(image, join('dist', image)), write: false })
  // Sorted: esbuild resolves in parallel, so the order of its files varies.
  const files = outputFiles.toSorted((a, b) => (a.path < b.path ? -1 : 1)).map(({ contents }) => contents)
  const hash = createHash('sha256')
  for (const part of [architecture, dockerfile, await pullBase(base, architecture), ...files]) hash.update(part)
  return hash.digest('hex')
}

/** Reads an image's Dockerfile, and the base image of its last stage. */
export async function readDockerfile(image: string) {
  const dockerfile = await readFile(join(ROOT, `Dockerfile_${image}`), 'utf8')
  const base = [...dockerfile.matchAll(/^FROM (\S+)/gm)].at(-1)?.[1]
  if (base === undefined) throw new Error(`Dockerfile_${image} has no FROM`)
  return { dockerfile, base }
}

/**
 * Pulls the latest base image; falls back to the local one if the registry is unreachable.
 * @returns its content as text: the digest differs between Docker's two image stores.
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
    : new Error(`${name} is not available for ${architecture}: set another ARCHITECTURE`)
}
