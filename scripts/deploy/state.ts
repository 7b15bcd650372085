import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './command.ts'

/** Attributes of a resource, as Terraform's state or the synthesized JSON has them. */
export type Attributes = Readonly<Record<string, unknown>>

export interface DeployedResource {
  readonly type: string
  readonly name: string
  readonly attributes: Attributes
}

interface State {
  readonly resources?: readonly {
    readonly mode: string
    readonly type: string
    readonly name: string
    readonly instances: readonly { readonly attributes: Attributes }[]
  }[]
}

/** The resources that Terraform has made, by the state of the stack in `folder`; none where it is not deployed. */
export async function deployedResources(folder: string): Promise<DeployedResource[]> {
  const { backend } = JSON.parse(await readFile(join(folder, 'cdk.tf.json'), 'utf8')).terraform
  // Terraform would first download its provider, of hundreds of megabytes.
  if (backend.local && !existsSync(backend.local.path)) return []
  await run('terraform', ['init', '-input=false'], { cwd: folder })
  const text = await run('terraform', ['state', 'pull'], { cwd: folder })
  const { resources = [] } = JSON.parse(text || '{}') as State
  return resources
    .filter(({ mode }) => mode === 'managed')
    .flatMap(({ type, name, instances }) => instances.map(({ attributes }) => ({ type, name, attributes })))
}
