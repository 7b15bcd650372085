import { run } from '../../process/command.ts'
import type { Digests } from './push.ts'
import type { Repository } from './repository.ts'

/** An image that went live; `revision` is its commit, if known. */
export type Release = ReturnType<typeof releasesIn>[number]

/**
 * `<image>-release-<time>-<commit>`. Tags are shared by all deployers, and live as long as their image. `-dirty` marks uncommitted
 * changes.
 */
const TAG = /^(.+)-release-(\d{8}T\d{6}Z)(?:-(\w+(?:-dirty)?))?$/

/** Reads the releases from a repository's tags, oldest first. @param tags digests by tag. */
export function releasesIn(tags: ReadonlyMap<string, string>) {
  const releases = [...tags].flatMap(([tag, digest]) => {
    const [, image, time = '', revision] = TAG.exec(tag) ?? []
    const at = new Date(time.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z'))
    return image ? [{ image, digest, at, revision }] : []
  })
  return releases.toSorted((a, b) => Number(a.at) - Number(b.at))
}

/**
 * Finds the previous digests of the images that the last deployment changed. An image restored by a rollback counts from its
 * first release, so each rollback goes one deployment further back, never forward again.
 */
export function previousDigests(releases: readonly Release[], live: ReadonlyMap<string, string>): Digests {
  const found = [...live].map(([image, digest]) => {
    const own = releases.filter((release) => release.image === image)
    const first = own.findIndex((release) => release.digest === digest)
    // Live without a release: its deployment was interrupted.
    if (first < 0) return { image, at: Number.POSITIVE_INFINITY, previous: own.at(-1) }
    return { image, at: Number(own[first]?.at), previous: own[first - 1] }
  })
  const last = Math.max(...found.map(({ at }) => at))
  return Object.fromEntries(
    found.flatMap(({ image, at, previous }) => (at === last && previous ? [[image, previous.digest]] : [])),
  )
}

/** Finds the release whose digest starts with `start`. @throws Error unless exactly one image matches. */
export function digestNamed(start: string, releases: readonly Release[]): Digests {
  const found = new Map(releases.flatMap(({ image, digest }) => (digest.startsWith(start) ? [[digest, image]] : [])))
  const [[digest = '', image = ''] = []] = found
  if (found.size === 1) return { [image]: digest }
  throw new Error(`DIGEST=${start} matches ${found.size} released images, not 1: make releases lists them`)
}

/** `sha256:…  2026-11-24 14:55 UTC  c1cab2c94d01` */
export const describe = ({ digest, at, revision = '' }: Release): string =>
  `${digest}  ${at.toISOString().slice(0, 16).replace('T', ' ')} UTC  ${revision}`.trimEnd()

/**
 * Records the live images in the repository: `<image>-live` keeps an image from expiring, and a newly live one gets a tag with the time.
 * @returns the images that replaced another.
 */
export async function recordLive(repository: Repository, live: Digests): Promise<string[]> {
  const releases = releasesIn(await repository.tags())
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const replaced: string[] = []
  for (const [image, digest] of Object.entries(live)) {
    await repository.tag(digest, `${image}-live`)
    const last = releases.findLast((release) => release.image === image)
    if (last?.digest === digest) continue
    // A rollback keeps the revision of its release.
    const known = releases.find((release) => release.digest === digest)
    const revision = known ? known.revision : await revisionHere()
    await repository.tag(digest, [image, 'release', time, revision].filter(Boolean).join('-'))
    if (last) replaced.push(image)
  }
  return replaced
}

/** Commit of this folder; `undefined` outside of a Git checkout. */
const revisionHere = () =>
  run('git', ['describe', '--always', '--abbrev=12', '--exclude=*', '--dirty']).catch(() => undefined)
