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

/** Timeout in milliseconds. Creating a database takes 15 minutes; deleting Lambda's network interfaces takes up to 40. */
const LONGEST_RUN = 90 * 60_000
/** Polling interval of Terraform's output, in milliseconds. */
const INTERVAL = 500

const OPTIONS = ['--skip-synth', '--skip-provider-lock', '--no-color']
const UNATTENDED = ['--auto-approve', '--ignore-missing-stack-dependencies']

export type Verb = 'deploy' | 'destroy' | 'diff'
type Progress = (text: string) => void

/**
 * Runs the CDK for Terraform CLI on a synthesized stack, once any earlier run has ended.
 * @param folder folder of the log and the pid file.
 * @returns the output of the CLI and of Terraform.
 * @throws Error with Terraform's errors.
 */
export async function cdktf(verb: Verb, { name }: Stack, outdir: string, folder: string, progress: Progress) {
  const command = await cdktfCommand(progress)
  await waitForEarlierRun(folder, progress)
  const args = [verb, name, ...OPTIONS, ...(verb === 'diff' ? [] : UNATTENDED), '--output', outdir]
  const attempt = () => detached([...command, ...args], name, folder, progress)
  const retried = attempt().catch((error: unknown) => {
    // An account's first database makes AWS create a role for RDS, which may not be ready in time: retries once.
    if (error instanceof CommandError && /service[- ]linked role/i.test(error.output)) return attempt()
    throw error
  })
  return retried.catch(errorsAlone)
}

const pidFileIn = (folder: string) => join(folder, 'cdktf.pid')

/** Waits for Terraform of a killed command, which keeps running: see `detached`. */
export async function waitForEarlierRun(folder: string, progress: Progress): Promise<void> {
  const pid = holderOf(pidFileIn(folder), 'cdktf')
  if (pid === undefined) return
  progress(`waiting for Terraform of an earlier run to end (process ${pid})`)
  if (!(await gone(pid, LONGEST_RUN))) throw new Error(`Terraform of an earlier run still runs: end process ${pid}`)
}

/**
 * Runs a command in a process group that outlives this process: Terraform killed while creating a resource would miss it in its state.
 * Output therefore goes to a file, which this process polls.
 */
async function detached(command: readonly string[], stack: string, folder: string, progress: Progress) {
  const log = join(folder, 'terraform.log')
  const file = await open(log, 'w', 0o600)
  // The shell writes its pid before it becomes the CLI, so a run is never without its pid file.
  const child = spawn('sh', ['-c', 'echo $$ >"$0"; exec "$@"', pidFileIn(folder), ...command], {
    cwd: ROOT,
    // CI makes the CLI print plain lines.
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
