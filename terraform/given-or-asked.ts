import { TerraformVariable } from 'cdktf'
import type { Construct } from 'constructs'

/**
 * A setting's value; where it is left out, the Terraform variable of that name in lower case, which Terraform asks for.
 * A sensitive one is always the variable, so that synthesized files never hold it.
 */
export function givenOrAsked(
  scope: Construct,
  name: string,
  given: string | undefined,
  description: string,
  { sensitive = false } = {},
): string {
  if (given !== undefined && !sensitive) return given
  const variable = new TerraformVariable(scope, name.toLowerCase(), { type: 'string', description, sensitive })
  variable.overrideLogicalId(name.toLowerCase())
  return variable.stringValue
}
