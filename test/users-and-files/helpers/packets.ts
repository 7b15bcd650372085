import { spawnSync } from 'node:child_process'

const rule = (action: '-I' | '-D', side: '--dport' | '--sport', port: number) =>
  spawnSync('iptables', [action, 'INPUT', '-i', 'lo', '-p', 'tcp', side, String(port), '-j', 'DROP', '-w']).status === 0

/** Why packets cannot be dropped here; nothing where they can. */
export const noFirewall =
  rule('-I', '--dport', 1) && rule('-D', '--dport', 1) ? undefined : 'skipped: dropping packets takes iptables and root'

/** From now on the kernel drops every packet to and from a port of this machine. @returns what ends that. */
export function dropPackets(port: number): () => void {
  const sides = ['--dport', '--sport'] as const
  for (const side of sides) rule('-I', side, port)
  return () => {
    for (const side of sides) rule('-D', side, port)
  }
}
