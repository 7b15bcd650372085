import { run } from '../../process/command.ts'
import type { Digests } from './push.ts'
import type { Repository } from './repository.ts'

/** An image that went live; `revision` is the commit that it was deployed from, if known. */
export type Release = ReturnType<typeof releasesIn>[number]

/**
 * `<image>-release-<time>-<commit>`: everybody who deploys shares the repository, and a tag lasts as long as its image. With `-dirty` the
 * folder had changes.
 */
const TAG = /^(.+)-release-(\d{8}T\d{6}Z)(?:-(\w+(?:-dirty)?))?$/

/** The releases that a repository's tags record, oldest first. @param tags digests by tag. */
export function releasesIn(tags: ReadonlyMap<string, string>) {
  const releases = [...tags].flatMap(([tag, digest]) => {
    const [, image, time = '', revision] = TAG.exec(tag) ?? []
    const at = new Date(time.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z'))
    return image ? [{ image, digest, at, revision }] : []
  })
  return releases.toSorted((a, b) => Number(a.at) - Number(b.at))
}

/**
 * The digests before the last deployment, of the images that it changed. An image that was gone back to counts as of its first release: so
 * each rollback goes one deployment further back, and never forward to what was rolled back from.
 */
export function previousDigests(releases: readonly Release[], live: ReadonlyMap<string, string>): Digests {
  const found = [...live].map(([image, digest]) => {
    const own = releases.filter((release) => release.image === image)
    const first = own.findIndex((release) => release.digest === digest)
    // Live and without a release: its deployment broke off.
    if (first < 0) return { image, at: Number.POSITIVE_INFINITY, previous: own.at(-1) }
    return { image, at: Number(own[first]?.at), previous: own[first - 1] }
  })
  const last = Math.max(...found.map(({ at }) => at))
  return Object.fromEntries(
    found.flatMap(({ image, at, previous }) => (at === last && previous ? [[image, previous.digest]] : [])),
  )
}

/** The image that was live and whose digest begins so. @throws Error unless that is one. */
export function digestNamed(start: string, releases: readonly Release[]): Digests {
  const found = new Map(releases.flatMap(({ image, digest }) => (digest.startsWith(start) ? [[digest, image]] : [])))
  const [[digest = '', image = ''] = []] = found
  if (found.size === 1) return { [image]: digest }
  throw new Error(`DIGEST=${start} begins the digests of ${found.size} images that were live: make releases lists them`)
}

/** `sha256:…  2026-11-24 14:55 UTC  c1cab2c94d01` */
export const describe = ({ digest, at, revision = '' }: Release): string =>
  `${digest}  ${at.toISOString().slice(0, 16).replace('T', ' ')} UTC  ${revision}`.trimEnd()

/**
 * Records what is live now, for everybody: `<image>-live` keeps an image from expiring, and one that was not live before gets a tag
 * with the time.
 * @returns the images that took another's place.
 */
export async function recordLive(repository: Repository, live: Digests): Promise<string[]> {
  const releases = releasesIn(await repository.tags())
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const replaced: string[] = []
  for (const [image, digest] of Object.entries(live)) {
    await repository.tag(digest, `${image}-live`)
    const last = releases.findLast((release) => release.image === image)
    if (last?.digest === digest) continue
    // A rollback goes live with the revision that it had.
    const known = releases.find((release) => release.digest === digest)
    const revision = known ? known.revision : await revisionHere()
    await repository.tag(digest, [image, 'release', time, revision].filter(Boolean).join('-'))
    if (last) replaced.push(image)
  }
  return replaced
}

/** The commit of this folder; `undefined` outside of a checkout. */
const revisionHere = () =>
  run('git', ['describe', '--always', '--abbrev=12', '--exclude=*', '--dirty']).catch(() => undefined)
