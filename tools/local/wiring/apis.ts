import { type AccessWiring, readAccess } from './access.ts'
import { type Integration, readIntegration } from './integration.ts'
import { resourcePath, staticHeaders } from './paths.ts'
import { type Resource, type TerraformJson, texts } from './terraform.ts'

/** One stage of a REST API. */
export interface ApiWiring {
  readonly name: string
  readonly stage: string
  readonly binaryMediaTypes: readonly string[]
  readonly methods: readonly MethodWiring[]
  /** Headers that `aws_api_gateway_gateway_response` adds to answers of the gateway's own, by response type (`DEFAULT_4XX`, `DEFAULT_5XX`). */
  readonly gatewayResponseHeaders: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export interface MethodWiring {
  /** Path template, e.g. `/items/{id}`. */
  readonly resource: string
  /** `GET` … or `ANY`. */
  readonly httpMethod: string
  /** @default anyone may call it */
  readonly access?: AccessWiring | undefined
  readonly integration: Integration
}

/**
 * Every stage of every REST API.
 * @param functions names of those that run here.
 * @param unserved gets the methods that do not.
 */
export function readApis(terraform: TerraformJson, functions: ReadonlySet<string>, unserved: string[]): ApiWiring[] {
  const apis = terraform.all('aws_api_gateway_rest_api').flatMap((api): ApiWiring[] => {
    const of = (type: string) => terraform.all(type).filter((each) => terraform.follow(each, 'rest_api_id') === api)
    const routeOf = (each: Resource) => `${terraform.text(each, 'http_method')} ${resourcePath(terraform, each)}`
    const integrations = Map.groupBy(of('aws_api_gateway_integration'), routeOf)
    const responses = Map.groupBy(of('aws_api_gateway_integration_response'), routeOf)
    const methods = of('aws_api_gateway_method').flatMap((method): MethodWiring[] => {
      const route = routeOf(method)
      const [declared] = integrations.get(route) ?? []
      if (!declared) throw new Error(`${method.address} (${route}) has no aws_api_gateway_integration`)
      const integration = readIntegration(terraform, declared, responses.get(route) ?? [])
      if (!integration || (integration.type === 'AWS_PROXY' && !functions.has(integration.functionName))) {
        unserved.push(`${method.address} (${route})`)
        return []
      }
      const access = integration.type === 'MOCK' ? undefined : readAccess(terraform, method)
      const [httpMethod = '', resource = ''] = route.split(' ')
      return [{ resource, httpMethod, access, integration }]
    })
    if (api.block.body !== undefined) unserved.push(`${api.address} (the methods in its OpenAPI document)`)
    // Version 5 of the provider and earlier also make a stage by the deployment.
    const stages = [...of('aws_api_gateway_stage'), ...of('aws_api_gateway_deployment')]
      .filter(({ block }) => block.stage_name !== undefined)
      .map((stage) => terraform.text(stage, 'stage_name'))
    if (stages.length === 0) throw new Error(`${api.address} has no aws_api_gateway_stage, so it has no URL`)
    const gatewayResponses = of('aws_api_gateway_gateway_response').map((response) => [
      terraform.text(response, 'response_type'),
      staticHeaders(response, 'gatewayresponse.header.'),
    ])
    return [...new Set(stages)].map((stage) => ({
      name: terraform.text(api, 'name'),
      stage,
      binaryMediaTypes: texts(api.block.binary_media_types).map(([, type]) => type),
      methods,
      gatewayResponseHeaders: Object.fromEntries(gatewayResponses),
    }))
  })
  checkDistinct(apis)
  return apis
}

/** All APIs share one port, so a stage's path must lead to one of them. */
function checkDistinct(apis: readonly ApiWiring[]): void {
  const owners = new Map<string, string>()
  for (const { name, stage, methods } of apis)
    for (const { resource, httpMethod } of methods) {
      const route = `/${stage}${resource}`
      const owner = owners.get(route) ?? name
      if (owner !== name)
        throw new Error(
          `REST APIs ${owner} and ${name} both have ${httpMethod} ${route}; give one another path or stage`,
        )
      owners.set(route, name)
    }
}
