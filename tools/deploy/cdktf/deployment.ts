import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Settings } from '../../../terraform/settings.ts'
import { imageSetting } from '../../build/images.ts'
import { writeTerraform } from '../../local/wiring/synthesize.ts'
import { ROOT, run } from '../../process/command.ts'
import { DEPLOY_FOLDER } from '../cdktf-cli.ts'
import { cdktf, waitForEarlierRun } from './cdktf.ts'
import { type Outputs, readStacks, readState, type Stack, type State, variablesOf } from './stacks.ts'

/** A copy of Terraform's own lock file: see docs/operations.md. */
const LOCK_FILE = join(ROOT, 'terraform', '.terraform.lock.hcl')

type Progress = (text: string) => void

/** A function of the deployment, as synthesized. */
export interface DeployedFunction {
  /** Lambda's name for it. */
  readonly name: string
  /** `undefined` where it is not made from an image of ours. */
  readonly image: string | undefined
}

/** One environment of this project: its synthesized stacks, and what the CDK for Terraform CLI does with them. */
export class Deployment {
  /** Synthesized Terraform. Each environment has its own: Terraform keeps in there which state it works on. */
  readonly outdir: string
  readonly #folder: string
  #stacks: readonly Stack[] = []

  constructor({ ENVIRONMENT: environment }: Pick<Settings, 'ENVIRONMENT'>) {
    this.#folder = join(DEPLOY_FOLDER, 'environments', environment ?? 'default')
    this.outdir = environment === undefined ? join(ROOT, 'cdktf.out') : join(this.#folder, 'cdktf.out')
  }

  /** @param digests of images to run. @default those that the settings or the tags name */
  async synthesize(digests: Readonly<Record<string, string>> = {}): Promise<void> {
    await mkdir(this.#folder, { recursive: true })
    const chosen = Object.entries(digests).map(([image, digest]) => [imageSetting(image), digest])
    await writeTerraform(this.outdir, Object.fromEntries(chosen))
    this.#stacks = await readStacks(this.outdir)
    // Hashes of the provider, once somebody has put them there: Terraform then takes no other.
    if (existsSync(LOCK_FILE))
      for (const { folder } of this.#stacks) await copyFile(LOCK_FILE, join(folder, '.terraform.lock.hcl'))
  }

  get stacks(): readonly Stack[] {
    return this.#stacks
  }

  /** The stack of the image repository: it comes before the images, and they before the others. */
  get registry(): Stack {
    const found = this.#stacks.find(({ terraform }) => terraform.all('aws_ecr_repository').length > 0)
    if (found) return found
    throw new Error('No stack has an aws_ecr_repository, so images have no place to go: add one to terraform/')
  }

  get services(): readonly Stack[] {
    return this.#stacks.filter((stack) => stack !== this.registry)
  }

  /** Name of the image repository. */
  get repository(): string {
    const { terraform } = this.registry
    return terraform.all('aws_ecr_repository').map((each) => terraform.text(each, 'name'))[0] ?? ''
  }

  /** The functions of the output `functions`, by their short names. */
  get functions(): ReadonlyMap<string, DeployedFunction> {
    const all = this.services.flatMap(({ terraform, json }) =>
      Object.entries(json.output?.functions?.value ?? {}).flatMap(([key, reference]) => {
        const found = terraform.all('aws_lambda_function').find(({ address }) => reference.includes(`{${address}.`))
        if (!found) return []
        const [, image] = /\$\{data\.aws_ecr_image\.([\w-]+)\./.exec(String(found.block.image_uri)) ?? []
        return [[key, { name: terraform.text(found, 'function_name'), image }] as const]
      }),
    )
    return new Map(all)
  }

  /** Lambda's names of functions by the image that they run; of several, the first. */
  get images(): ReadonlyMap<string, string> {
    const images = new Map<string, string>()
    for (const { name, image } of this.functions.values())
      if (image !== undefined && !images.has(image)) images.set(image, name)
    return images
  }

  /** Log groups by short names: those of the functions, and all others without the `/aws/` of their names. */
  get logGroups(): { functions: ReadonlyMap<string, string>; others: ReadonlyMap<string, string> } {
    const functions = new Map([...this.functions].map(([key, { name }]) => [key, `/aws/lambda/${name}`]))
    const own = new Set(functions.values())
    const all = this.services.flatMap(({ terraform }) =>
      terraform.all('aws_cloudwatch_log_group').map((group) => terraform.text(group, 'name')),
    )
    const others = all.filter((name) => !own.has(name)).map((name) => [name.replace(/^\/aws\//, ''), name] as const)
    return { functions, others: new Map(others) }
  }

  /**
   * Passes variables of the stacks to Terraform, such as `a_key`, from the environment's `A_KEY`; as TF_VAR_a_key, since every
   * user of the machine can read a command line.
   * @throws Error that names each missing one.
   */
  passVariables(env = process.env): void {
    const missing = variablesOf(this.#stacks).flatMap(({ id, name, description, isOptional }) => {
      const value = env[name]
      if (value) env[`TF_VAR_${id}`] = value
      return value || isOptional ? [] : [`  ${description}`]
    })
    if (missing.length > 0) throw new Error(`Missing (environment or .env):\n${missing.join('\n')}`)
  }

  /** @returns the changes in a few words; `undefined` where there are none. */
  async deploy(stack: Stack, progress: Progress): Promise<string | undefined> {
    const memory = this.#memory(stack)
    await rm(memory, { force: true })
    const output = await cdktf('deploy', stack, this.#options(progress))
    await copyFile(join(stack.folder, 'cdk.tf.json'), memory)
    const [, counts] = /Resources: (\d+ added, \d+ changed, \d+ destroyed)/.exec(output) ?? []
    return counts && /[1-9]/.test(counts) ? counts : undefined
  }

  /** Deploys everything but the image repository. @returns the changes in a few words, if there are any. */
  async deployServices(progress: Progress): Promise<string | undefined> {
    const changes: (string | undefined)[] = []
    for (const stack of this.services) changes.push(await this.deploy(stack, progress))
    return changes.filter((text) => text !== undefined).join('; ') || undefined
  }

  /** Whether this folder deployed the stack as it is synthesized now. Others may have changed or destroyed it since. */
  async wasDeployed(stack: Stack): Promise<boolean> {
    const [now, then] = await Promise.all(
      [join(stack.folder, 'cdk.tf.json'), this.#memory(stack)].map((file) => readFile(file, 'utf8').catch(() => file)),
    )
    return now === then
  }

  /** @returns Terraform's plan, with everything that is printed before it. */
  diff(stack: Stack): Promise<string> {
    return cdktf('diff', stack, this.#options())
  }

  async destroy(stack: Stack, progress: Progress): Promise<void> {
    await rm(this.#memory(stack), { force: true })
    await cdktf('destroy', stack, this.#options(progress))
  }

  async state(stack: Stack): Promise<State> {
    await waitForEarlierRun(this.#folder, console.error)
    return readState(stack)
  }

  /** Outputs of everything but the image repository; empty before the first deployment. */
  async outputs(): Promise<Outputs> {
    const states: State[] = []
    for (const stack of this.services) states.push(await this.state(stack))
    return Object.assign({}, ...states.map(({ outputs }) => outputs))
  }

  /** A sensitive output: Terraform tells it to this process, and no file holds it. */
  async secret(name: string): Promise<string | undefined> {
    const stack = this.services.find(({ json }) => json.output?.[name])
    return stack && run('terraform', ['output', '-raw', name], { cwd: stack.folder })
  }

  #options(progress: Progress = () => {}) {
    return { outdir: this.outdir, folder: this.#folder, progress }
  }

  #memory({ name }: Stack): string {
    return join(this.#folder, `${name}.deployed.json`)
  }
}
