import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Block, TerraformJson } from '../../local/wiring/terraform.ts'
import { run } from '../../process/command.ts'
import { errorsAlone } from './output.ts'

interface StackJson {
  readonly terraform: { readonly backend: { readonly local?: { readonly path: string } } }
  readonly variable?: Readonly<Record<string, { readonly default?: unknown; readonly description: string }>>
}

/** A stack as written by `cdktf synth`, and Terraform's working directory for it. */
export type Stack = Awaited<ReturnType<typeof readStacks>>[number]

/** Reads the stacks in an output folder of `cdktf synth`, in order of their dependencies. */
export async function readStacks(outdir: string) {
  const manifest = JSON.parse(await readFile(join(outdir, 'manifest.json'), 'utf8'))
  const entries: Record<string, { name: string; workingDirectory: string; dependencies: string[] }> = manifest.stacks
  const depth = (name: string): number => 1 + Math.max(0, ...(entries[name]?.dependencies ?? []).map(depth))
  const ordered = Object.values(entries).toSorted((a, b) => depth(a.name) - depth(b.name))
  return Promise.all(
    ordered.map(async ({ name, workingDirectory }) => {
      const folder = join(outdir, workingDirectory)
      const json: StackJson = JSON.parse(await readFile(join(folder, 'cdk.tf.json'), 'utf8'))
      return { name, folder, json, terraform: new TerraformJson(json) }
    }),
  )
}

interface StateJson {
  readonly outputs?: Readonly<Record<string, { readonly value: unknown }>>
  readonly resources?: { mode: string; type: string; name: string; instances: { attributes: Block }[] }[]
}

/** Reads the Terraform state of a stack, including sensitive outputs; empty before its first deployment. */
export async function readState({ folder, json }: Stack) {
  const { local } = json.terraform.backend
  // Skips `terraform init`, which downloads hundreds of megabytes of providers.
  const isNew = local && !existsSync(local.path)
  const terraform = (...args: string[]) => run('terraform', args, { cwd: folder }).catch(errorsAlone)
  if (!isNew) await terraform('init', '-input=false', '-no-color')
  const state = isNew ? '' : await terraform('state', 'pull')
  const { outputs = {}, resources = [] }: StateJson = JSON.parse(state || '{}')
  return {
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value])),
    /** Managed resources. */
    resources: resources
      .filter(({ mode }) => mode === 'managed')
      .flatMap(({ type, name, instances }) => instances.map(({ attributes }) => ({ type, name, attributes }))),
  }
}

/**
 * Passes the environment's `A_KEY` to Terraform's variable `a_key`, through TF_VAR_a_key: every user of the machine can read command
 * lines.
 * @returns the missing variables, with the names and descriptions of their settings.
 */
export function passVariables(stacks: readonly Stack[], env = process.env) {
  const variables = stacks.flatMap(({ json }) => Object.entries(json.variable ?? {}))
  return variables.flatMap(([id, { default: standard, description }]) => {
    const name = id.toUpperCase()
    if (env[name]) env[`TF_VAR_${id}`] = env[name]
    return env[name] || standard !== undefined ? [] : [{ name, description }]
  })
}
