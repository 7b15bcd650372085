import { imageSetting, images } from '../../build/images.ts'
import { run } from '../../process/command.ts'
import { type Architecture, CONTENT_LABEL, sourceHash } from './content-hash.ts'
import type { Digests } from './push.ts'
import { historyIn, type Release, rolledBack, tagOf, timeOf } from './release-history.ts'
import type { Repository } from './repository.ts'

/**
 * Records what is live now, for everybody: `<image>-live` keeps an image from expiring, and one that was not live before gets a tag
 * with the time.
 */
export async function recordLive(repository: Repository, kind: Release['kind'], live: Digests): Promise<void> {
  const history = historyIn(await repository.tags())
  const [at, revision] = [new Date(), kind === 'release' ? await revisionHere() : undefined]
  for (const [image, digest] of Object.entries(live)) {
    await repository.tag(digest, `${image}-live`)
    const last = history.findLast((release) => release.image === image)
    if (last?.digest !== digest) await repository.tag(digest, tagOf({ image, kind, at, revision }))
  }
}

/** The commit of this folder, with `-dirty` where it has changes; `undefined` outside of a checkout. */
async function revisionHere(): Promise<string | undefined> {
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
 * Keeps a deployment from bringing back unnoticed what was rolled back from: in CI any commit may start one.
 * @param given settings: an image that they name is meant.
 * @throws Error that says how to deploy it all the same.
 */
export async function refuseRolledBack(
  repository: Repository,
  architecture: Architecture,
  given: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (process.env.AGAIN === '1') return
  const history = historyIn(await repository.tags())
  for (const image of images) {
    const digests = given[imageSetting(image)] === undefined ? rolledBack(history, image) : []
    if (digests.length === 0) continue
    const bad = await Promise.all(digests.map((digest) => repository.image(digest)))
    const source = await sourceHash(image, architecture)
    if (!bad.some((each) => each?.labels[CONTENT_LABEL]?.startsWith(`${source}.`))) continue
    const at = timeOf(history.findLast((release) => release.image === image)?.at ?? new Date())
    throw new Error(
      `${image} here is what was rolled back from on ${at}: mend or revert it, or deploy it all the same with AGAIN=1`,
    )
  }
}
