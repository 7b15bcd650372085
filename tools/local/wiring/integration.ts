import { resourcePath, staticHeaders } from './paths.ts'
import { type Resource, type TerraformJson, texts, WiringError } from './terraform.ts'

export type Integration =
  | { readonly type: 'AWS_PROXY'; readonly functionName: string; readonly timeoutMs: number }
  | { readonly type: 'MOCK'; readonly statusCode: number; readonly headers: Readonly<Record<string, string>> }

/** Milliseconds; API Gateway's default and most, without a raised quota. */
const DEFAULT_TIMEOUT = 29_000

/** What answers a method; `undefined` where its type is not served here. */
export function readIntegration(terraform: TerraformJson, api: Resource, method: Resource): Integration | undefined {
  const routeOf = (resource: Resource) =>
    `${terraform.text(resource, 'http_method')} ${resourcePath(terraform, api, resource)}`
  const route = routeOf(method)
  const ofRoute = (type: string) =>
    terraform.all(type).filter((each) => terraform.follow(each, 'rest_api_id') === api && routeOf(each) === route)
  const [integration] = ofRoute('aws_api_gateway_integration')
  if (!integration) throw new WiringError(`${method.address} (${route}) has no aws_api_gateway_integration`)
  const type = terraform.text(integration, 'type')
  if (type === 'MOCK') return mock(terraform, integration, ofRoute('aws_api_gateway_integration_response'))
  if (type !== 'AWS_PROXY') return undefined
  const { timeout_milliseconds: timeout } = integration.block
  const timeoutMs = typeof timeout === 'number' ? timeout : DEFAULT_TIMEOUT
  return { type, functionName: functionName(terraform, integration), timeoutMs }
}

/** The integration response of the status that the request template chooses, such as `{"statusCode": 204}`. */
function mock(terraform: TerraformJson, integration: Resource, responses: readonly Resource[]): Integration {
  const templates = Object.fromEntries(texts(integration.block.request_templates))
  const [, status] = /"?statusCode"?\s*:\s*"?(\d{3})/.exec(templates['application/json'] ?? '') ?? []
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

function functionName(terraform: TerraformJson, integration: Resource): string {
  // API Gateway invokes by POST whatever the client's method; another one is a 500 for every call.
  if (integration.block.integration_http_method !== 'POST')
    throw new WiringError(`${integration.address}: integration_http_method must be POST for a Lambda function`)
  let target = terraform.follow(integration, 'uri', ['aws_lambda_function', 'aws_lambda_alias'])
  if (target.type === 'aws_lambda_alias') target = terraform.follow(target, 'function_name')
  if (target.type !== 'aws_lambda_function')
    throw new WiringError(`${integration.address}: uri refers to ${target.address}, which is no function`)
  return terraform.text(target, 'function_name')
}
