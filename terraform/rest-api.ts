import { ApiGatewayDeployment } from '@cdktf/provider-aws/lib/api-gateway-deployment/index.js'
import { ApiGatewayGatewayResponse } from '@cdktf/provider-aws/lib/api-gateway-gateway-response/index.js'
import { ApiGatewayIntegration } from '@cdktf/provider-aws/lib/api-gateway-integration/index.js'
import { ApiGatewayMethod } from '@cdktf/provider-aws/lib/api-gateway-method/index.js'
import { ApiGatewayMethodSettings } from '@cdktf/provider-aws/lib/api-gateway-method-settings/index.js'
import { ApiGatewayResource } from '@cdktf/provider-aws/lib/api-gateway-resource/index.js'
import { ApiGatewayRestApi } from '@cdktf/provider-aws/lib/api-gateway-rest-api/index.js'
import { ApiGatewayStage } from '@cdktf/provider-aws/lib/api-gateway-stage/index.js'
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission/index.js'
import { Lazy, TerraformResource } from 'cdktf'
import { Construct, type IConstruct } from 'constructs'
import {
  type ApiDefinition,
  binaryMediaTypes,
  type ResourceDefinition,
  resourcesOf,
} from '../functions/http/api-definition.ts'
import type { AccessLog } from './access-log.ts'
import { type ApiAccess, type MethodAccess, methodAccess } from './api-access.ts'
import { definitionHash } from './definition-hash.ts'
import type { ImageFunction } from './image-function.ts'
import { Preflight } from './preflight.ts'

export const stageName = 'default'

/** Seconds: the longest that a REST API waits, without a raised quota. */
const INTEGRATION_TIMEOUT = 29

/** Beyond it API Gateway answers 429 by itself. */
export interface Throttle {
  /** Requests a second, in the long run. */
  readonly rate: number
  /** Requests at once. */
  readonly burst: number
}

export interface RestApiProps {
  readonly name: string
  /** First part of its paths under a custom domain. */
  readonly basePath: string
  readonly function: ImageFunction
  /** Its routes. The function answers another method with 405 and `Allow`, where the gateway would say 403. */
  readonly definition: ApiDefinition
  /** Who may call it; preflight requests need nothing, for browsers send them without credentials. */
  readonly access: ApiAccess
  readonly throttle: Throttle
  /** @default none */
  readonly accessLog?: AccessLog | undefined
  /** Whether X-Ray traces its requests. @default it does not */
  readonly tracing?: boolean
  /** `*` or one origin. */
  readonly corsOrigin: string
  /** Whether it is reached by a custom domain alone, with that one's TLS policy. */
  readonly hasDomain: boolean
}

/** A REST API that passes its routes to one function, and answers preflight requests by itself. */
export class RestApi extends Construct {
  /** Without a slash at its end, e.g. `https://….amazonaws.com/default`. */
  readonly invokeUrl: string
  readonly restApiId: string
  readonly basePath: string
  readonly accessLog: AccessLog | undefined
  /** Known once the stage exists. */
  readonly stageName: string
  readonly stageArn: string
  private readonly api: ApiGatewayRestApi
  private readonly resources = new Map<string, ApiGatewayResource>()

  constructor(scope: Construct, id: string, props: RestApiProps) {
    super(scope, id)
    const binary = binaryMediaTypes(props.definition)
    this.api = new ApiGatewayRestApi(this, 'api', {
      name: props.name,
      endpointConfiguration: { types: ['REGIONAL'] },
      disableExecuteApiEndpoint: props.hasDomain,
      ...(binary.length > 0 && { binaryMediaTypes: binary }),
    })
    const access = methodAccess(this, this.api, props.access)
    for (const resource of resourcesOf(props.definition)) this.addResource(resource, access, props)
    this.addGatewayResponses(props.corsOrigin)
    const stage = this.deploy(props)
    this.limit(stage, props.throttle)
    this.invokeUrl = stage.invokeUrl
    this.restApiId = this.api.id
    this.basePath = props.basePath
    this.accessLog = props.accessLog
    this.stageName = stage.stageName
    this.stageArn = stage.arn
    this.node.addValidation({ validate: () => timeoutProblems(props) })
  }

