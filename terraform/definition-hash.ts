import { createHash } from 'node:crypto'
import type { IResolveContext, TerraformResource } from 'cdktf'

/** A hash over every attribute of the resources, as Terraform gets to see them. */
export function definitionHash(resources: readonly TerraformResource[], context: IResolveContext): string {
  const definition = context.resolve(resources.map((resource) => resource.toTerraform()))
  // cdktf's own remarks are under "//".
  const json = JSON.stringify(definition, (key, value: unknown) => (key === '//' ? undefined : value))
  return createHash('sha256').update(json).digest('hex')
}
