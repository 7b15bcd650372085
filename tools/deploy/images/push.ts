import { imageSettings, images, type Settings } from '../../../terraform/settings.ts'
import { CommandError, run } from '../../process/command.ts'
import type { Step } from '../cli.ts'
import { type Architecture, CONTENT_LABEL, contentHash, dockerArchitecture } from './content-hash.ts'
import type { PushedImage, Repository } from './repository.ts'

/** Digests by image. */
export type Digests = Readonly<Record<string, string>>

/**
 * Builds and pushes the images whose content the registry lacks, one after another: the second finds its first layers made. A digest in
 * the settings takes the place of a build.
 * @returns the digest of each image, and the names of those that were pushed.
 */
export async function pushImages(repository: Repository, settings: Settings, step: Step) {
  await repository.signIn()
  const digests: Record<string, string> = {}
  const pushed: string[] = []
  for (const image of images) {
    const { digest: setting } = imageSettings(image)
    const given = settings[setting]
    const reference = String(given ?? image)
    const before = await repository.image(reference)
    if (given === undefined) {
      digests[image] = await pushIfChanged(image, before, repository, settings.ARCHITECTURE, step)
      if (digests[image] !== before?.digest) pushed.push(image)
    } else {
      checkArchitecture(reference, before, settings.ARCHITECTURE)
      digests[image] = reference
      step.note(`${image}: ${short(reference)}, as ${setting} says`)
    }
  }
  return { digests, pushed }
}

/** @param before the image that the tag names now. @returns the digest of the one that it names then. */
async function pushIfChanged(
  image: string,
  before: PushedImage | undefined,
  repository: Repository,
  architecture: Architecture,
  step: Step,
): Promise<string> {
  const content = await contentHash(image, architecture)
  if (before?.labels[CONTENT_LABEL] === content) return before.digest
  const reference = `${repository.url}:${image}`
  await build(image, ['--tag', reference, '--label', `${CONTENT_LABEL}=${content}`], architecture, step)
  const onLine = (line: string) => step.progress(`pushing ${image}: ${line}`)
  await run('docker', ['push', reference], { onLine }).catch((error: Error) => {
    // The lines before the reason are about layers that went well.
    const reason = error instanceof CommandError ? error.output.trim().split('\n').at(-1) : error.message
    throw new Error(`The push of ${reference} failed: ${reason}`)
  })
  const after = checkArchitecture(reference, await repository.image(image), architecture)
  if (after.labels[CONTENT_LABEL] !== content)
    throw new Error(`${reference} is not what was just pushed: somebody else pushed at the same time. Try again.`)
  step.note(`${image}: ${before ? `${short(before.digest)} → ` : ''}${short(after.digest)}`)
  return after.digest
}

async function build(image: string, options: readonly string[], architecture: Architecture, step: Step): Promise<void> {
  // The legacy builder knows no attestations, nor the options that leave them out.
  const buildKit = await run('docker', ['buildx', 'version']).catch(() => '')
  const args = [
    ...['build', '--file', `Dockerfile_${image}`, '--platform', `linux/${dockerArchitecture[architecture]}`],
    ...options,
    ...(buildKit ? ['--provenance=false', '--sbom=false', '--load'] : []),
  ]
  // The shell may ask for the other builder.
  const env = { DOCKER_BUILDKIT: buildKit ? '1' : '0' }
  await run('docker', [...args, '.'], { env, onLine: (line) => step.progress(`building ${image}: ${line}`) })
}

/** @returns the image. @throws Error where it is missing, or Lambda could not start it. */
export function checkArchitecture(reference: string, image: PushedImage | undefined, wanted: Architecture) {
  if (!image) throw new Error(`There is no image ${reference} in the registry`)
  if (image.architecture === dockerArchitecture[wanted]) return image
  throw new Error(
    `${reference} is made for ${image.architecture}, and the functions are for ${wanted} (ARCHITECTURE): Lambda could not start it`,
  )
}

/** The beginning of a digest, as people tell them apart. */
export const short = (digest: string) => digest.slice(0, 'sha256:'.length + 12)
