import { resourcePath, staticHeaders } from './paths.ts'
import { type Resource, type TerraformJson, texts, WiringError } from './terraform.ts'

export interface MockWiring {
  readonly type: 'MOCK'
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
}

/** What a MOCK integration answers: the integration response of the status that its request template chooses. */
export function mockIntegration(terraform: TerraformJson, api: Resource, integration: Resource): MockWiring {
  const routeOf = (resource: Resource) =>
    `${terraform.text(resource, 'http_method')} ${resourcePath(terraform, api, resource)}`
  const route = routeOf(integration)
  const responses = terraform
    .all('aws_api_gateway_integration_response')
    .filter((response) => terraform.follow(response, 'rest_api_id') === api && routeOf(response) === route)
  const status = requestedStatus(integration)
  const response = responses.find((candidate) => terraform.text(candidate, 'status_code') === status) ?? responses[0]
  if (!response)
    throw new WiringError(
      `${integration.address} (MOCK) has no aws_api_gateway_integration_response, so it has no answer`,
    )
  return {
    type: 'MOCK',
    statusCode: Number(terraform.text(response, 'status_code')),
    headers: staticHeaders(response, 'method.response.header.'),
  }
}

/** From a template like `{"statusCode": 204}`. */
function requestedStatus(integration: Resource): string | undefined {
  const templates = Object.fromEntries(texts(integration.block.request_templates))
  return /"?statusCode"?\s*:\s*"?(\d{3})/.exec(templates['application/json'] ?? '')?.[1]
}
