import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Image, imageSetting } from '../build/images.ts'
import { writeTerraform } from '../local/wiring/synthesize.ts'
import { CommandError, ROOT, run } from '../process/command.ts'
import { gone, holderOf } from '../process/process.ts'
import { cdktfCommand, DEPLOY_FOLDER } from './cdktf-cli.ts'
import type { State } from './history.ts'
import { interruptTerraform, terraformRuns } from './interrupt.ts'
import { type DeployedResource, type Outputs, pullState, readState } from './state.ts'
import { errorsIn, forgottenLock, lastProgress, plain } from './terraform-output.ts'

export type Stack = 'registry' | 'service'

/** A copy of Terraform's own lock file: see docs/operations.md. */
const LOCK_FILE = join(ROOT, 'terraform', '.terraform.lock.hcl')

/** Milliseconds. A new database takes Terraform a quarter of an hour, and network interfaces of Lambda 40 minutes to go. */
const LONGEST_RUN = 90 * 60_000
/** Milliseconds between two looks at what Terraform is doing. */
const INTERVAL = 500

const UNATTENDED = ['--auto-approve', '--ignore-missing-stack-dependencies', '--skip-provider-lock']

export interface CdktfOptions {
  /** Prefix of every name, and of the state; see the setting ENVIRONMENT. */
  readonly environment: string | undefined
  /** What is being done, in a few words. */
  progress?(text: string): void
}

/** The CDK for Terraform CLI on this project's two stacks. */
export class Cdktf {
  /** Where the synthesized Terraform is. One for each environment: Terraform keeps in there which state it works on. */
  readonly outdir: string
  readonly #folder: string
  readonly #options: CdktfOptions

