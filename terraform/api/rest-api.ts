import { createHash } from 'node:crypto'
import { ApiGatewayDeployment } from '@cdktf/provider-aws/lib/api-gateway-deployment/index.js'
import { ApiGatewayGatewayResponse } from '@cdktf/provider-aws/lib/api-gateway-gateway-response/index.js'
import { ApiGatewayIntegration } from '@cdktf/provider-aws/lib/api-gateway-integration/index.js'
import { ApiGatewayMethod } from '@cdktf/provider-aws/lib/api-gateway-method/index.js'
import { ApiGatewayMethodSettings } from '@cdktf/provider-aws/lib/api-gateway-method-settings/index.js'
import { ApiGatewayResource } from '@cdktf/provider-aws/lib/api-gateway-resource/index.js'
import { ApiGatewayRestApi } from '@cdktf/provider-aws/lib/api-gateway-rest-api/index.js'
import { ApiGatewayStage } from '@cdktf/provider-aws/lib/api-gateway-stage/index.js'
import type { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import { type IResolveContext, Lazy, TerraformResource } from 'cdktf'
import { Construct, type IConstruct } from 'constructs'
import { type ApiDefinition, binaryMediaTypes, resourcesOf } from '../../functions/http/api-definition.ts'
import type { ImageFunction } from '../lambda/image-function.ts'
import { STAGE } from '../names.ts'
import type { ServiceStack } from '../service-stack.ts'
import { accessLogOf } from './access-log.ts'
import { type Authorization, authorizationOf } from './authorization.ts'
import { addPreflight } from './preflight.ts'

/** Maximum seconds that a REST API waits, without a raised quota. */
const INTEGRATION_TIMEOUT = 29

export interface RestApiProps {
  /** Routes of the API. The function answers other methods with 405 and `Allow`; the gateway would answer 403. */
  readonly definition: ApiDefinition
  readonly function: ImageFunction
  /** Base path under a custom domain. @default the API's id */
  readonly basePath?: string
}

/** A REST API that integrates its routes with one function, and answers preflight requests without it. */
export class RestApi extends Construct {
  /** Name without the prefix ENVIRONMENT. */
  readonly id: string
  readonly name: string
  readonly title: string
  readonly basePath: string
  /** Timeout of its function, in seconds. */
  readonly timeout: number
  readonly api: ApiGatewayRestApi
  readonly stage: ApiGatewayStage
  readonly accessLog: CloudwatchLogGroup | undefined

  /** @param id name of the API, and of the folder of `functions/` that defines it. */
  constructor(service: ServiceStack, id: string, { definition, function: target, basePath = id }: RestApiProps) {
    super(service, `${basePath}-api`)
    const { settings } = service
    const binary = binaryMediaTypes(definition)
    this.id = id
    this.name = service.names.of(id)
    this.title = definition.title
    this.basePath = basePath
    this.timeout = target.timeout
    this.api = new ApiGatewayRestApi(this, 'api', {
      name: this.name,
      endpointConfiguration: { types: ['REGIONAL'] },
      // With a custom domain, callers must use the domain, and so its TLS policy.
      disableExecuteApiEndpoint: settings.DOMAIN_NAME !== undefined,
      ...(binary.length > 0 && { binaryMediaTypes: binary }),
    })
    const authorization = authorizationOf(this, this.api, service)
    for (const resource of resourcesOf(definition))
      this.addResource(resource, authorization, target, settings.CORS_ORIGIN)
    // Gateway responses need the CORS header too, or browsers report a CORS error and hide the real one.
    const responseParameters = {
      'gatewayresponse.header.Access-Control-Allow-Origin': `'${settings.CORS_ORIGIN}'`,
      'gatewayresponse.header.Access-Control-Expose-Headers': "'x-amzn-ErrorType,x-amzn-RequestId'",
    }
    for (const responseType of ['DEFAULT_4XX', 'DEFAULT_5XX'])
      new ApiGatewayGatewayResponse(this, responseType, { restApiId: this.api.id, responseType, responseParameters })
    const accessLog = accessLogOf(service, `${basePath}-log`, this.name)
    this.accessLog = accessLog?.group
    this.stage = new ApiGatewayStage(this, 'stage', {
      restApiId: this.api.id,
      deploymentId: this.deploy().id,
      stageName: STAGE,
      ...accessLog?.stage,
      ...(settings.TRACING && { xrayTracingEnabled: true }),
    })
    new ApiGatewayMethodSettings(this, 'throttle', {
      restApiId: this.api.id,
      stageName: this.stage.stageName,
      methodPath: '*/*',
      settings: { throttlingRateLimit: settings.THROTTLE_RATE, throttlingBurstLimit: settings.THROTTLE_BURST },
    })
    if (this.timeout > INTEGRATION_TIMEOUT) {
      const advice = `waits ${INTEGRATION_TIMEOUT} s, but its function may take ${this.timeout} s: lower the function's timeout`
      service.problems.add(`API ${this.name}`, advice)
    }
  }

  private addResource(
    { path, methods }: ReturnType<typeof resourcesOf>[number],
    authorization: Authorization,
    target: ImageFunction,
    corsOrigin: string,
  ): void {
    const on = { restApiId: this.api.id, resourceId: this.resource(path).id }
    const any = new ApiGatewayMethod(this, `ANY ${path}`, { ...on, httpMethod: 'ANY', ...authorization })
    new ApiGatewayIntegration(this, `integration ${path}`, {
      ...on,
      httpMethod: any.httpMethod,
      type: 'AWS_PROXY',
      uri: target.invokeArn,
      // API Gateway always invokes Lambda with POST, whatever the client's method.
      integrationHttpMethod: 'POST',
      timeoutMilliseconds: INTEGRATION_TIMEOUT * 1000,
    })
    addPreflight(this, path, on, methods, corsOrigin)
    // The ARN has * for a path parameter.
    const sourceArn = `${this.api.executionArn}/${STAGE}/*${path.replaceAll(/\{[^}]+\}/g, '*')}`
    target.allowGateway(this, `permission ${path}`, sourceArn)
  }

  /** Returns the resource of a path; creates it and its missing ancestors. */
  private resource(path: string): ApiGatewayResource {
    const id = `resource ${path}`
    const known = this.node.tryFindChild(id) as ApiGatewayResource | undefined
    if (known) return known
    const slash = path.lastIndexOf('/')
    return new ApiGatewayResource(this, id, {
      restApiId: this.api.id,
      parentId: slash === 0 ? this.api.rootResourceId : this.resource(path.slice(0, slash)).id,
      pathPart: path.slice(slash + 1),
    })
  }

  /** A deployment is a snapshot of the API, so a change of any part must create another one. */
  private deploy(): ApiGatewayDeployment {
    const parts = this.node.findAll().filter(isPartOfDefinition)
    return new ApiGatewayDeployment(this, 'deployment', {
      restApiId: this.api.id,
      triggers: { definition: Lazy.stringValue({ produce: (context) => hashOf(parts, context) }) },
      // The stage uses the old deployment until the new one exists.
      lifecycle: { createBeforeDestroy: true },
      dependsOn: parts,
    })
  }
}

/** Hashes every attribute of the resources, as synthesized. */
function hashOf(resources: readonly TerraformResource[], context: IResolveContext): string {
  const definition = context.resolve(resources.map((resource) => resource.toTerraform()))
  // cdktf's metadata is under "//".
  const json = JSON.stringify(definition, (key, value: unknown) => (key === '//' ? undefined : value))
  return createHash('sha256').update(json).digest('hex')
}

const isPartOfDefinition = (construct: IConstruct): construct is TerraformResource =>
  TerraformResource.isTerraformResource(construct) && construct.terraformResourceType.startsWith('aws_api_gateway_')
