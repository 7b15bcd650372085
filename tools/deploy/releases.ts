import type { Settings } from '../../terraform/settings.ts'
import { type Image, imageSetting, images } from '../build/images.ts'
import { run } from '../process/command.ts'
import { contentHash, SOURCE_LABEL } from './content.ts'
import { type Entry, historyIn, rolledBack, type State, tagOf } from './history.ts'
import type { Repository } from './registry.ts'

/** What went live and is still in the repository, oldest first. */
export async function readHistory(repository: Repository): Promise<Entry[]> {
  return historyIn(await repository.tags())
}

/**
 * The functions that FUNCTION names, by their image; all without it.
 * @throws Error that says which there are.
 */
export function chosenImages(env = process.env): readonly Image[] {
  const wanted = env.FUNCTION
  if (!wanted) return images
  const found = images.filter((image) => image === wanted)
  if (found.length === 0) throw new Error(`FUNCTION=${wanted} must be one of ${images.join(', ')}`)
  return found
}

export interface Recorded {
  readonly kind: Entry['kind']
  readonly live: State
  /** The commit, where it is known. */
  readonly revision?: string | undefined
}

/**
 * Remembers what is live now, for everybody: by tags that keep it from expiring, and, for what was not live before, by one
 * that tells when it began.
 */
export async function record(repository: Repository, { kind, live, revision }: Recorded): Promise<void> {
  const history = await readHistory(repository)
  const at = new Date()
  for (const image of images) {
    const digest = live[image]
    if (digest === undefined) continue
    await repository.tag(digest, `${image}-live`)
    const last = history.findLast((entry) => entry.image === image)
    if (last?.digest !== digest) await repository.tag(digest, tagOf({ image, kind, at, revision }))
  }
}

/** The commit of this folder, with `-dirty` where it has more than that; nothing where it is no checkout. */
export async function revisionHere(): Promise<string | undefined> {
  try {
    const [commit, changes] = await Promise.all([
      run('git', ['rev-parse', '--short=12', 'HEAD']),
      run('git', ['status', '--porcelain', '--untracked-files=no']),
    ])
    return changes === '' ? commit.trim() : `${commit.trim()}-dirty`
  } catch {
    return undefined
  }
}

/**
 * Sees that a deployment does not bring back, unnoticed, what was rolled back from: in CI any commit may set one off.
 * @throws Error that says how to deploy it all the same.
 */
export async function refuseRolledBack(repository: Repository, settings: Settings, env = process.env): Promise<void> {
  const { ARCHITECTURE } = settings
  const history = await readHistory(repository)
  const lastOf = (image: Image) => history.findLast((entry) => entry.image === image)
  for (const image of images) {
    const last = lastOf(image)
    if (last?.kind !== 'rollback' || settings[imageSetting(image)] !== undefined || env.AGAIN === '1') continue
    const digests = rolledBack(history, image)
    const bad = await Promise.all(digests.map((digest) => repository.image(digest)))
    const source = await contentHash(image, ARCHITECTURE)
    if (!bad.some((each) => each?.labels[SOURCE_LABEL] === source)) continue
    throw new Error(
      `${image} here is what was rolled back from on ${timeOf(last.at)}: mend or revert it, or deploy it all the same with AGAIN=1`,
    )
  }
}

/** `2026-11-24 14:55 UTC` */
export const timeOf = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
