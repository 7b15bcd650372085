import { type Resource, type TerraformJson, texts } from './terraform.ts'

export interface MethodWiring {
  /** Path template, e.g. `/items/{id}`. */
  readonly resource: string
  /** `GET` … or `ANY`. */
  readonly httpMethod: string
  /** @default anyone may call it */
  readonly access?: AccessWiring | undefined
  readonly integration: Integration
}

type Integration =
  | { readonly type: 'AWS_PROXY'; readonly functionName: string; readonly timeoutMs: number }
  | { readonly type: 'MOCK'; readonly statusCode: number; readonly headers: Readonly<Record<string, string>> }

/** Authorization of a method. */
export type AccessWiring =
  | { readonly type: 'iam' | 'api-key' }
  | {
      /** A Lambda authorizer of type TOKEN, on the header Authorization. */
      readonly type: 'authorizer'
      readonly functionName: string
      /** Regular expression for the whole header; others are refused without an invocation. */
      readonly pattern: string
      /** Cache lifetime of a response, in seconds; 0 disables caching. */
      readonly lifetime: number
    }

/** Milliseconds; API Gateway's default and its maximum without a raised quota. */
const DEFAULT_TIMEOUT = 29_000
/** Seconds; Terraform's default. */
const DEFAULT_LIFETIME = 300

/** Path template for the resource of a method, integration or response, e.g. `/items/{id}`. */
export function resourcePath(terraform: TerraformJson, owner: Resource): string {
  const parts: string[] = []
  let resource = terraform.follow(owner, 'resource_id')
  // An integration may refer to its resource through the method's attribute.
  while (resource.block.resource_id !== undefined) resource = terraform.follow(resource, 'resource_id')
  while (resource.type === 'aws_api_gateway_resource') {
    parts.unshift(terraform.text(resource, 'path_part'))
    resource = terraform.follow(resource, 'parent_id')
  }
  return `/${parts.join('/')}`
}

/** Reads headers with static values, which Terraform puts in single quotes. */
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

/**
 * Reads the integration of a method; `undefined` if its type cannot be served here.
 * @param responses integration responses of the same route.
 */
export function readIntegration(
  terraform: TerraformJson,
  integration: Resource,
  responses: readonly Resource[],
): Integration | undefined {
  const { address, block } = integration
  if (block.type === 'MOCK') {
    // The request template selects the status: `{"statusCode": 204}`.
    const [, status] = /"?statusCode"?\s*:\s*"?(\d{3})/.exec(texts(block.request_templates).join()) ?? []
    const response = responses.find((each) => terraform.text(each, 'status_code') === status) ?? responses[0]
    if (!response) throw new Error(`${address} (MOCK) has no aws_api_gateway_integration_response, so it has no answer`)
    const statusCode = Number(terraform.text(response, 'status_code'))
    return { type: 'MOCK', statusCode, headers: staticHeaders(response, 'method.response.header.') }
  }
  if (block.type !== 'AWS_PROXY') return undefined
  // API Gateway must invoke by POST, for any client method; otherwise every call is a 500.
  if (block.integration_http_method !== 'POST')
    throw new Error(`${address}: integration_http_method must be POST for a Lambda function`)
  const target = terraform.follow(integration, 'uri')
  const fn = target.type === 'aws_lambda_alias' ? terraform.follow(target, 'function_name') : target
  if (fn.type !== 'aws_lambda_function')
    throw new Error(`${address}: uri must refer to a function, not to ${fn.address}`)
  const timeoutMs = Number(block.timeout_milliseconds ?? DEFAULT_TIMEOUT)
  return { type: 'AWS_PROXY', functionName: terraform.text(fn, 'function_name'), timeoutMs }
}

export function readAccess(terraform: TerraformJson, method: Resource): AccessWiring | undefined {
  const { authorization = 'NONE', api_key_required: apiKey } = method.block
  if (apiKey === true) return { type: 'api-key' }
  if (authorization === 'NONE') return undefined
  if (authorization === 'AWS_IAM') return { type: 'iam' }
  if (authorization === 'COGNITO_USER_POOLS')
    throw new Error(
      'Cognito user pools exist only in AWS: run with API_SECURITY=open, or with API_SECURITY=jwt and the pool as issuer (https://cognito-idp.<region>.amazonaws.com/<pool>)',
    )
  const authorizer = terraform.follow(method, 'authorizer_id')
  const target = terraform.follow(authorizer, 'authorizer_uri')
  if (authorizer.block.type !== 'TOKEN' || target.type !== 'aws_lambda_function')
    throw new Error(`${authorizer.address} cannot be served here; use type TOKEN and a Lambda function`)
  const { identity_validation_expression: pattern, authorizer_result_ttl_in_seconds: lifetime } = authorizer.block
  return {
    type: 'authorizer',
    functionName: terraform.text(target, 'function_name'),
    pattern: String(pattern ?? '.*'),
    lifetime: Number(lifetime ?? DEFAULT_LIFETIME),
  }
}
