import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Block, TerraformJson } from '../../local/wiring/terraform.ts'
import { CommandError, run } from '../../process/command.ts'
import { errorsIn } from './output.ts'

/** A stack as `cdktf synth` writes it. */
export interface Stack {
  readonly name: string
  /** Where Terraform works on it. */
  readonly folder: string
  readonly terraform: TerraformJson
  readonly json: {
    readonly terraform: { readonly backend: { readonly local?: { readonly path: string } } }
    readonly variable?: Readonly<Record<string, { readonly default?: unknown; readonly description: string }>>
    readonly output?: Readonly<Record<string, { readonly value: unknown }>>
  }
}

interface ManifestEntry {
  readonly name: string
  readonly workingDirectory: string
  readonly dependencies: readonly string[]
}

/** The stacks that are in a folder of `cdktf synth`, each after those that it depends on. */
export async function readStacks(outdir: string): Promise<Stack[]> {
  const manifest = JSON.parse(await readFile(join(outdir, 'manifest.json'), 'utf8'))
  const entries: Readonly<Record<string, ManifestEntry>> = manifest.stacks
  const depth = (name: string): number => 1 + Math.max(0, ...(entries[name]?.dependencies ?? []).map(depth))
  const ordered = Object.values(entries).toSorted((a, b) => depth(a.name) - depth(b.name))
  return Promise.all(
    ordered.map(async ({ name, workingDirectory }) => {
      const folder = join(outdir, workingDirectory)
      const json = JSON.parse(await readFile(join(folder, 'cdk.tf.json'), 'utf8'))
      return { name, folder, json, terraform: new TerraformJson(json) }
    }),
  )
}

/** Outputs of a stack, without the sensitive ones. */
export type Outputs = Readonly<Record<string, unknown>>

export interface DeployedResource {
  readonly type: string
  readonly name: string
  readonly attributes: Block
}

export interface State {
  readonly outputs: Outputs
  /** Managed resources. */
  readonly resources: readonly DeployedResource[]
}

interface StateJson {
  readonly outputs?: Readonly<Record<string, { readonly value: unknown; readonly sensitive?: boolean }>>
  readonly resources?: readonly {
    readonly mode: string
    readonly type: string
    readonly name: string
    readonly instances: readonly { readonly attributes: Block }[]
  }[]
}

/** Terraform's state of a stack; empty before its first deployment. */
export async function readState({ folder, json }: Stack): Promise<State> {
  const { local } = json.terraform.backend
  // Terraform would first download its provider, of hundreds of megabytes.
  if (local && !existsSync(local.path)) return { outputs: {}, resources: [] }
  const terraform = (...args: string[]) =>
    run('terraform', args, { cwd: folder }).catch((error: Error) => {
      throw error instanceof CommandError ? new Error(errorsIn(error.output)) : error
    })
  await terraform('init', '-input=false', '-no-color')
  const text = await terraform('state', 'pull')
  const { outputs = {}, resources = [] } = JSON.parse(text || '{}') as StateJson
  const told = Object.entries(outputs).filter(([, { sensitive }]) => sensitive !== true)
  return {
    outputs: Object.fromEntries(told.map(([name, { value }]) => [name, value])),
    resources: resources
      .filter(({ mode }) => mode === 'managed')
      .flatMap(({ type, name, instances }) => instances.map(({ attributes }) => ({ type, name, attributes }))),
  }
}

/** Variables that Terraform has to be given, by the names of their settings, and what each is for. */
export const variablesOf = (stacks: readonly Pick<Stack, 'json'>[]) =>
  stacks.flatMap(({ json }) =>
    Object.entries(json.variable ?? {}).map(([id, { default: standard, description }]) => ({
      ...{ id, name: id.toUpperCase(), description, isOptional: standard !== undefined },
    })),
  )
