import type { Machine } from './machine.ts'
import { type Attributes, isOpen, nested, type Resource, type TerraformJson, texts } from './terraform.ts'

/** A URL of an API's stage, put together from its id. */
const INVOKE_URL = /https:\/\/\w+\.execute-api\.[\w-]+\.amazonaws\.com/g

/**
 * The variables that Terraform sets for a function, as they are on this machine: references to its resources have values of this
 * machine's, and where there is none, settings and environment may have a variable of the same name.
 * @returns also the names of those that stay open, and of those that are settings of the user's in plain text.
 */
export function readVariables(
  terraform: TerraformJson,
  resource: Resource,
  attributes: Attributes,
  { variables, shared, port }: Pick<Machine, 'variables' | 'shared' | 'port'>,
): { readonly environment: Record<string, string>; readonly open: string[]; readonly given: string[] } {
  const environment: Record<string, string> = {}
  const open: string[] = []
  const given: string[] = []
  for (const [name, text] of texts(nested(resource, 'environment').variables)) {
    const value = terraform
      .evaluate(text, resource.stack, attributes)
      .replaceAll(INVOKE_URL, `http://localhost:${port}`)
    if (variables[name] && variables[name] === text) given.push(name)
    if (!isOpen(value)) environment[name] = value
    else if (variables[name]) environment[name] = variables[name]
    // A variable of Terraform's that nobody has set.
    else if (/^\$\{var\.\w+\}$/.test(value)) environment[name] = ''
    // An endpoint inside of the cloud's network.
    else if (!name.startsWith('AWS_ENDPOINT_URL')) {
      environment[name] = value
      open.push(name)
    }
  }
  return { environment: { ...environment, ...shared }, open, given }
}
