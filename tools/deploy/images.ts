import { namesOf } from '../../terraform/names.ts'
import type { Settings } from '../../terraform/settings.ts'
import { type Image, imageSetting, images } from '../build/images.ts'
import { CommandError, run } from '../process/command.ts'
import { registryCredentials, repositoryUrl } from './aws.ts'
import {
  type Architecture,
  baseImage,
  CONTENT_LABEL,
  contentHash,
  dockerArchitecture,
  requireBase,
  SOURCE_LABEL,
} from './content.ts'
import { type PushedImage, Repository } from './registry.ts'
import type { Step } from './steps.ts'

/** Signs Docker in, each time with a fresh token. */
export async function signIn(repositoryUrl: string): Promise<Repository> {
  const repository = new Repository(repositoryUrl)
  const { username, password } = await registryCredentials()
  await run('docker', ['login', '--username', username, '--password-stdin', repository.host], { input: password })
  return repository
}

/** The image repository of a deployment, by its name: without Terraform, and so from any machine with the settings. */
export async function openRepository(settings: Settings): Promise<Repository> {
  return signIn(await repositoryUrl(namesOf(settings).repository))
}

export interface PushOptions {
  readonly repository: Repository
  readonly architecture: Architecture
  readonly step: Step
  /** Digests to use as they are, in place of a build. */
  readonly given: Settings
}

/**
 * Builds and pushes the images whose content is not in the registry yet.
 * @returns the digest of each image, and which had to be pushed.
 */
export async function pushImages(
  options: PushOptions,
): Promise<{ digests: Readonly<Record<string, string>>; pushed: Image[] }> {
  const all = await Promise.allSettled(images.map((image) => push(image, options)))
  // Not before all have ended: a push that goes on behind an error message confuses.
  const failures = all.flatMap((each) => (each.status === 'rejected' ? [(each.reason as Error).message] : []))
  if (failures.length > 0) throw new Error([...new Set(failures)].join('\n\n'))
  const done = all.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  return {
    digests: Object.fromEntries(done.map(({ image, digest }) => [image, digest])),
    pushed: done.flatMap(({ image, pushed }) => (pushed ? [image] : [])),
  }
}

interface Done {
  readonly image: Image
  readonly digest: string
  readonly pushed: boolean
}

async function push(image: Image, options: PushOptions): Promise<Done> {
  const { repository, architecture, step, given } = options
  const digest = given[imageSetting(image)]
  if (digest !== undefined) {
    checkArchitecture(digest, await repository.image(digest), architecture)
    step.note(`${image}: ${short(digest)}, as ${imageSetting(image)} says`)
    return { image, digest, pushed: false }
  }
  return pushIfChanged(image, options)
}

async function pushIfChanged(image: Image, { repository, architecture, step }: PushOptions): Promise<Done> {
  const before = await repository.image(image)
  const base = await requireBase(await baseImage(image), architecture)
  const content = await contentHash(image, architecture, base)
  if (before?.labels[CONTENT_LABEL] === content) return { image, digest: before.digest, pushed: false }

  const reference = `${repository.url}:${image}`
  const labels = { [CONTENT_LABEL]: content, [SOURCE_LABEL]: await contentHash(image, architecture) }
  await build(image, reference, architecture, labels, step)
  step.progress(`pushing ${image}`)
  await upload(image, reference, step)
  const after = await repository.image(image)
  checkArchitecture(reference, after, architecture)
  if (after.labels[CONTENT_LABEL] !== content)
    throw new Error(`${reference} is not what was just pushed: somebody else pushed at the same time. Try again.`)
  step.note(`${image}: ${before ? `${short(before.digest)} → ` : ''}${short(after.digest)}`)
  return { image, digest: after.digest, pushed: true }
}

async function build(
  image: Image,
  reference: string,
  architecture: Architecture,
  labels: Readonly<Record<string, string>>,
  step: Step,
) {
  step.progress(`building ${image}`)
  const buildKit = await hasBuildKit()
  const args = [
    ...['build', '--file', `Dockerfile_${image}`, '--tag', reference],
    ...['--platform', `linux/${dockerArchitecture[architecture]}`],
    ...Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]),
    ...(buildKit ? ['--provenance=false', '--sbom=false', '--load'] : []),
  ]
  // The shell may ask for the other builder.
  const env = { DOCKER_BUILDKIT: buildKit ? '1' : '0' }
  await run('docker', [...args, '.'], { env, onLine: (line) => step.progress(`building ${image}: ${line}`) })
}

async function upload(image: Image, reference: string, step: Step): Promise<void> {
  const onLine = (line: string) => step.progress(`pushing ${image}: ${line}`)
  await run('docker', ['push', reference], { onLine }).catch((error: Error) => {
    // Before the reason stands a line for each layer, of those that went well.
    const reason = error instanceof CommandError ? error.output.trim().split('\n').at(-1) : error.message
    throw new Error(`The push of ${reference} failed: ${reason}`)
  })
}

/** The legacy builder knows no attestations, nor the options that leave them out. */
const hasBuildKit = () =>
  run('docker', ['buildx', 'version']).then(
    () => true,
    () => false,
  )

/** @throws Error where there is no such image, or Lambda could not start it. */
export function checkArchitecture(
  reference: string,
  image: PushedImage | undefined,
  wanted: Architecture,
): asserts image is PushedImage {
  if (!image) throw new Error(`There is no image ${reference} in the registry`)
  if (image.architecture === dockerArchitecture[wanted]) return
  throw new Error(
    `${reference} is made for ${image.architecture}, and the functions are for ${wanted} (ARCHITECTURE): Lambda could not start it`,
  )
}

/** Digests are told apart by their first digits. */
export const short = (digest: string) => digest.slice(0, 'sha256:'.length + 12)