  private addResource(
    { path, methods }: ResourceDefinition,
    access: MethodAccess,
    { function: target, corsOrigin }: RestApiProps,
  ): void {
    const on = { restApiId: this.api.id, resourceId: this.resource(path).id }
    const any = new ApiGatewayMethod(this, `ANY ${path}`, { ...on, httpMethod: 'ANY', ...access })
    new ApiGatewayIntegration(this, `integration ${path}`, {
      ...on,
      httpMethod: any.httpMethod,
      type: 'AWS_PROXY',
      uri: target.invokeArn,
      // How the gateway calls Lambda, whatever the client's method was.
      integrationHttpMethod: 'POST',
      timeoutMilliseconds: INTEGRATION_TIMEOUT * 1000,
    })
    new Preflight(this, `OPTIONS ${path}`, { ...on, corsOrigin, methods })
    new LambdaPermission(this, `permission ${path}`, {
      functionName: target.name,
      ...(target.qualifier !== undefined && { qualifier: target.qualifier }),
      action: 'lambda:InvokeFunction',
      principal: 'apigateway.amazonaws.com',
      // A path parameter is a * in such an ARN.
      sourceArn: `${this.api.executionArn}/${stageName}/*${path.replaceAll(/\{[^}]+\}/g, '*')}`,
      lifecycle: { replaceTriggeredBy: target.replaceTriggeredBy },
    })
  }

  /** The resource of a path, made with those above it unless another route has made them. */
  private resource(path: string): ApiGatewayResource {
    const known = this.resources.get(path)
    if (known) return known
    const slash = path.lastIndexOf('/')
    const resource = new ApiGatewayResource(this, `resource ${path}`, {
      restApiId: this.api.id,
      parentId: slash === 0 ? this.api.rootResourceId : this.resource(path.slice(0, slash)).id,
      pathPart: path.slice(slash + 1),
    })
    this.resources.set(path, resource)
    return resource
  }

  /** Answers of the gateway's own: without the header a browser shows a CORS error in place of what went wrong. */
  private addGatewayResponses(corsOrigin: string): void {
    for (const responseType of ['DEFAULT_4XX', 'DEFAULT_5XX']) {
      new ApiGatewayGatewayResponse(this, responseType, {
        restApiId: this.api.id,
        responseType,
        responseParameters: {
          'gatewayresponse.header.Access-Control-Allow-Origin': `'${corsOrigin}'`,
          'gatewayresponse.header.Access-Control-Expose-Headers': "'x-amzn-ErrorType,x-amzn-RequestId'",
        },
      })
    }
  }

  /** A deployment is a copy of the API at one time, so a change of any part has to make another one. */
  private deploy({ accessLog, tracing }: RestApiProps): ApiGatewayStage {
    const parts = this.node.findAll().filter(isPartOfDefinition)
    const deployment = new ApiGatewayDeployment(this, 'deployment', {
      restApiId: this.api.id,
      triggers: { definition: Lazy.stringValue({ produce: (context) => definitionHash(parts, context) }) },
      // The stage keeps the old copy until the new one exists.
      lifecycle: { createBeforeDestroy: true },
      dependsOn: parts,
    })
    return new ApiGatewayStage(this, 'stage', {
      restApiId: this.api.id,
      deploymentId: deployment.id,
      stageName,
      ...accessLog?.stage,
      ...(tracing && { xrayTracingEnabled: true }),
    })
  }

  private limit({ stageName }: ApiGatewayStage, { rate, burst }: Throttle): void {
    new ApiGatewayMethodSettings(this, 'throttle', {
      restApiId: this.api.id,
      stageName,
      methodPath: '*/*',
      settings: { throttlingRateLimit: rate, throttlingBurstLimit: burst },
    })
  }
}

const isPartOfDefinition = (construct: IConstruct): construct is TerraformResource =>
  TerraformResource.isTerraformResource(construct) && construct.terraformResourceType.startsWith('aws_api_gateway_')

const timeoutProblems = ({ name, function: target }: RestApiProps): string[] =>
  target.timeout > INTEGRATION_TIMEOUT
    ? [
        `API ${name} waits ${INTEGRATION_TIMEOUT} s, and its function may take ${target.timeout} s: lower the function's timeout`,
      ]
    : []
