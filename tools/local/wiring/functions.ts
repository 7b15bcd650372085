import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine } from './machine.ts'
import { nested, type Resource, type TerraformJson, texts } from './terraform.ts'

export interface FunctionWiring {
  readonly name: string
  /** A container image, by its tag, or a zip file. */
  readonly code: { readonly image: string } | { readonly zip: string; readonly hash: string }
  /** `<file>.<export>` in the code, e.g. `index.handler`. */
  readonly handler: string
  /** MB. */
  readonly memorySize: number
  /** Seconds. */
  readonly timeout: number
  /** Inspector port of its only environment, which has no timeouts. */
  readonly inspectorPort?: number
  /** Variables with local values. */
  readonly environment: Readonly<Record<string, string>>
}

export interface FunctionSources {
  /** Folder with `Dockerfile_<image>` and `functions/<image>/`. */
  readonly root: string
  /** Parent folder of the stacks' folders; paths of zip files are relative to those. */
  readonly stacks: string
}

/** Terraform's defaults, in MB and seconds. */
const DEFAULT_MEMORY_SIZE = 128
const DEFAULT_TIMEOUT = 3

/** Reads the functions that run locally. @param unserved receives functions, variables and layers without a local counterpart. */
export function readFunctions(
  terraform: TerraformJson,
  { variables, shared }: Machine,
  sources: FunctionSources,
  unserved: string[],
): FunctionWiring[] {
  return terraform.all('aws_lambda_function').flatMap((resource) => {
    const name = terraform.text(resource, 'function_name')
    const program = readProgram(terraform, resource, sources)
    if (typeof program === 'string') {
      unserved.push(`${resource.address} (${program})`)
      return []
    }
    const { values, open } = readVariables(terraform, resource, variables)
    for (const [variable, text] of Object.entries(open))
      unserved.push(`${variable} of ${name} (${text}: set it by ${variable}=… make dev)`)
    const { memory_size: memorySize = DEFAULT_MEMORY_SIZE, timeout = DEFAULT_TIMEOUT, layers } = resource.block
    if (layers !== undefined) unserved.push(`layers of ${name}`)
    const limits = { memorySize: Number(memorySize), timeout: Number(timeout) }
    return [{ name, ...program, ...limits, environment: { ...values, ...open, ...shared } }]
  })
}

/** Reads code and handler of a function; a string is the reason why it cannot run here. */
function readProgram(
  terraform: TerraformJson,
  resource: Resource,
  { root, stacks }: FunctionSources,
): Pick<FunctionWiring, 'code' | 'handler'> | string {
  const { image_uri: imageUri, filename, runtime } = resource.block
  if (imageUri !== undefined) {
    const [, image = ''] = /:([\w.-]+)$/.exec(terraform.text(resource, 'image_uri')) ?? []
    const dockerfile = join(root, `Dockerfile_${image}`)
    if (!image || !existsSync(dockerfile)) return `its image ${image} has no Dockerfile_${image || '…'} here`
    const [command] = texts(nested(resource, 'image_config').command)
    return { code: { image }, handler: command?.[1] ?? commandOf(dockerfile) }
  }
  if (filename === undefined) return 'its code is not in this checkout'
  if (!String(runtime).startsWith('nodejs')) return `runtime ${runtime}`
  const zip = join(stacks, resource.stack, terraform.text(resource, 'filename'))
  if (!existsSync(zip)) throw new Error(`${resource.address}: filename ${zip} does not exist`)
  const hash = createHash('sha256').update(readFileSync(zip)).digest('hex')
  return { code: { zip, hash }, handler: terraform.text(resource, 'handler') }
}

/** Reads the handler from the last CMD of a Dockerfile. */
function commandOf(dockerfile: string): string {
  const [, handler] = [...readFileSync(dockerfile, 'utf8').matchAll(/^CMD\s*\[\s*"([^"]+)"/gim)].at(-1) ?? []
  if (handler === undefined) throw new Error(`${dockerfile} has no CMD ["<file>.<export>"], so no handler`)
  return handler
}

/**
 * Reads the variables that Terraform sets for a function, with local values instead of references. Without one, the settings or the
 * environment may have a variable of the same name. The rest is returned as `open`.
 */
function readVariables(terraform: TerraformJson, resource: Resource, variables: Machine['variables']) {
  const values: Record<string, string> = {}
  const open: Record<string, string> = {}
  for (const [name, text] of texts(nested(resource, 'environment').variables)) {
    const value = terraform.evaluate(text, resource.stack) ?? (variables[name] || undefined)
    if (value !== undefined) values[name] = value
    // An unset Terraform variable.
    else if (/^\$\{var\.\w+\}$/.test(text)) values[name] = ''
    // Endpoints in the VPC are left out.
    else if (!name.startsWith('AWS_ENDPOINT_URL')) open[name] = terraform.expand(text, resource.stack)
  }
  return { values, open }
}
