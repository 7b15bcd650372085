import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '..', '..')

/** Why Terraform cannot run on the stand-in for AWS here; nothing where it can. `.ci/run` exports what it takes. */
export async function noDryRun(): Promise<string | undefined> {
  if (!process.env.AWS_DRY_RUN_PROVIDER)
    return 'skipped: AWS_DRY_RUN_PROVIDER is not set, so there is no stand-in for AWS'
  return run('terraform', ['version']).then(
    () => undefined,
    () => 'skipped: no terraform on PATH',
  )
}

/** One line of what the stand-in did. */
export interface Entry {
  readonly action: string
  readonly type: string
  readonly name: string
  readonly values: Readonly<Record<string, unknown>>
}

type Variables = Readonly<Record<string, string>>

/** A deployment into a pretended account: synthesized in a folder of its own, applied by the real Terraform. */
export class Deployment {
  readonly #folder: string
  readonly #environment: Record<string, string | undefined>

  private constructor(folder: string, settings: Variables) {
    this.#folder = folder
    const given = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(DB_|VPC_|AWS_REGION$)/.test(name)),
    )
    this.#environment = {
      ...given,
      AWS_REGION: 'ap-northeast-2',
      AWS_DRY_RUN_LOG: join(folder, 'log.jsonl'),
      TF_IN_AUTOMATION: '1',
      ...settings,
    }
  }

  /** Synthesizes; `data` are answers for data sources, as the stand-in takes them. */
  static async synthesize(settings: Variables, data?: unknown): Promise<Deployment> {
    const folder = await mkdtemp(join(tmpdir(), 'deployment-'))
    const deployment = new Deployment(folder, settings)
    if (data !== undefined) {
      deployment.#environment.AWS_DRY_RUN_DATA = join(folder, 'data.json')
      await writeFile(join(folder, 'data.json'), JSON.stringify(data))
    }
    await deployment.resynthesize({})
    return deployment
  }

  /** Synthesizes again, with other settings beside the first ones. */
  async resynthesize(settings: Variables): Promise<void> {
    Object.assign(this.#environment, settings)
    await this.#run(process.execPath, [join(root, 'terraform', 'main.ts')], this.#folder)
  }

  /** Runs Terraform in a stack's folder; resolves to what it printed, with its errors where it fails. */
  async terraform(stack: 'registry' | 'service', ...args: string[]): Promise<{ ok: boolean; output: string }> {
    const folder = join(this.#folder, 'cdktf.out', 'stacks', stack)
    return this.#run('terraform', [...args, '-no-color'], folder).then(
      ({ stdout }) => ({ ok: true, output: stdout }),
      ({ stdout = '', stderr = '' }) => ({ ok: false, output: `${stdout}\n${stderr}` }),
    )
  }

  /** What was done since the beginning. */
  async log(): Promise<Entry[]> {
    const text = await readFile(String(this.#environment.AWS_DRY_RUN_LOG), 'utf8')
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  }

  /** The state of a stack. */
  async state(stack: string): Promise<string> {
    return readFile(join(this.#folder, `terraform.${stack}.tfstate`), 'utf8')
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true })
  }

  #run(file: string, args: readonly string[], cwd: string) {
    return run(file, args, { cwd, env: this.#environment, maxBuffer: 2 ** 26 })
  }
}
