import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine } from './machine.ts'
import { type Attributes, isOpen, nested, type Resource, type TerraformJson, texts } from './terraform.ts'

export interface FunctionWiring {
  /** Name of the Lambda function. */
  readonly name: string
  /** Where its code is: a container image, by its tag, or a zip file. */
  readonly code: { readonly image: string } | { readonly zip: string; readonly hash: string }
  /** `<file>.<export>` in the code, e.g. `index.handler`. */
  readonly handler: string
  /** MB. */
  readonly memorySize: number
  /** Seconds. */
  readonly timeout: number
  /** A debugger attaches on this port to its one environment, which has no limits of time. */
  readonly inspectorPort?: number
  /** Values as they are on this machine. */
  readonly environment: Readonly<Record<string, string>>
}

/** Terraform's defaults: MB, seconds. */
const DEFAULT_MEMORY_SIZE = 128
const DEFAULT_TIMEOUT = 3

export interface FunctionSources {
  /** Folder with `Dockerfile_<image>` and `functions/<image>/`. */
  readonly root: string
  /** Folder of the stacks' folders, which paths of zip files are relative to. */
  readonly stacks: string
}

/** How to run a function; a text says why it cannot run here. */
export function readFunction(
  terraform: TerraformJson,
  resource: Resource,
  attributes: Attributes,
  { root, stacks }: FunctionSources,
): Omit<FunctionWiring, 'environment'> | string {
  const { memory_size: memorySize, timeout, image_uri: imageUri, filename, runtime } = resource.block
  const common = {
    name: terraform.text(resource, 'function_name'),
    memorySize: Number(memorySize ?? DEFAULT_MEMORY_SIZE),
    timeout: Number(timeout ?? DEFAULT_TIMEOUT),
  }
  if (imageUri !== undefined) {
    const [, image = ''] = /:([\w.-]+)$/.exec(terraform.text(resource, 'image_uri', attributes)) ?? []
    const dockerfile = join(root, `Dockerfile_${image}`)
    if (!image || !existsSync(dockerfile)) return `its image ${image} has no Dockerfile_${image || '…'} here`
    const [command] = texts(nested(resource, 'image_config').command)
    return { ...common, code: { image }, handler: command?.[1] ?? commandOf(dockerfile) }
  }
  if (filename === undefined) return 'its code is not in this checkout'
  if (!String(runtime).startsWith('nodejs')) return `runtime ${runtime}`
  const zip = join(stacks, resource.stack, terraform.text(resource, 'filename'))
  if (!existsSync(zip)) throw new Error(`${resource.address}: filename ${zip} does not exist`)
  const hash = createHash('sha256').update(readFileSync(zip)).digest('hex')
  return { ...common, code: { zip, hash }, handler: terraform.text(resource, 'handler') }
}

/** The handler in an image's own CMD, the last of its Dockerfile. */
function commandOf(dockerfile: string): string {
  const [, handler] = [...readFileSync(dockerfile, 'utf8').matchAll(/^CMD\s*\[\s*"([^"]+)"/gim)].at(-1) ?? []
  if (handler === undefined) throw new Error(`${dockerfile} has no CMD ["<file>.<export>"], so no handler`)
  return handler
}

/**
 * The variables that Terraform sets for a function, as they are on this machine: references to its resources have values of this
 * machine's, and where there is none, settings and environment may have a variable of the same name.
 * Others stay open.
 */
export function readVariables(
  terraform: TerraformJson,
  resource: Resource,
  attributes: Attributes,
  variables: Machine['variables'],
): Record<string, string> {
  const environment: Record<string, string> = {}
  for (const [name, text] of texts(nested(resource, 'environment').variables)) {
    const value = terraform.evaluate(text, resource.stack, attributes)
    if (!isOpen(value)) environment[name] = value
    else if (variables[name]) environment[name] = variables[name]
    // A variable of Terraform's that nobody has set.
    else if (/^\$\{var\.\w+\}$/.test(value)) environment[name] = ''
    // An endpoint inside of the cloud's network.
    else if (!name.startsWith('AWS_ENDPOINT_URL')) environment[name] = value
  }
  return environment
}
