import chokidar from 'chokidar'

/** Milliseconds for which changes are gathered: editors write a file in several steps. */
const BURST = 100

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
  const watcher = chokidar.watch('.', { cwd: root, ignoreInitial: true })
  watcher.on('all', (event, file) => {
    if (event === 'addDir' || event === 'unlinkDir') return
    if (files.size === 0) timer = setTimeout(report, BURST)
    files.add(file)
  })
  // One comes for each folder.
  watcher.once('error', (error) => {
    const limits = 'sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=1024'
    log(
      `changes in a part of ${root} are not noticed: ${(error as Error).message}. On Linux, raise the limits: ${limits}`,
    )
  })
  watcher.on('error', () => {})
  await new Promise<void>((resolve) => watcher.on('ready', resolve))
  return () => {
    clearTimeout(timer)
    return watcher.close()
  }
}
