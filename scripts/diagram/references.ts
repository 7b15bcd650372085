import { nested, type Resource, type TerraformJson, texts } from '../../local/wiring/terraform-json.ts'

/** The resource that a value refers to, however deep in a block it stood; `undefined` where it is a plain value. */
export function referred(terraform: TerraformJson, value: unknown): Resource | undefined {
  if (typeof value !== 'string' || !value.includes('${')) return undefined
  return terraform.follow({ type: '', id: '', address: 'diagram', block: { value } }, 'value')
}

/** A function's variables, as Terraform has them. */
export const variablesOf = (fn: Resource): Readonly<Record<string, string>> =>
  Object.fromEntries(texts(nested(fn, 'environment').variables))

/** Values of a list, or of one text where Terraform computes it. */
export const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [String(value ?? '')])
