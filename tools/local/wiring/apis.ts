import { type MethodWiring, readAccess, readIntegration, resourcePath, staticHeaders } from './methods.ts'
import { type Resource, type TerraformJson, texts } from './terraform.ts'

/** One stage of a REST API. */
export interface ApiWiring {
  readonly name: string
  readonly stage: string
  readonly binaryMediaTypes: readonly string[]
  readonly methods: readonly MethodWiring[]
  /** Headers of `aws_api_gateway_gateway_response`, added to the gateway's own responses, by type (`DEFAULT_4XX`, `DEFAULT_5XX`). */
  readonly gatewayResponseHeaders: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/**
 * Reads every stage of every REST API.
 * @param functions names of the functions that run locally.
 * @param unserved receives methods that cannot be served.
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
    // Up to version 5 of the provider, a deployment can create a stage too.
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
  // All APIs share one port here, so paths must be unique.
  const routes = apis.flatMap(({ name, stage, methods }) =>
    methods.map(({ resource, httpMethod }) => ({ name, httpMethod, path: `/${stage}${resource}` })),
  )
  for (const [path, [first, ...others]] of Map.groupBy(routes, (route) => route.path)) {
    const other = others.find(({ name }) => name !== first?.name)
    if (!other) continue
    const both = `REST APIs ${first?.name} and ${other.name} both have ${other.httpMethod} ${path}`
    throw new Error(`${both}: change the path or stage of one`)
  }
  return apis
}
