import { imageSettings, images, type Settings } from '../../../terraform/settings.ts'
import { CommandError, run } from '../../process/command.ts'
import type { Step } from '../cli.ts'
import { type Architecture, CONTENT_LABEL, contentHash, dockerArchitecture } from './content-hash.ts'
import type { PushedImage, Repository } from './repository.ts'

/** Digests by image. */
export type Digests = Readonly<Record<string, string>>

/**
 * Builds and pushes images whose content hash differs from the registry's, one after another to share cached layers. A digest in the
 * settings skips the build.
 * @returns the digest of each image, and the names of pushed images.
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
      step.note(`${image}: ${short(reference)}, pinned by ${setting}`)
    }
  }
  return { digests, pushed }
}

/** @param before the currently tagged image. @returns the digest of the image tagged afterwards. */
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
    // The last line has the reason; earlier ones list pushed layers.
    const reason = error instanceof CommandError ? error.output.trim().split('\n').at(-1) : error.message
    throw new Error(`The push of ${reference} failed: ${reason}`)
  })
  const after = checkArchitecture(reference, await repository.image(image), architecture)
  if (after.labels[CONTENT_LABEL] !== content)
    throw new Error(`${reference} is not the image just pushed: someone else pushed at the same time. Try again.`)
  step.note(`${image}: ${before ? `${short(before.digest)} → ` : ''}${short(after.digest)}`)
  return after.digest
}

async function build(image: string, options: readonly string[], architecture: Architecture, step: Step): Promise<void> {
  // Lambda refuses attestations. The legacy builder creates none, and rejects these options.
  const buildKit = await run('docker', ['buildx', 'version']).catch(() => '')
  const args = [
    ...['build', '--file', `Dockerfile_${image}`, '--platform', `linux/${dockerArchitecture[architecture]}`],
    ...options,
    ...(buildKit ? ['--provenance=false', '--sbom=false', '--load'] : []),
  ]
  // The user's environment may select the other builder.
  const env = { DOCKER_BUILDKIT: buildKit ? '1' : '0' }
  await run('docker', [...args, '.'], { env, onLine: (line) => step.progress(`building ${image}: ${line}`) })
}

/** @returns the image. @throws Error if it is missing, or of the wrong architecture. */
export function checkArchitecture(reference: string, image: PushedImage | undefined, wanted: Architecture) {
  if (!image) throw new Error(`There is no image ${reference} in the registry`)
  if (image.architecture === dockerArchitecture[wanted]) return image
  throw new Error(
    `${reference} is built for ${image.architecture}, the functions for ${wanted} (ARCHITECTURE): Lambda could not start it`,
  )
}

/** Shortens a digest for display. */
export const short = (digest: string) => digest.slice(0, 'sha256:'.length + 12)
