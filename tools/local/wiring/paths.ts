import { type Resource, type TerraformJson, texts } from './terraform.ts'

/** The path template of a method's, integration's or response's resource, e.g. `/items/{id}`. */
export function resourcePath(terraform: TerraformJson, owner: Resource): string {
  const parts: string[] = []
  let resource = terraform.follow(owner, 'resource_id')
  // An integration may name its resource by way of the method's attribute.
  while (resource.block.resource_id !== undefined) resource = terraform.follow(resource, 'resource_id')
  while (resource.type === 'aws_api_gateway_resource') {
    parts.unshift(terraform.text(resource, 'path_part'))
    resource = terraform.follow(resource, 'parent_id')
  }
  return `/${parts.join('/')}`
}

/** Headers with static values, which Terraform has in single quotes. */
export function staticHeaders({ address, block }: Resource, prefix: string): Record<string, string> {
  const parameters = texts(block.response_parameters).filter(([parameter]) => parameter.startsWith(prefix))
  const headers = parameters.map(([parameter, value]) => {
    const text = /^'(.*)'$/s.exec(value)?.[1]
    if (text === undefined)
      throw new Error(`${address}: ${parameter} = ${value} is not a static value in single quotes`)
    return [parameter.slice(prefix.length), text]
  })
  return Object.fromEntries(headers)
}