  constructor(options: CdktfOptions) {
    const { environment } = options
    this.#options = options
    this.#folder = join(DEPLOY_FOLDER, 'environments', environment ?? 'default')
    this.outdir = environment === undefined ? join(ROOT, 'cdktf.out') : join(this.#folder, 'cdktf.out')
  }

  /**
   * Writes the Terraform of both stacks.
   * @param digests of the images to run. @default those that the settings or the tags name
   */
  async synthesize(digests: State = {}): Promise<void> {
    this.#progress('synthesizing')
    await mkdir(this.#folder, { recursive: true })
    const chosen = Object.entries(digests).map(([image, digest]) => [imageSetting(image as Image), digest])
    await writeTerraform(this.outdir, Object.fromEntries(chosen))
    // Hashes of the provider, once somebody has put them there: Terraform then takes no other.
    if (existsSync(LOCK_FILE))
      for (const stack of ['registry', 'service'] as const)
        await copyFile(LOCK_FILE, join(this.folderOf(stack), '.terraform.lock.hcl'))
  }

  /** @returns the stack's outputs, and what changed, in a few words; `undefined` where nothing did. */
  async deploy(stack: Stack): Promise<{ outputs: Outputs; changes: string | undefined }> {
    await rm(this.#memory(stack), { force: true })
    const output = await this.run(['deploy', stack, ...UNATTENDED])
    const { outputs } = await pullState(this.folderOf(stack))
    const [, ...counts] = output.match(/Resources: (\d+) added, (\d+) changed, (\d+) destroyed/) ?? []
    const [added, changed, destroyed] = counts
    await writeFile(this.#memory(stack), JSON.stringify({ terraform: await this.#fingerprint(stack), outputs }))
    const changes = `${added} added, ${changed} changed, ${destroyed} destroyed`
    return { outputs, changes: counts.every((count) => count === '0') ? undefined : changes }
  }

  /**
   * Outputs of a stack that was deployed from this folder as it is synthesized now: nothing of ours has changed, so only a
   * change by others could make Terraform do something. Whoever relies on it has to see that what they use is there.
   */
  async remembered(stack: Stack): Promise<Outputs | undefined> {
    const { terraform, outputs } = JSON.parse(await readFile(this.#memory(stack), 'utf8').catch(() => '{}'))
    return terraform === (await this.#fingerprint(stack)) ? outputs : undefined
  }

  /** Outputs of a stack, from its state; none where it is not deployed. */
  async outputs(stack: Stack): Promise<Outputs> {
    await this.#waitForEarlierRun()
    return (await readState(this.folderOf(stack))).outputs
  }

  /** One output of a deployed stack that is sensitive: Terraform tells it to this process, and no file has it. */
  async secret(stack: Stack, name: string): Promise<string> {
    return run('terraform', ['output', '-raw', name], { cwd: this.folderOf(stack) })
  }

  /** The resources of a stack that exist, by its state. */
  async deployed(stack: Stack): Promise<readonly DeployedResource[]> {
    await this.#waitForEarlierRun()
    return (await readState(this.folderOf(stack))).resources
  }

  /** Where Terraform works on a stack. */
  folderOf(stack: Stack): string {
    return join(this.outdir, 'stacks', stack)
  }

  /** Destroys a stack, and asks nobody. */
  async destroy(stack: Stack): Promise<void> {
    await rm(this.#memory(stack), { force: true })
    await this.run(['destroy', stack, ...UNATTENDED])
  }

  /**
   * Runs the CLI on what has been synthesized, once whatever an earlier run has left at work is done.
   * @returns all that it and Terraform print.
   * @throws Error with the errors that Terraform tells.
   */
  async run(args: readonly string[]): Promise<string> {
    const command = await cdktfCommand((text) => this.#progress(text))
    await mkdir(this.#folder, { recursive: true })
    await this.#waitForEarlierRun()
    const attempt = () => this.#attempt([...command, ...args, '--skip-synth', '--no-color', '--output', this.outdir])
    return attempt()
      .catch(async (error: unknown) => {
        if (!(error instanceof CommandError)) throw error
        // An account's first database has AWS make a role for RDS, which may not be there in time.
        if (/service[- ]linked role/i.test(error.output)) return attempt()
        const lock = !terraformRuns() && forgottenLock(error.output)
        if (!lock) throw error
        this.#progress('releasing the lock of a run that is gone')
        await run('terraform', ['force-unlock', '-force', lock], { cwd: this.folderOf(args[1] as Stack) })
        return attempt()
      })
      .catch((error: unknown) => {
        throw error instanceof CommandError ? new Error(errorsIn(error.output)) : error
      })
  }

  /**
   * A process of its own, which outlives this one: Terraform that is cut off in the middle of a creation leaves a resource
   * behind that its state knows nothing of. So its output goes to a file, which this process reads.
   */
  async #attempt(command: readonly string[]): Promise<string> {
    const log = join(this.#folder, 'terraform.log')
    const file = await open(log, 'w', 0o600)
    // The shell notes the id before it becomes the CLI, so there is no moment at which that runs unnoticed.
    const child = spawn('sh', ['-c', 'echo $$ >"$0"; exec "$@"', this.#pidFile, ...command], {
      cwd: ROOT,
      // With CI the CLI prints lines, and no moving picture.
      env: { ...process.env, CI: '1', CHECKPOINT_DISABLE: '1', FORCE_COLOR: '0' },
      stdio: ['ignore', file.fd, file.fd],
      detached: true,
    })
    const releaseSignals = interruptTerraform(child.pid ?? 0)
    const looking = setInterval(async () => this.#progress(lastProgress(await readFile(log, 'utf8'))), INTERVAL)
    try {
      const [status] = await once(child, 'close')
      const output = plain(await readFile(log, 'utf8'))
      if (status !== 0) throw new CommandError('cdktf', output)
      return output
    } finally {
      clearInterval(looking)
      releaseSignals()
      await file.close()
      await rm(this.#pidFile, { force: true })
    }
  }

  #memory(stack: Stack): string {
    return join(this.#folder, `${stack}.deployed.json`)
  }

  async #fingerprint(stack: Stack): Promise<string> {
    const terraform = await readFile(join(this.folderOf(stack), 'cdk.tf.json'))
    return createHash('sha256').update(terraform).digest('hex')
  }

  get #pidFile(): string {
    return join(this.#folder, 'cdktf.pid')
  }

  async #waitForEarlierRun(): Promise<void> {
    const pid = holderOf(this.#pidFile, 'cdktf')
    if (pid === undefined) return
    this.#progress(`waiting for Terraform of an earlier run to end (process ${pid})`)
    if (!(await gone(pid, LONGEST_RUN))) throw new Error(`Terraform of an earlier run still works: end process ${pid}`)
  }

  #progress(text: string | undefined): void {
    if (text !== undefined) this.#options.progress?.(text)
  }
}
