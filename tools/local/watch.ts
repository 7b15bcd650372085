import chokidar from 'chokidar'

/** Debounce in milliseconds: editors write a file in several steps. */
const BURST = 100
/** Polling interval in milliseconds, if the system cannot report changes. */
const POLLING = 200

/**
 * Watches a folder, which may be deleted and replaced meanwhile. Falls back to polling at the system's limit of watched files.
 * @param changed called once per burst with paths relative to `root`, never concurrently.
 * @param log prints one line.
 * @returns a function that stops watching; resolves once changes are noticed.
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
  // A change may have been missed at the limit, so polling first reports every file as changed.
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
    // Each folder reports an error.
    if (polls) return backend === 'polling' && log(`cannot watch a part of ${root}: ${message}`)
    polls = true
    const limits = 'sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=1024'
    log(`${root}: ${message}; polling every ${POLLING} ms instead. To raise Linux's limits: ${limits}`)
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
