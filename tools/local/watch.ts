import chokidar, { type FSWatcher } from 'chokidar'

/** Milliseconds without a change that end a burst; editors write a file in several steps. */
const SETTLE = 50
/** Milliseconds after which a burst is reported, even if it goes on. */
const LONGEST = 300
/** Milliseconds between two looks at every file, where the system reports no changes. */
const POLLING = 200

/** Limits of the system, by the error of a watch beyond them, and what raises them. */
const LIMITS: Readonly<Record<string, string>> = {
  ENOSPC: 'sudo sysctl fs.inotify.max_user_watches=524288',
  EMFILE: 'sudo sysctl fs.inotify.max_user_instances=1024, or ulimit -n 65536',
}

export interface WatchOptions {
  readonly root: string
  /** Called with paths relative to `root`: once for a burst, never twice at a time. */
  changed(files: readonly string[]): Promise<void>
  /** Says one line to people. */
  log(line: string): void
}

/**
 * Watches the files of a folder, which may come, go and be replaced as it does. Beyond the system's limits it polls.
 * @returns a function that ends it, once changes are noticed.
 */
export async function watch({ root, changed, log }: WatchOptions): Promise<() => Promise<void>> {
  const files = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let first = 0
  let running = Promise.resolve()
  let ready = false
  let polls = false
  let noticed = () => {}

  const settled = () => {
    const burst = [...files]
    files.clear()
    running = running.then(() => changed(burst))
  }
  const open = (): FSWatcher =>
    chokidar
      .watch('.', {
        cwd: root,
        backend: polls ? 'polling' : 'auto',
        pollingInterval: POLLING,
        // The change that met a limit went unnoticed, so that every file counts as changed.
        ignoreInitial: !ready,
      })
      .on('all', (event, file) => {
        if (event === 'addDir' || event === 'unlinkDir') return
        if (files.size === 0) first = Date.now()
        files.add(file)
        clearTimeout(timer)
        timer = setTimeout(settled, Math.max(0, Math.min(SETTLE, first + LONGEST - Date.now())))
      })
      .on('ready', () => {
        ready = true
        noticed()
      })
      .on('error', (error) => failed(error as NodeJS.ErrnoException))
  const failed = ({ code = '', message }: NodeJS.ErrnoException) => {
    const limit = LIMITS[code]
    if (limit === undefined) return log(`cannot watch a part of ${root}: ${message}`)
    // One error for each folder comes.
    if (polls) return
    polls = true
    log(
      `${root}: the system watches no more files (${code}), so they are read every ${POLLING} ms. To raise its limit: ${limit}`,
    )
    void watcher.close()
    watcher = open()
  }
  let watcher: FSWatcher
  await new Promise<void>((resolve) => {
    noticed = resolve
    watcher = open()
  })
  return () => {
    clearTimeout(timer)
    return watcher.close()
  }
}
