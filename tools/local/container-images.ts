import { images } from '../build/images.ts'
import { run } from '../process/command.ts'
import { dockerAvailable } from './database/docker.ts'

/** Name of an image in Docker's store. */
export const imageName = (image: string): string => `make-dev:${image}`

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
    await run('docker', ['build', '--quiet', '-f', `Dockerfile_${image}`, '-t', imageName(image), '.'])
  }
}
