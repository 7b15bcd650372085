import { execFileSync } from 'node:child_process'

/**
 * Until the returned function is called, Ctrl-C reaches Terraform alone, below the process `ancestor`: it ends what it is
 * at, writes its state and stops. A second Ctrl-C ends this process, while Terraform goes on.
 */
export function interruptTerraform(ancestor: number): () => void {
  let interrupted = false
  const onSignal = () => {
    if (interrupted) process.exit(130)
    interrupted = true
    process.stderr.write('\nTerraform ends what it is at, so nothing is forgotten; a second Ctrl-C does not wait.\n')
    for (const pid of terraformBelow(ancestor)) process.kill(pid, 'SIGINT')
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  return () => {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  }
}

/** Process ids. Terraform has a terminal, and so a process group, of its own. */
function terraformBelow(ancestor: number): number[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,comm='], { encoding: 'utf8' })
  const all = [...rows.matchAll(/^ *(\d+) +(\d+) (.*\S)/gm)]
  const below = (ancestor: string): typeof all =>
    all.filter(([, , parent]) => parent === ancestor).flatMap((child) => [child, ...below(child[1] ?? '')])
  const found = below(String(ancestor)).filter(([, , , command = '']) => /(^|\/)terraform$/.test(command))
  return found.map(([, pid]) => Number(pid))
}
