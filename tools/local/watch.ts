import chokidar from 'chokidar'

/** Milliseconds for which changes are gathered: editors write a file in several steps. */
const BURST = 100
/** Milliseconds between two looks at every file, where the system reports no changes. */
const POLLING = 200

/**
 * Watches the files of a folder, which may come, go and be replaced as it does. Where the system watches no more files, it polls.
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
  const ready = Promise.withResolvers<void>()
  let running = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  const report = () => {
    const burst = [...files]
    files.clear()
    running = running.then(() => changed(burst))
  }
  // The change that met a limit went unnoticed, so that then every file counts as changed.
  const open = (backend: 'auto' | 'polling') =>
    chokidar
      .watch('.', { cwd: root, backend, pollingInterval: POLLING, ignoreInitial: backend === 'auto' })
      .on('ready', ready.resolve)
      .on('error', (error) => failed((error as Error).message, backend))
      .on('all', (event, file) => {
        if (event === 'addDir' || event === 'unlinkDir') return
        if (files.size === 0) timer = setTimeout(report, BURST)
        files.add(file)
      })
  const failed = (message: string, backend: 'auto' | 'polling') => {
    // One error comes for each folder.
    if (polls) return backend === 'polling' && log(`cannot watch a part of ${root}: ${message}`)
    polls = true
    const limits = 'sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=1024'
    log(`${root}: ${message}; so its files are read every ${POLLING} ms. To raise the limits of Linux: ${limits}`)
    void watcher.close()
    watcher = open('polling')
  }
  let polls = false
  let watcher = open('auto')
  await ready.promise
  return () => {
    clearTimeout(timer)
    return watcher.close()
  }
}
