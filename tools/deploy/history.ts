import { type Image, images } from '../build/images.ts'

/** An image that went live, by a deployment or by a rollback to it. */
export interface Entry {
  readonly image: Image
  readonly kind: 'release' | 'rollback'
  readonly at: Date
  /** Commit that it was deployed from, where that is known; with `-dirty` the folder had more than that. */
  readonly revision: string | undefined
  readonly digest: string
}

/** Digest by image. */
export type State = Readonly<Partial<Record<Image, string>>>

const TAG = new RegExp(`^(${images.join('|')})-(release|rollback)-(\\d{8}T\\d{6}Z)(?:-(\\w+(?:-dirty)?))?$`)

/**
 * The tag that remembers an event: the repository is what everybody who deploys has in common, and a tag is on the image for
 * as long as there is one to go back to.
 */
export function tagOf({ image, kind, at, revision }: Omit<Entry, 'digest'>): string {
  const time = at.toISOString().replaceAll(/[-:]|\.\d+/g, '')
  return [image, kind, time, revision].filter(Boolean).join('-')
}

/** The events that a repository's tags tell, oldest first; other tags tell none. @param tags digest by tag. */
export function historyIn(tags: ReadonlyMap<string, string>): Entry[] {
  const history = [...tags].flatMap(([tag, digest]): Entry[] => {
    const [, image, kind, time = '', revision] = TAG.exec(tag) ?? []
    const at = new Date(time.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z'))
    return image ? [{ image: image as Image, kind: kind as Entry['kind'], at, revision, digest }] : []
  })
  return history.toSorted((a, b) => Number(a.at) - Number(b.at))
}

/**
 * What was live before the last deployment of these images, and is not undone yet: each rollback goes one deployment further
 * back, and never forward to what was rolled back from.
 */
export function previousState(history: readonly Entry[]): State | undefined {
  return undoable(history).at(-2)
}

/** Digests that a rollback has replaced and that nothing was deployed after. */
export function rolledBack(history: readonly Entry[], image: Image): string[] {
  const own = history.filter((entry) => entry.image === image)
  const last = own.at(-1)
  if (last?.kind !== 'rollback') return []
  const left = new Set(undoable(own).map((state) => state[image]))
  return [...new Set(own.map(({ digest }) => digest))].filter((digest) => !left.has(digest))
}

/** The states that can be gone back to, the present one last. */
function undoable(history: readonly Entry[]): State[] {
  const states: State[] = []
  // Images of one deployment have one time.
  for (const together of Object.values(Object.groupBy(history, ({ at }) => String(Number(at))))) {
    const state = {
      ...states.at(-1),
      ...Object.fromEntries((together ?? []).map(({ image, digest }) => [image, digest])),
    }
    if (together?.[0]?.kind === 'rollback') {
      const back = states.findLastIndex((each) => images.every((image) => each[image] === state[image]))
      states.length = Math.max(back, 0)
    }
    states.push(state)
  }
  return states
}
