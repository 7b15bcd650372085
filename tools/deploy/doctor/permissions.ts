import { IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam'
import { clientOptions } from '../aws.ts'
import type { Stack } from '../cdktf/stacks.ts'
import type { Finding } from './finding.ts'

/** Actions of a deployment, by type of resource: whoever may do these mostly may do the rest. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  aws_api_gateway_domain_name: ['apigateway:POST', 'acm:DescribeCertificate'],
  aws_api_gateway_rest_api: ['apigateway:POST'],
  aws_cloudwatch_dashboard: ['cloudwatch:PutDashboard'],
  aws_cloudwatch_log_group: ['logs:CreateLogGroup'],
  aws_cloudwatch_metric_alarm: ['cloudwatch:PutMetricAlarm'],
  aws_cloudwatch_query_definition: ['logs:PutQueryDefinition'],
  aws_db_instance: ['rds:CreateDBInstance'],
  aws_dynamodb_table: ['dynamodb:CreateTable'],
  aws_ecr_repository: ['ecr:CreateRepository', 'ecr:GetAuthorizationToken', 'ecr:PutImage'],
  aws_iam_role: ['iam:CreateRole', 'iam:PassRole'],
  aws_iam_role_policy: ['iam:PutRolePolicy'],
  aws_iam_role_policy_attachment: ['iam:AttachRolePolicy'],
  aws_kms_key: ['kms:CreateKey'],
  aws_lambda_function: ['lambda:CreateFunction', 'lambda:UpdateFunctionCode', 'lambda:InvokeFunction'],
  aws_lambda_permission: ['lambda:AddPermission'],
  aws_route53_record: ['route53:ChangeResourceRecordSets'],
  aws_s3_bucket: ['s3:CreateBucket'],
  aws_security_group: ['ec2:CreateSecurityGroup'],
  aws_sns_topic: ['sns:CreateTopic', 'sns:Subscribe'],
  aws_vpc: ['ec2:CreateVpc'],
  aws_vpc_endpoint: ['ec2:CreateVpcEndpoint'],
  'data.aws_subnets': ['ec2:DescribeSubnets'],
}
/** The actions that a deployment of these stacks takes. */
export const actionsOf = (stacks: readonly Pick<Stack, 'terraform'>[]): string[] => {
  const types = stacks.flatMap(({ terraform }) => terraform.all().map(({ type }) => type))
  return [...new Set(types.flatMap((type) => ACTIONS[type] ?? []))]
}

/**
 * Simulates the actions for the caller, if the account lets it. A refusal counts only where it depends on nothing unknown: policies that
 * ask for MFA, tags or an address, or are for certain resources, cannot be judged from here.
 */
export async function seePermissions(callerArn: string, region: string, actions: string[]): Promise<Finding> {
  const name = 'Permissions'
  if (callerArn.endsWith(':root')) return { name, text: 'all (the root user: better have a role for this)' }
  const PolicySourceArn = principalOf(callerArn)
  try {
    const command = new SimulatePrincipalPolicyCommand({
      PolicySourceArn,
      ActionNames: actions,
      // Without a value policies that allow this region alone look like refusals.
      ContextEntries: [
        { ContextKeyName: 'aws:RequestedRegion', ContextKeyType: 'string', ContextKeyValues: [region] },
        { ContextKeyName: 'aws:SecureTransport', ContextKeyType: 'boolean', ContextKeyValues: ['true'] },
      ],
    })
    const { EvaluationResults = [] } = await new IAMClient(clientOptions()).send(command)
    const denied = EvaluationResults.filter(({ EvalDecision }) => EvalDecision !== 'allowed')
    if (denied.length === 0) return { name, text: `all ${actions.length} that were looked at` }
    const refused = denied.filter(
      ({ EvalDecision, MissingContextValues = [] }) =>
        EvalDecision === 'explicitDeny' && MissingContextValues.length === 0,
    )
    const list = (results: typeof denied) => results.map(({ EvalActionName }) => EvalActionName).join(', ')
    const fix = `ask for a policy with these for ${PolicySourceArn}`
    if (refused.length > 0) return { name, text: `refused: ${list(refused)}`, fix }
    const unknown = [...new Set(denied.flatMap(({ MissingContextValues = [] }) => MissingContextValues))]
    const reason =
      unknown.length > 0 ? `policies ask for ${unknown.join(', ')}` : 'policies may be for certain resources'
    return { name, text: `perhaps not allowed: ${list(denied)} (${reason}; else ${fix})`, unsure: true }
  } catch (error) {
    // Tells nothing about deploying: seeing permissions is a permission of its own.
    return { name, text: `cannot be seen (iam:SimulatePrincipalPolicy: ${(error as Error).name})`, unsure: true }
  }
}

/** The role behind a session, since policies are the role's. */
export function principalOf(arn: string): string {
  const [, partition, account, role] = arn.match(/^arn:([\w-]+):sts::(\d+):assumed-role\/([^/]+)\//) ?? []
  return role === undefined ? arn : `arn:${partition}:iam::${account}:role/${role}`
}
