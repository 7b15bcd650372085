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
 * Fields of a line, which API Gateway writes for each request, those too that reach no function (429, 403, 413). What the
 * function's own line has as well is called the same. No free text of a caller's (user agent, query, path): the gateway puts
 * values in as they are, so a quotation mark would break the line, and a query names files.
 */
export function accessLogFields({ API_SECURITY, TRACING }: Settings): Readonly<Record<string, string>> {
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
    /** Lambda's status to the gateway: 200 also where the function's own answer is an error. */
    integrationStatus: '$context.integration.status',
    bytes: '$context.responseLength',
    /** Why the gateway answered by itself, e.g. THROTTLED. */
    refusal: '$context.error.responseType',
  }
}

/** Creates the log of an API, a line of JSON for each request; none where ACCESS_LOGS says so. */
export function accessLogOf(stack: DeploymentStack, id: string, apiName: string) {
  const { ACCESS_LOGS, LOG_RETENTION: retentionInDays } = stack.settings
  if (ACCESS_LOGS === 'none') return undefined
  const scope = new Construct(stack, id)
  const group = new CloudwatchLogGroup(scope, 'group', { name: `/aws/apigateway/${apiName}`, retentionInDays })
  const format = JSON.stringify(accessLogFields(stack.settings))
  const dependsOn = ACCESS_LOGS === 'create' ? [permissionToLog(stack)] : undefined
  return { group, stage: { accessLogSettings: { destinationArn: group.arn, format }, ...(dependsOn && { dependsOn }) } }
}

/** Allows API Gateway to write logs. An account has one permission for all APIs of a region, so another's is replaced. */
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
