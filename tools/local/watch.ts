import chokidar from 'chokidar'

/** Milliseconds for which changes are gathered: editors write a file in several steps. */
const BURST = 100

/** Limits of the system, by the error of a watch beyond them, and what raises them. */
const LIMITS: Readonly<Record<string, string>> = {
  ENOSPC: 'sudo sysctl fs.inotify.max_user_watches=524288',
  EMFILE: 'sudo sysctl fs.inotify.max_user_instances=1024, or ulimit -n 65536',
}

/**
 * Watches the files of a folder, which may come, go and be replaced as it does.
 * @param changed gets paths relative to `root`: once for a burst, never twice at a time.
 * @param log says one line to people.
 * @returns a function that ends it, once changes are noticed.
 */
export async function watch(
  root: string,
  changed: (files: readonly string[]) => Promise<void>,
  log: (line: string) => void,
): Promise<() => Promise<void>> {
  const files = new Set<string>()
  let running = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  const report = () => {
    const burst = [...files]
    files.clear()
    running = running.then(() => changed(burst))
  }
  const said = new Set<string>()
  const watcher = chokidar.watch('.', { cwd: root, ignoreInitial: true })
  watcher.on('all', (event, file) => {
    if (event === 'addDir' || event === 'unlinkDir') return
    if (files.size === 0) timer = setTimeout(report, BURST)
    files.add(file)
  })
  watcher.on('error', (error) => {
    const { code = '', message } = error as NodeJS.ErrnoException
    const limit = LIMITS[code]
    const reason = limit ? `the system watches no more files (${code}). To raise its limit: ${limit}` : message
    // One comes for each folder.
    if (!said.has(reason)) log(`changes in a part of ${root} are not noticed: ${reason}`)
    said.add(reason)
  })
  await new Promise<void>((resolve) => watcher.on('ready', resolve))
  return () => {
    clearTimeout(timer)
    return watcher.close()
  }
}
