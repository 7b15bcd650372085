import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { unzipSync } from 'fflate'
import { images } from '../../terraform/settings.ts'
import { run } from '../process/command.ts'
import { dockerAvailable } from './database/docker.ts'

/** Name of an image in Docker's store. */
export const imageName = (image: string): string => `make-dev:${image}`

/**
 * Builds every container image from its Dockerfile.
 * @throws Error with the end of Docker's output.
 */
export async function buildImages(log: (line: string) => void): Promise<void> {
  if (!(await dockerAvailable()))
    throw new Error('IMAGES=1 needs Docker, and no engine answers: start it, or leave IMAGES out to run the sources')
  for (const image of images) {
    log(`building ${imageName(image)} (docker build -f Dockerfile_${image})`)
    await run('docker', ['build', '--quiet', '-f', `Dockerfile_${image}`, '-t', imageName(image), '.'])
  }
}

/** Unpacks a function's zip file, once per hash. @returns its folder below `directory`. */
export function unpackZip({ zip, hash }: { readonly zip: string; readonly hash: string }, directory: string): string {
  const folder = join(directory, hash)
  if (existsSync(folder)) return folder
  mkdirSync(folder, { recursive: true })
  // Lambda treats code without a package.json as CommonJS; here the project's package.json would say `module`.
  writeFileSync(join(directory, 'package.json'), '{ "type": "commonjs" }\n')
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync(zip)))) {
    const file = join(folder, name)
    mkdirSync(name.endsWith('/') ? file : dirname(file), { recursive: true })
    if (!name.endsWith('/')) writeFileSync(file, bytes)
  }
  return folder
}
