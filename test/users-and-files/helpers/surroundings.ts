import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../../..')

/** Why processes cannot have mounts of their own here; nothing where they can. */
export const noMounts =
  spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0
    ? undefined
    : 'skipped: mounts of their own for processes take Linux and root'

/** What a function's process sees of its machine, in place of the real thing: a resolver, and a `/tmp` of 64 KB. */
export class Surroundings {
  /** Stands in for Node.js, with its arguments. */
  readonly node: string
  readonly #full: string

  /** @param directory all that is under `/tmp` for a process, beside the sources. */
  constructor(directory: string, nameServer: string) {
    this.node = join(directory, 'node')
    this.#full = join(directory, 'full')
    const resolver = join(directory, 'resolv.conf')
    writeFileSync(resolver, `nameserver ${nameServer}\n`)
    // What is hidden by the small /tmp is still to be had under /mnt.
    const script = `#!/bin/sh
exec unshare --mount sh -ec '
  mount --rbind / /mnt
  mount -t tmpfs -o size=64k tmpfs /tmp
  for each in "${directory}" "${ROOT}"; do mkdir -p "$each"; mount --rbind "/mnt$each" "$each"; done
  mount --bind "${resolver}" /etc/resolv.conf
  cd "$PWD"
  if [ -e "${this.#full}" ]; then cat /dev/zero > /tmp/full 2> /dev/null || true; fi
  exec "${process.execPath}" "$@"
' sh "$@"
`
    writeFileSync(this.node, script, { mode: 0o700 })
  }

  /** Fills `/tmp` of these processes, and of all that start from now on. */
  fill(pids: readonly number[]): void {
    writeFileSync(this.#full, '')
    for (const pid of pids) {
      const file = openSync(join(tmpOf(pid), 'full'), 'w')
      try {
        for (;;) writeSync(file, Buffer.alloc(4096))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      } finally {
        closeSync(file)
      }
    }
  }

  /** Takes away again what filled it. */
  empty(pids: readonly number[]): void {
    rmSync(this.#full)
    for (const pid of pids) if (existsSync(tmpOf(pid))) rmSync(join(tmpOf(pid), 'full'), { force: true })
  }
}

/** `/tmp` as a process sees it. */
const tmpOf = (pid: number) => join('/proc', String(pid), 'root', 'tmp')
