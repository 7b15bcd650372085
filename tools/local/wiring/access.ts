import type { Resource, TerraformJson } from './terraform.ts'

/** What a method asks of its callers. */
export type AccessWiring =
  | { readonly type: 'iam' | 'api-key' }
  | {
      /** A Lambda authorizer of type TOKEN, on the header Authorization. */
      readonly type: 'authorizer'
      readonly functionName: string
      /** Regular expression; a header that does not match it as a whole is refused without an invocation. */
      readonly pattern: string
      /** Seconds that an answer is kept for the same token; 0 for not at all. */
      readonly lifetime: number
    }

/** Seconds; Terraform's default. */
const DEFAULT_LIFETIME = 300

/** What a method asks of its callers; `undefined` where anyone may call it. */
export function readAccess(terraform: TerraformJson, method: Resource): AccessWiring | undefined {
  const { authorization = 'NONE', api_key_required: apiKey } = method.block
  if (apiKey === true) return { type: 'api-key' }
  if (authorization === 'NONE') return undefined
  if (authorization === 'AWS_IAM') return { type: 'iam' }
  if (authorization === 'COGNITO_USER_POOLS')
    throw new Error(
      'Cognito user pools are in AWS alone: run with API_SECURITY=open, or with API_SECURITY=jwt and the pool as issuer (https://cognito-idp.<region>.amazonaws.com/<pool>)',
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
