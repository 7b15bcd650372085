import { spawn, spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** Keeps a processor busy, and ends with its parent. */
const BUSY = `process.on('disconnect', () => process.exit())
;(function turn() { for (const end = performance.now() + 20; performance.now() < end;); setImmediate(turn) })()`

/**
 * Keeps the processors awake: a virtual one that sleeps is woken by its host, which takes longer than many a request. Only where Linux
 * has SCHED_IDLE, under which this gives way to everybody. @returns ends it.
 */
export function keepAwake(): () => void {
  if (spawnSync('chrt', ['--idle', '0', 'true']).status !== 0) return () => {}
  const children = Array.from({ length: availableParallelism() }, () =>
    spawn('chrt', ['--idle', '0', process.execPath, '-e', BUSY], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
  )
  return () => {
    for (const child of children) child.kill()
  }
}
