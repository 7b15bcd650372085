import { isDeepStrictEqual } from 'node:util'
import type { Digests } from './push.ts'

/** An image that went live, by a deployment or by a rollback. */
export interface Release {
  readonly image: string
  readonly kind: 'release' | 'rollback'
  readonly at: Date
  /** Commit that it was deployed from, if known; with `-dirty` the folder had changes. */
  readonly revision: string | undefined
  readonly digest: string
}

const TAG = /^(.+)-(release|rollback)-(\d{8}T\d{6}Z)(?:-(\w+(?:-dirty)?))?$/

/** The tag that records a release: everybody who deploys shares the repository, and a tag lasts as long as its image. */
export function tagOf({ image, kind, at, revision }: Omit<Release, 'digest'>): string {
  const time = at.toISOString().replaceAll(/[-:]|\.\d+/g, '')
  return [image, kind, time, revision].filter(Boolean).join('-')
}

/** The releases that a repository's tags record, oldest first. @param tags digests by tag. */
export function historyIn(tags: ReadonlyMap<string, string>): Release[] {
  const history = [...tags].flatMap(([tag, digest]): Release[] => {
    const [, image, kind, time = '', revision] = TAG.exec(tag) ?? []
    const at = new Date(time.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z'))
    return image ? [{ image, kind: kind as Release['kind'], at, revision, digest }] : []
  })
  return history.toSorted((a, b) => Number(a.at) - Number(b.at))
}

/**
 * The digests before the last deployment of these images that is not undone yet: each rollback goes one deployment further back, and
 * never forward to what was rolled back from.
 */
export const previousDigests = (history: readonly Release[]): Digests | undefined => undoable(history).at(-2)

/** Digests that a rollback has replaced, until the next deployment of the image. */
export function rolledBack(history: readonly Release[], image: string): string[] {
  const own = history.filter((release) => release.image === image)
  if (own.at(-1)?.kind !== 'rollback') return []
  const left = new Set(undoable(own).map((digests) => digests[image]))
  return [...new Set(own.map(({ digest }) => digest))].filter((digest) => !left.has(digest))
}

/** The digests of each deployment that can be gone back to, the present one last. */
function undoable(history: readonly Release[]): Digests[] {
  const all: Digests[] = []
  // Images of one deployment have one time.
  for (const together of Object.values(Object.groupBy(history, ({ at }) => String(Number(at))))) {
    const changed = (together ?? []).map(({ image, digest }) => [image, digest] as const)
    const digests = { ...all.at(-1), ...Object.fromEntries(changed) }
    if (together?.[0]?.kind === 'rollback') {
      const back = all.findLastIndex((each) => isDeepStrictEqual(each, digests))
      all.length = Math.max(back, 0)
    }
    all.push(digests)
  }
  return all
}

/** `2026-11-24 14:55 UTC` */
export const timeOf = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
