import { ApiGatewayAccount } from '@cdktf/provider-aws/lib/api-gateway-account/index.js'
import type { ApiGatewayStageConfig } from '@cdktf/provider-aws/lib/api-gateway-stage/index.js'
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js'
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js'
import { Construct } from 'constructs'
import { partitionOf, policyDocument } from './arn.ts'
import { accessLogGroupOf, type Names } from './names.ts'
import type { Settings } from './settings.ts'

/** Who called, by API_SECURITY; of an open API nobody knows more than the address. */
const callers: Readonly<Record<Settings['API_SECURITY'], string | undefined>> = {
  open: undefined,
  iam: '$context.identity.userArn',
  'api-key': '$context.identity.apiKeyId',
  cognito: '$context.authorizer.claims.sub',
  jwt: '$context.authorizer.principalId',
}

/**
 * Fields of a line, which API Gateway writes for each request, those too that reach no function (429, 403, 413). What the
 * function's own line has as well is called the same. No free text of a caller's (user agent, query, path): the gateway puts
 * values in as they are, so a quotation mark would break the line, and a query names files.
 */
export function accessLogFields({
  API_SECURITY,
  TRACING,
}: Pick<Settings, 'API_SECURITY' | 'TRACING'>): Readonly<Record<string, string>> {
  const caller = callers[API_SECURITY]
  return {
    time: '$context.requestTimeEpoch',
    /** The function's, which stands in its answers; `-` where none was called. */
    requestId: '$context.integration.requestId',
    /** The header x-amzn-RequestId. */
    apiRequestId: '$context.requestId',
    /** The header x-amz-apigw-id: what AWS's support asks for, and no caller can choose. */
    extendedRequestId: '$context.extendedRequestId',
    ...(TRACING && { traceId: '$context.xrayTraceId' }),
    ip: '$context.identity.sourceIp',
    ...(caller !== undefined && { caller }),
    method: '$context.httpMethod',
    resource: '$context.resourcePath',
    status: '$context.status',
    /** Milliseconds: of the whole, and of the function with its start. */
    latency: '$context.responseLatency',
    integrationLatency: '$context.integration.latency',
    /** What Lambda answered to the gateway: 200 also where the function's own answer is an error. */
    integrationStatus: '$context.integration.status',
    bytes: '$context.responseLength',
    /** Why the gateway answered by itself, e.g. THROTTLED. */
    refusal: '$context.error.responseType',
  }
}

export interface AccessLogProps {
  readonly settings: Settings
  readonly apiName: string
  /** What has to be there before API Gateway writes. */
  readonly permission: ApiGatewayAccount | undefined
}

/** A line of JSON for each request to an API. */
export class AccessLog extends Construct {
  readonly group: CloudwatchLogGroup
  /** For the API's stage. */
  readonly stage: Pick<ApiGatewayStageConfig, 'accessLogSettings' | 'dependsOn'>

  constructor(scope: Construct, id: string, { settings, apiName, permission }: AccessLogProps) {
    super(scope, id)
    this.group = new CloudwatchLogGroup(this, 'group', {
      name: accessLogGroupOf(apiName),
      retentionInDays: settings.LOG_RETENTION,
    })
    this.stage = {
      accessLogSettings: { destinationArn: this.group.arn, format: JSON.stringify(accessLogFields(settings)) },
      ...(permission && { dependsOn: [permission] }),
    }
  }
}

/** The account's permission for API Gateway to write logs. There is one for all APIs of a region, so another's is replaced. */
export function gatewayLogPermission(scope: Construct, { AWS_REGION }: Settings, names: Names): ApiGatewayAccount {
  const role = new IamRole(scope, 'gateway-role', {
    name: names.gatewayRole,
    assumeRolePolicy: policyDocument({
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'apigateway.amazonaws.com' },
    }),
  })
  const policy = new IamRolePolicyAttachment(scope, 'gateway-logs', {
    role: role.name,
    policyArn: `arn:${partitionOf(AWS_REGION)}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`,
  })
  return new ApiGatewayAccount(scope, 'gateway-account', { cloudwatchRoleArn: role.arn, dependsOn: [policy] })
}
