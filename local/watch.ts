import { type FSWatcher, globSync, watch as watchFolder } from 'node:fs'
import { join } from 'node:path'

/** Editors write a file in several steps; milliseconds. */
const SETTLE = 50

/**
 * Calls `changed` after files in the folder have changed, with their paths in it: once for a burst, never twice at a time.
 * Each folder is watched by itself: Node.js's recursive watching on Linux loses a file that an editor replaces by a new one.
 * @returns what ends it.
 */
export function watch(root: string, changed: (files: readonly string[]) => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined
  let running = Promise.resolve()
  const files = new Set<string>()

  const settled = () => {
    const burst = [...files]
    files.clear()
    // Folders may have come, gone, or been replaced.
    const before = watchers
    watchers = watchFolders()
    for (const watcher of before) watcher.close()
    running = running.then(() => changed(burst))
  }
  const watchFolders = (): FSWatcher[] =>
    globSync(['.', '**'], { cwd: root, withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ parentPath, name }) => {
        const folder = join(parentPath, name)
        return watchFolder(folder, (_, file) => {
          if (file) files.add(join(folder, file).slice(root.length + 1))
          clearTimeout(timer)
          timer = setTimeout(settled, SETTLE)
        })
      })
  let watchers = watchFolders()
  return () => {
    clearTimeout(timer)
    for (const watcher of watchers) watcher.close()
  }
}
