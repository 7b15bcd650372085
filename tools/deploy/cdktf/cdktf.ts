import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CommandError, ROOT } from '../../process/command.ts'
import { gone, holderOf } from '../../process/process.ts'
import { cdktfCommand } from '../cdktf-cli.ts'
import { interruptTerraform } from './interrupt.ts'
import { errorsAlone, lastProgress, plain } from './output.ts'
import type { Stack } from './stacks.ts'

/** Milliseconds. A new database takes Terraform a quarter of an hour, and network interfaces of Lambda 40 minutes to go. */
const LONGEST_RUN = 90 * 60_000
/** Milliseconds between two looks at Terraform's output. */
const INTERVAL = 500

const OPTIONS = ['--skip-synth', '--skip-provider-lock', '--no-color']
const UNATTENDED = ['--auto-approve', '--ignore-missing-stack-dependencies']

export type Verb = 'deploy' | 'destroy' | 'diff'
type Progress = (text: string) => void

/**
 * Runs the CDK for Terraform CLI on a synthesized stack, after any earlier run that is still at work.
 * @param folder holds the log and the process id of the run at work.
 * @returns its output and Terraform's.
 * @throws Error with Terraform's errors.
 */
export async function cdktf(verb: Verb, { name }: Stack, outdir: string, folder: string, progress: Progress) {
  const command = await cdktfCommand(progress)
  await waitForEarlierRun(folder, progress)
  const args = [verb, name, ...OPTIONS, ...(verb === 'diff' ? [] : UNATTENDED), '--output', outdir]
  const attempt = () => detached([...command, ...args], name, folder, progress)
  const retried = attempt().catch((error: unknown) => {
    // An account's first database has AWS make a role for RDS, which may not be there in time.
    if (error instanceof CommandError && /service[- ]linked role/i.test(error.output)) return attempt()
    throw error
  })
  return retried.catch(errorsAlone)
}

const pidFileIn = (folder: string) => join(folder, 'cdktf.pid')

/** A killed command leaves Terraform at work: see `detached`. */
export async function waitForEarlierRun(folder: string, progress: Progress): Promise<void> {
  const pid = holderOf(pidFileIn(folder), 'cdktf')
  if (pid === undefined) return
  progress(`waiting for Terraform of an earlier run to end (process ${pid})`)
  if (!(await gone(pid, LONGEST_RUN))) throw new Error(`Terraform of an earlier run still works: end process ${pid}`)
}

/**
 * Runs a command in a process group that outlives this process: Terraform cut off during a creation leaves a resource that its state
 * does not know. Output therefore goes to a file, which this process reads.
 */
async function detached(command: readonly string[], stack: string, folder: string, progress: Progress) {
  const log = join(folder, 'terraform.log')
  const file = await open(log, 'w', 0o600)
  // The shell writes its id before it becomes the CLI, so no moment is left in which the run goes unnoticed.
  const child = spawn('sh', ['-c', 'echo $$ >"$0"; exec "$@"', pidFileIn(folder), ...command], {
    cwd: ROOT,
    // With CI the CLI prints plain lines.
    env: { ...process.env, CI: '1', CHECKPOINT_DISABLE: '1', FORCE_COLOR: '0' },
    stdio: ['ignore', file.fd, file.fd],
    detached: true,
  })
  const releaseSignals = interruptTerraform(child.pid ?? 0)
  const read = async () => plain(await readFile(log, 'utf8'), stack)
  const timer = setInterval(async () => progress(lastProgress(await read()) ?? ''), INTERVAL)
  try {
    const [status] = await once(child, 'close')
    const output = await read()
    if (status !== 0) throw new CommandError('cdktf', output)
    return output
  } finally {
    clearInterval(timer)
    releaseSignals()
    await file.close()
    await rm(pidFileIn(folder), { force: true })
  }
}
