import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../process/command.ts'

/** Attributes of a resource, as Terraform's state or the synthesized JSON has them. */
export type Attributes = Readonly<Record<string, unknown>>

/** Outputs of a stack, those that are secret left out. */
export type Outputs = Readonly<Record<string, unknown>>

export interface DeployedResource {
  readonly type: string
  readonly name: string
  readonly attributes: Attributes
}

/** What Terraform knows of a stack. */
export interface State {
  readonly outputs: Outputs
  /** Those that it has made. */
  readonly resources: readonly DeployedResource[]
}

interface StateJson {
  readonly outputs?: Readonly<Record<string, { readonly value: unknown; readonly sensitive?: boolean }>>
  readonly resources?: readonly {
    readonly mode: string
    readonly type: string
    readonly name: string
    readonly instances: readonly { readonly attributes: Attributes }[]
  }[]
}

/** State of the stack in `folder`; empty where it is not deployed. */
export async function readState(folder: string): Promise<State> {
  const { backend } = JSON.parse(await readFile(join(folder, 'cdk.tf.json'), 'utf8')).terraform
  // Terraform would first download its provider, of hundreds of megabytes.
  if (backend.local && !existsSync(backend.local.path)) return { outputs: {}, resources: [] }
  await run('terraform', ['init', '-input=false'], { cwd: folder })
  return pullState(folder)
}

/** As `readState`, right after Terraform has worked there. */
export async function pullState(folder: string): Promise<State> {
  const text = await run('terraform', ['state', 'pull'], { cwd: folder })
  const { outputs = {}, resources = [] } = JSON.parse(text || '{}') as StateJson
  const told = Object.entries(outputs).filter(([, { sensitive }]) => sensitive !== true)
  return {
    outputs: Object.fromEntries(told.map(([name, { value }]) => [name, value])),
    resources: resources
      .filter(({ mode }) => mode === 'managed')
      .flatMap(({ type, name, instances }) => instances.map(({ attributes }) => ({ type, name, attributes }))),
  }
}
