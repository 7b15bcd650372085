import { readFile } from 'node:fs/promises'
import type { PluginBuild } from 'esbuild'

/** A change to a package's source while it is bundled. */
export interface Edit {
  /** End of the source's path. */
  readonly file: string
  /** What it says, wherever it says that, and what it is to say. */
  readonly replace: readonly (readonly [string, string])[]
  /** Stands before all else in the source. @default nothing */
  readonly first?: string
}

/** Makes the edits; a source that does not say any more what is to be changed fails the build, with where to look. */
export function applyEdits(build: PluginBuild, edits: readonly Edit[]): void {
  for (const { file, replace, first = '' } of edits) {
    build.onLoad({ filter: endOfPath(file) }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      const gone = replace.filter(([says]) => !source.includes(says))
      if (gone.length > 0) {
        return {
          errors: gone.map(([says]) => ({ text: `${path} has changed: scripts/build/lean-*.ts looks for ${says}` })),
        }
      }
      return { contents: first + replace.reduce((text, [says, instead]) => text.replaceAll(says, instead), source) }
    })
  }
}

/** Matches paths of either slash. */
export const endOfPath = (file: string): RegExp =>
  new RegExp(`${file.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('/', '[\\\\/]')}$`)
