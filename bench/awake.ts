import { spawn, spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'

/**
 * Keeps the processors from sleeping while something is measured: a virtual one that sleeps is woken by its host, which takes longer than many a
 * request, and differs from hour to hour. What keeps them awake gives way to everybody (SCHED_IDLE); where there is no such thing, nothing is done.
 * @returns ends it.
 */
export function keepAwake(): () => void {
  if (spawnSync('chrt', ['--idle', '0', 'true']).status !== 0) return () => {}
  const children = Array.from({ length: availableParallelism() }, () =>
    spawn('chrt', ['--idle', '0', process.execPath, join(import.meta.dirname, 'awake-process.ts')], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    }),
  )
  // The benchmark's end does not wait for them, but they end with it.
  for (const child of children) {
    child.unref()
    child.channel?.unref()
  }
  return () => {
    for (const child of children) child.kill()
  }
}
