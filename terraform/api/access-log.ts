import { ApiGatewayAccount } from '@cdktf/provider-aws/lib/api-gateway-account/index.js'
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js'
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js'
import { Construct } from 'constructs'
import type { DeploymentStack } from '../deployment-stack.ts'
import { assumedBy } from '../names.ts'
import type { Settings } from '../settings.ts'

/** Field of the caller's identity, by API_SECURITY; an open API knows only the address. */
const callers: Readonly<Record<Settings['API_SECURITY'], string | undefined>> = {
  open: undefined,
  iam: '$context.identity.userArn',
  'api-key': '$context.identity.apiKeyId',
  cognito: '$context.authorizer.claims.sub',
  jwt: '$context.authorizer.principalId',
}

/**
 * Fields of the line that API Gateway writes for each request, even one that reaches no function (429, 403, 413). Fields shared
 * with the function's own line have the same names. Excludes free text from callers (user agent, query, path): the gateway does
 * not escape values, so a quotation mark would break the line. A query also names files.
 */
export function accessLogFields({ API_SECURITY, TRACING }: Settings): Readonly<Record<string, string>> {
  const caller = callers[API_SECURITY]
  return {
    time: '$context.requestTimeEpoch',
    /** The function's request id, as in its answers; `-` without an invocation. */
    requestId: '$context.integration.requestId',
    /** The header x-amzn-RequestId. */
    apiRequestId: '$context.requestId',
    /** The header x-amz-apigw-id: AWS's support asks for it, and callers cannot choose it. */
    extendedRequestId: '$context.extendedRequestId',
    ...(TRACING && { traceId: '$context.xrayTraceId' }),
    ip: '$context.identity.sourceIp',
    ...(caller !== undefined && { caller }),
    method: '$context.httpMethod',
    resource: '$context.resourcePath',
    status: '$context.status',
    /** Milliseconds: of the whole request, and of the function with its cold start. */
    latency: '$context.responseLatency',
    integrationLatency: '$context.integration.latency',
    /** Status of the invocation: 200 even if the function's answer is an error. */
    integrationStatus: '$context.integration.status',
    bytes: '$context.responseLength',
    /** Reason of an answer by the gateway itself, e.g. THROTTLED. */
    refusal: '$context.error.responseType',
  }
}

/** Creates an API's access log, with one JSON line per request, unless ACCESS_LOGS is `none`. */
export function accessLogOf(stack: DeploymentStack, id: string, apiName: string) {
  const { ACCESS_LOGS, LOG_RETENTION: retentionInDays } = stack.settings
  if (ACCESS_LOGS === 'none') return undefined
  const scope = new Construct(stack, id)
  const group = new CloudwatchLogGroup(scope, 'group', { name: `/aws/apigateway/${apiName}`, retentionInDays })
  const format = JSON.stringify(accessLogFields(stack.settings))
  const dependsOn = ACCESS_LOGS === 'create' ? [permissionToLog(stack)] : undefined
  return { group, stage: { accessLogSettings: { destinationArn: group.arn, format }, ...(dependsOn && { dependsOn }) } }
}

/** Allows API Gateway to write logs. An account has one role for all APIs of a region, so this replaces another's. */
function permissionToLog(stack: DeploymentStack): ApiGatewayAccount {
  const id = 'gateway-account'
  const known = stack.node.tryFindChild(id) as ApiGatewayAccount | undefined
  if (known) return known
  const { gatewayRole: name, arn } = stack.names
  const role = new IamRole(stack, 'gateway-role', { name, assumeRolePolicy: assumedBy('apigateway') })
  const policy = new IamRolePolicyAttachment(stack, 'gateway-logs', {
    role: role.name,
    policyArn: `${arn}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`,
  })
  return new ApiGatewayAccount(stack, id, { cloudwatchRoleArn: role.arn, dependsOn: [policy] })
}
