import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { images } from '../scripts/build.ts'
import { dockerAvailable } from './database-docker.ts'

const ROOT = resolve(import.meta.dirname, '..')

/** Name of an image in Docker's store. */
export const imageName = (image: string): string => `my_lambda:${image}`

/**
 * Builds every container image from its Dockerfile.
 * @throws Error with the end of what Docker printed.
 */
export async function buildImages(log: (line: string) => void): Promise<void> {
  if (!(await dockerAvailable())) {
    throw new Error(
      'IMAGES=1 needs Docker, and no Docker engine answers: start it, or leave IMAGES out to run the sources',
    )
  }
  for (const image of images) {
    log(`building ${imageName(image)} (docker build -f Dockerfile_${image})`)
    await docker('build', '--quiet', '-f', `Dockerfile_${image}`, '-t', imageName(image), '.')
  }
}

async function docker(...args: string[]): Promise<void> {
  const child = spawn('docker', args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] })
  let output = ''
  child.stderr.on('data', (chunk) => {
    output = `${output}${chunk}`.slice(-4000)
  })
  const status = await new Promise((done) => child.once('close', done))
  if (status !== 0)
    throw new Error(`docker ${args.join(' ')} failed:\n${output.trim().split('\n').slice(-10).join('\n')}`)
}
