import { execFileSync } from 'node:child_process'

/**
 * Forwards Ctrl-C to Terraform, a descendant of the process `ancestor`: it completes running operations, writes its state and stops.
 * A second Ctrl-C exits this process and leaves Terraform running. @returns a function that restores the default.
 */
export function interruptTerraform(ancestor: number): () => void {
  let interrupted = false
  const onSignal = () => {
    if (interrupted) process.exit(130)
    interrupted = true
    process.stderr.write('\nTerraform completes what runs and saves its state; a second Ctrl-C does not wait.\n')
    for (const pid of terraformBelow(ancestor)) process.kill(pid, 'SIGINT')
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  return () => {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  }
}

/** Process ids of Terraform, which has its own terminal and so its own process group. */
function terraformBelow(ancestor: number): number[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,comm='], { encoding: 'utf8' })
  const all = [...rows.matchAll(/^ *(\d+) +(\d+) (.*\S)/gm)]
  const below = (ancestor: string): typeof all =>
    all.filter(([, , parent]) => parent === ancestor).flatMap((child) => [child, ...below(child[1] ?? '')])
  const found = below(String(ancestor)).filter(([, , , command = '']) => /(^|\/)terraform$/.test(command))
  return found.map(([, pid]) => Number(pid))
}
