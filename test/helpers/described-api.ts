import type { RouteDefinition } from '../../functions/http/api-definition.ts'
import { openApi } from '../../tools/docs/openapi/document.ts'
import { TerraformJson } from '../../tools/local/wiring/terraform.ts'

const api = `\${aws_api_gateway_rest_api.api.id}`

/** A stack with one API, whose one method, `ANY /{proxy+}`, is this. @param more resources. */
const stack = (method: object, more: object = {}) => ({
  aws_api_gateway_rest_api: { api: { name: 'things' } },
  aws_api_gateway_resource: {
    all: { rest_api_id: api, parent_id: `\${aws_api_gateway_rest_api.api.root_resource_id}`, path_part: '{proxy+}' },
  },
  aws_api_gateway_method: {
    any: { rest_api_id: api, resource_id: `\${aws_api_gateway_resource.all.id}`, http_method: 'ANY', ...method },
  },
  aws_api_gateway_stage: { stage: { rest_api_id: api, stage_name: 'v1' } },
  ...more,
})

/** The OpenAPI document of an API of these routes, as JSON. */
export function describedApi(
  routes: Record<string, Partial<RouteDefinition>>,
  method: object = { authorization: 'NONE' },
  more?: object,
) {
  const entries = Object.entries(routes).map(([key, route], index) => [
    key,
    { operationId: `call${index}`, summary: 'Call it', answers: { 204: null }, ...route },
  ])
  const definition = { title: 'Things', description: 'All sorts.', routes: Object.fromEntries(entries) }
  const terraform = new TerraformJson({ resource: stack(method, more) })
  return JSON.parse(JSON.stringify(openApi({ terraform, region: 'eu-west-1' }, definition)))
}
