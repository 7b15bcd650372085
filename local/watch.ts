import { watch as watchFolder } from 'node:fs'

/** Editors write a file in several steps; milliseconds. */
const SETTLE = 50

/**
 * Calls `changed` after files in the folder have changed, with their paths in it: once for a burst, never twice at a time.
 * @returns what ends it.
 */
export function watch(folder: string, changed: (files: readonly string[]) => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined
  let running = Promise.resolve()
  const files = new Set<string>()
  const watcher = watchFolder(folder, { recursive: true }, (_, file) => {
    if (file) files.add(file)
    clearTimeout(timer)
    timer = setTimeout(() => {
      const burst = [...files]
      files.clear()
      running = running.then(() => changed(burst))
    }, SETTLE)
  })
  return () => {
    clearTimeout(timer)
    watcher.close()
  }
}
