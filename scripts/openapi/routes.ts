import { resourcePath, staticHeaders } from '../../local/wiring/resources.ts'
import type { Resource, TerraformJson } from '../../local/wiring/terraform-json.ts'

/** How an API knows its callers: one of API_SECURITY's. */
export type Access = 'open' | 'iam' | 'api-key' | 'cognito' | 'jwt'

/** What Terraform says of one resource of a REST API. */
export interface ResourceRoutes {
  /** Address of the REST API. */
  readonly api: string
  /** Path template, e.g. `/rds/{id}`. */
  readonly path: string
  /** In lower case, as OpenAPI has them. */
  readonly methods: readonly string[]
  readonly access: Access
  readonly stage: string
  /** Base path and host of a custom domain. */
  readonly domain?: string
}

/** Every resource of every API. Preflight requests name the methods: the gateway itself passes any of them on. */
export function readRoutes(terraform: TerraformJson): ResourceRoutes[] {
  const methods = terraform.all('aws_api_gateway_method')
  return terraform.all('aws_api_gateway_integration_response').map((preflight) => {
    const api = terraform.follow(preflight, 'rest_api_id')
    const path = resourcePath(terraform, api, preflight)
    const of = (resource: Resource) => terraform.follow(resource, 'rest_api_id') === api
    const method = methods.find(
      (each) => of(each) && each.block.http_method !== 'OPTIONS' && resourcePath(terraform, api, each) === path,
    )
    const stage = terraform.all('aws_api_gateway_stage').find(of)
    const allowed = staticHeaders(preflight, 'method.response.header.')['Access-Control-Allow-Methods'] ?? ''
    if (!method || !stage) throw new Error(`${path} has no method that reaches a function, or no stage`)
    const domain = domainOf(terraform, api)
    return {
      api: api.address,
      path,
      methods: allowed
        .toLowerCase()
        .split(',')
        .filter((name) => name !== 'options'),
      access: accessOf(method),
      stage: terraform.text(stage, 'stage_name'),
      ...(domain && { domain }),
    }
  })
}

function accessOf({ block: { authorization, api_key_required: key } }: Resource): Access {
  if (key === true) return 'api-key'
  const types: Record<string, Access> = { AWS_IAM: 'iam', CUSTOM: 'jwt', COGNITO_USER_POOLS: 'cognito' }
  return types[String(authorization)] ?? 'open'
}

function domainOf(terraform: TerraformJson, api: Resource): string | undefined {
  const mapping = terraform
    .all('aws_api_gateway_base_path_mapping')
    .find((each) => terraform.follow(each, 'api_id') === api)
  return mapping && `${terraform.text(mapping, 'domain_name')}/${terraform.text(mapping, 'base_path')}`
}
