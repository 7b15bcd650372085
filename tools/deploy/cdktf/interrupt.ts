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
    process.stderr.write(
      '\nTerraform ends what it is at, so that nothing is forgotten; a second Ctrl-C does not wait.\n',
    )
    for (const pid of terraformBelow(ancestor)) process.kill(pid, 'SIGINT')
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  return () => {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  }
}

/** Whether any Terraform runs on this machine. */
export const terraformRuns = (): boolean => processes().some(({ command }) => isTerraform(command))

const isTerraform = (command: string) => /(^|\/)terraform$/.test(command)

function terraformBelow(ancestor: number): number[] {
  const children = Object.groupBy(processes(), ({ parent }) => parent)
  const below = (pid: number): Process[] => (children[pid] ?? []).flatMap((child) => [child, ...below(child.pid)])
  return below(ancestor).flatMap(({ pid, command }) => (isTerraform(command) ? [pid] : []))
}

interface Process {
  readonly pid: number
  readonly parent: number
  readonly command: string
}

function processes(): Process[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,comm='], { encoding: 'utf8' }).trim().split('\n')
  return rows.map((row) => {
    const [pid, parent, ...command] = row.trim().split(/\s+/)
    return { pid: Number(pid), parent: Number(parent), command: command.join(' ') }
  })
}
