import { watch as watchFolder } from 'node:fs'

/** Editors write a file in several steps; milliseconds. */
const SETTLE = 50

/**
 * Calls `changed` after files in the folders have changed: once for a burst, never twice at a time.
 * @returns what ends it.
 */
export function watch(folders: readonly string[], changed: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined
  let running = Promise.resolve()
  const trigger = () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      running = running.then(changed)
    }, SETTLE)
  }
  const watchers = folders.map((folder) => watchFolder(folder, { recursive: true }, trigger))
  return () => {
    clearTimeout(timer)
    for (const watcher of watchers) watcher.close()
  }
}
