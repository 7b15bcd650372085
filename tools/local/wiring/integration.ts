import { staticHeaders } from './paths.ts'
import { type Resource, type TerraformJson, texts } from './terraform.ts'

export type Integration =
  | { readonly type: 'AWS_PROXY'; readonly functionName: string; readonly timeoutMs: number }
  | { readonly type: 'MOCK'; readonly statusCode: number; readonly headers: Readonly<Record<string, string>> }

/** Milliseconds; API Gateway's default and most, without a raised quota. */
const DEFAULT_TIMEOUT = 29_000

/**
 * What answers a method; `undefined` where its type is not served here.
 * @param responses integration responses of the same route.
 */
export function readIntegration(
  terraform: TerraformJson,
  integration: Resource,
  responses: readonly Resource[],
): Integration | undefined {
  const { address, block } = integration
  if (block.type === 'MOCK') {
    // The template chooses the status: `{"statusCode": 204}`.
    const [, status] = /"?statusCode"?\s*:\s*"?(\d{3})/.exec(texts(block.request_templates).join()) ?? []
    const response = responses.find((each) => terraform.text(each, 'status_code') === status) ?? responses[0]
    if (!response) throw new Error(`${address} (MOCK) has no aws_api_gateway_integration_response, so it has no answer`)
    const statusCode = Number(terraform.text(response, 'status_code'))
    return { type: 'MOCK', statusCode, headers: staticHeaders(response, 'method.response.header.') }
  }
  if (block.type !== 'AWS_PROXY') return undefined
  // API Gateway invokes by POST whatever the client's method; another one is a 500 for every call.
  if (block.integration_http_method !== 'POST')
    throw new Error(`${address}: integration_http_method must be POST for a Lambda function`)
  const target = terraform.follow(integration, 'uri')
  const fn = target.type === 'aws_lambda_alias' ? terraform.follow(target, 'function_name') : target
  if (fn.type !== 'aws_lambda_function')
    throw new Error(`${address}: uri refers to ${fn.address}, which is no function`)
  const timeoutMs = Number(block.timeout_milliseconds ?? DEFAULT_TIMEOUT)
  return { type: 'AWS_PROXY', functionName: terraform.text(fn, 'function_name'), timeoutMs }
}
