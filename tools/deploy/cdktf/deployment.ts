import { existsSync } from 'node:fs'
import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { imageSettings } from '../../../terraform/settings.ts'
import { writeTerraform } from '../../local/wiring/synthesize.ts'
import { ROOT } from '../../process/command.ts'
import { DEPLOY_FOLDER } from '../cdktf-cli.ts'
import { loadSettings } from '../settings.ts'
import { cdktf, type Verb, waitForEarlierRun } from './cdktf.ts'
import { passVariables, readStacks, readState, type Stack } from './stacks.ts'

/** Optional copy of Terraform's lock file: see docs/operations.md. */
const LOCK_FILE = join(ROOT, 'terraform', '.terraform.lock.hcl')

/** Stack outputs that deployment commands use; each may be missing. */
export interface Outputs {
  /** URLs by API name, without a trailing slash: a route's URL is this and its path. */
  readonly api_urls?: Readonly<Record<string, string>>
  readonly api_key?: string
  /** Lambda's function names by short name. */
  readonly functions?: Readonly<Record<string, string>>
  /** Short names of the functions that migrate a database. */
  readonly migrations?: readonly string[]
  /** Host that a custom domain must resolve to. */
  readonly domain_target?: string
  readonly dashboard_url?: string
  readonly warnings?: readonly string[]
}

/** Loads the settings and synthesizes their environment. */
export async function openDeployment() {
  const settings = loadSettings()
  const deployment = new Deployment(settings.ENVIRONMENT)
  await deployment.synthesize()
  return { settings, deployment }
}

/** An environment of this project: its synthesized stacks, and the CDK for Terraform CLI's work on them. */
export class Deployment {
  /** Synthesized Terraform, one folder per environment: Terraform stores the current state's location in it. */
  readonly #outdir: string
  /** In order of their dependencies. */
  stacks: readonly Stack[] = []
  readonly #folder: string

  constructor(environment = 'default') {
    this.#folder = join(DEPLOY_FOLDER, 'environments', environment)
    this.#outdir = join(environment === 'default' ? ROOT : this.#folder, 'cdktf.out')
  }

  /** @param digests images to run. @default those in the settings, else the tagged ones. */
  async synthesize(digests: Readonly<Record<string, string>> = {}): Promise<void> {
    await mkdir(this.#folder, { recursive: true })
    const chosen = Object.entries(digests).map(([image, digest]) => [imageSettings(image).digest, digest])
    await writeTerraform(this.#outdir, Object.fromEntries(chosen))
    this.stacks = await readStacks(this.#outdir)
    // Pins the provider's hashes, if the user has recorded them.
    if (existsSync(LOCK_FILE))
      for (const { folder } of this.stacks) await copyFile(LOCK_FILE, join(folder, '.terraform.lock.hcl'))
  }

  /** The stack of the image repository, deployed first: images need it, and the other stacks need the images. */
  get registry(): Stack {
    const found = this.stacks.find(({ terraform }) => terraform.all('aws_ecr_repository').length > 0)
    if (found) return found
    throw new Error('No stack has an aws_ecr_repository to push images to: add one to terraform/')
  }

  get services(): readonly Stack[] {
    return this.stacks.filter((stack) => stack !== this.registry)
  }

  get repository(): string {
    const { terraform } = this.registry
    return terraform.all('aws_ecr_repository').map((each) => terraform.text(each, 'name'))[0] ?? ''
  }

  /** Lambda's function names by image; of several, the first. */
  get images(): ReadonlyMap<string, string> {
    const images = this.services.flatMap(({ terraform }) =>
      terraform.all('aws_lambda_function').flatMap((each) => {
        const [, image] = /\$\{data\.aws_ecr_image\.([\w-]+)\./.exec(String(each.block.image_uri)) ?? []
        return image ? [[image, terraform.text(each, 'function_name')] as const] : []
      }),
    )
    return new Map(images.toReversed())
  }

  /** @returns a short summary of the changes; `undefined` without any. */
  async deploy(stacks: readonly Stack[], progress: (text: string) => void): Promise<string | undefined> {
    const changes: string[] = []
    for (const stack of stacks) {
      const output = await this.cdktf('deploy', stack, progress)
      const [, counts = ''] = /Resources: (\d+ added, \d+ changed, \d+ destroyed)/.exec(output) ?? []
      if (/[1-9]/.test(counts)) changes.push(counts)
    }
    return changes.join('; ') || undefined
  }

  /** @returns the output of Terraform and the CLI. */
  async cdktf(verb: Verb, stack: Stack, progress = (_text: string) => {}): Promise<string> {
    const missing = passVariables(this.stacks).map(({ description }) => `  ${description}`)
    if (missing.length > 0) throw new Error(`Missing (environment or .env):\n${missing.join('\n')}`)
    return cdktf(verb, stack, this.#outdir, this.#folder, progress)
  }

  async state(stack: Stack) {
    await waitForEarlierRun(this.#folder, console.error)
    return readState(stack)
  }

  /** Outputs of all stacks but the registry; empty before the first deployment. */
  async outputs(): Promise<Outputs> {
    const all: Outputs = {}
    for (const stack of this.services) Object.assign(all, (await this.state(stack)).outputs)
    return all
  }
}
