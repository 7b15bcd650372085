import { type ChildProcess, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'

/** Linux can end a child together with its parent, even a killed one; elsewhere the next start cleans up. */
const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find((file) => existsSync(file))

/** Wraps a command line so that it ends together with this process, even a killed one; unchanged without `setpriv`. */
export function tied(command: string, args: readonly string[]): [string, string[]] {
  return SETPRIV ? [SETPRIV, ['--pdeathsig', 'TERM', '--', command, ...args]] : [command, [...args]]
}

/** Command line of a running process; `undefined` if no process has this id. */
export function commandOf(pid: number): string | undefined {
  try {
    if (existsSync('/proc/self/cmdline'))
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() || undefined
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' }).trim()
  } catch {
    return undefined
  }
}

/** Resolves with the reason when the process has ended. */
export async function ended(child: ChildProcess | undefined): Promise<string> {
  if (!child || child.pid === undefined) return 'it never started'
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.signalCode ?? `exit code ${child.exitCode}`
}

/** Waits until a process that is not our child has ended; false if it still runs after `timeout` milliseconds. */
export async function gone(pid: number, timeout: number): Promise<boolean> {
  for (const deadline = Date.now() + timeout; commandOf(pid) !== undefined; await setTimeout(20))
    if (Date.now() > deadline) return false
  return true
}

/** Id of the process that a pid file names, if its command line contains `marker`: the system reuses ids. */
export function holderOf(pidFile: string, marker: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10)
    return commandOf(pid)?.includes(marker) ? pid : undefined
  } catch {
    return undefined
  }
}

/** Ends the holder of a pid file: SIGTERM first, SIGKILL after 10 seconds. */
export async function stopLeftover(pidFile: string, marker: string): Promise<void> {
  const pid = holderOf(pidFile, marker)
  if (pid === undefined) return
  process.kill(pid, 'SIGTERM')
  if (!(await gone(pid, 10_000))) process.kill(pid, 'SIGKILL')
  await gone(pid, 2_000)
}

/**
 * Locks a directory, so that two processes never share its files. @returns a function that releases the lock.
 * @throws Error naming the holder, if a running process has the lock.
 */
export function lock(file: string, marker: string): () => void {
  const holder = holderOf(file, marker)
  if (holder !== undefined && holder !== process.pid)
    throw new Error(`it already runs here (process ${holder}): stop that process first, or work in another clone`)
  mkdirSync(dirname(file), { recursive: true })
  rmSync(file, { force: true })
  // `wx` fails if another process has just taken the lock.
  writeFileSync(file, String(process.pid), { flag: 'wx' })
  return () => rmSync(file, { force: true })
}
