import type { RouteDefinition } from '../../functions/http/api-definition.ts'
import { openApi } from '../../tools/docs/openapi/document.ts'
import { TerraformJson } from '../../tools/local/wiring/terraform.ts'

const api = `\${aws_api_gateway_rest_api.api.id}`

/**
 * Builds the OpenAPI document, as JSON, of an API with these routes.
 * @param method attributes of its one method in Terraform, `ANY /{proxy+}`.
 */
export function describedApi(
  routes: Record<string, Partial<RouteDefinition>>,
  method: object = { authorization: 'NONE' },
) {
  const root = `\${aws_api_gateway_rest_api.api.root_resource_id}`
  const proxy = `\${aws_api_gateway_resource.all.id}`
  const resource = {
    aws_api_gateway_rest_api: { api: { name: 'things' } },
    aws_api_gateway_resource: { all: { rest_api_id: api, parent_id: root, path_part: '{proxy+}' } },
    aws_api_gateway_method: { any: { rest_api_id: api, resource_id: proxy, http_method: 'ANY', ...method } },
    aws_api_gateway_stage: { stage: { rest_api_id: api, stage_name: 'v1' } },
  }
  const entries = Object.entries(routes).map(([key, route], index) => [
    key,
    { operationId: `call${index}`, summary: 'Call it', answers: { 204: null }, ...route },
  ])
  const definition = { title: 'Things', description: 'All sorts.', routes: Object.fromEntries(entries) }
  const stack = { terraform: new TerraformJson({ resource }), region: 'eu-west-1' }
  return JSON.parse(JSON.stringify(openApi(stack, definition)))
}
