import { type Resource, type TerraformJson, texts, WiringError } from './terraform.ts'

/** The path template of a method's, integration's or response's resource, e.g. `/items/{id}`. */
export function resourcePath(terraform: TerraformJson, api: Resource, owner: Resource): string {
  const parts: string[] = []
  let resource = terraform.follow(owner, 'resource_id')
  // An integration may name its resource by way of the method's attribute.
  while (resource.block.resource_id !== undefined) resource = terraform.follow(resource, 'resource_id')
  while (resource !== api) {
    if (resource.type !== 'aws_api_gateway_resource')
      throw new WiringError(
        `${owner.address}: resource_id leads to ${resource.address}, not to a resource of ${api.address}`,
      )
    parts.unshift(terraform.text(resource, 'path_part'))
    resource = terraform.follow(resource, 'parent_id')
  }
  return `/${parts.join('/')}`
}

/** Headers with static values, which Terraform has in single quotes. */
export function staticHeaders(resource: Resource, prefix: string): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [parameter, value] of texts(resource.block.response_parameters)) {
    if (!parameter.startsWith(prefix)) continue
    const text = /^'(.*)'$/s.exec(value)?.[1]
    if (text === undefined)
      throw new WiringError(`${resource.address}: ${parameter} = ${value} is not a static value in single quotes`)
    headers[parameter.slice(prefix.length)] = text
  }
  return headers
}
