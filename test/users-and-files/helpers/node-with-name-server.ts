import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Why processes cannot have mounts of their own here; nothing where they can. */
export const noMounts =
  spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0
    ? undefined
    : 'skipped: mounts of their own for processes take Linux and root'

/** Makes a stand-in for Node.js, with its arguments, whose process asks another name server. @returns its path. */
export function nodeWith(nameServer: string, directory: string): string {
  const [node, resolver] = [join(directory, 'node'), join(directory, 'resolv.conf')]
  writeFileSync(resolver, `nameserver ${nameServer}\n`)
  const script = `mount --bind "${resolver}" /etc/resolv.conf; exec "${process.execPath}" "$@"`
  writeFileSync(node, `#!/bin/sh\nexec unshare --mount sh -ec '${script}' sh "$@"\n`, { mode: 0o700 })
  return node
}
