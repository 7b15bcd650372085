import { IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam'
import type { Settings } from '../../terraform/settings.ts'
import type { Finding } from './checks.ts'
import { clientOptions } from './shell.ts'

/** One action for each thing that a deployment makes or does: who may do these mostly may do the rest. */
const ACTIONS = [
  'apigateway:POST',
  'ecr:CreateRepository',
  'ecr:GetAuthorizationToken',
  'ecr:PutImage',
  'iam:AttachRolePolicy',
  'iam:CreateRole',
  'iam:PassRole',
  'iam:PutRolePolicy',
  'lambda:AddPermission',
  'lambda:CreateFunction',
  'lambda:InvokeFunction',
  'lambda:UpdateFunctionCode',
  'logs:CreateLogGroup',
  'ec2:CreateSecurityGroup',
  'ec2:DescribeSubnets',
  'rds:CreateDBInstance',
  's3:CreateBucket',
  'cloudwatch:PutDashboard',
  'logs:PutQueryDefinition',
]
const ALARM_ACTIONS = ['cloudwatch:PutMetricAlarm', 'kms:CreateKey', 'sns:CreateTopic', 'sns:Subscribe']

/** Which of the permissions it needs a deployment has, as far as the account lets that be seen. */
export async function seePermissions(
  callerArn: string,
  { ALARM_EMAIL }: Pick<Settings, 'ALARM_EMAIL'>,
): Promise<Finding> {
  const actions = ALARM_EMAIL === undefined ? ACTIONS : [...ACTIONS, ...ALARM_ACTIONS]
  const name = 'Permissions'
  if (callerArn.endsWith(':root')) return { name, text: 'all (the root user: better have a role for this)' }
  const PolicySourceArn = principalOf(callerArn)
  try {
    const command = new SimulatePrincipalPolicyCommand({ PolicySourceArn, ActionNames: actions })
    const { EvaluationResults = [] } = await new IAMClient(clientOptions()).send(command)
    const denied = EvaluationResults.filter(({ EvalDecision }) => EvalDecision !== 'allowed')
    const list = denied.map(({ EvalActionName }) => EvalActionName).join(', ')
    if (denied.length === 0) return { name, text: `all ${actions.length} that were looked at` }
    const fix = `ask for a policy with these for ${PolicySourceArn}`
    // A policy for certain resources only looks like none here, where no resource is named; a refusal is one everywhere.
    const refused = denied.some(({ EvalDecision }) => EvalDecision === 'explicitDeny')
    return refused
      ? { name, text: `refused: ${list}`, fix }
      : { name, text: `perhaps not allowed: ${list} (${fix}, unless it has them for certain resources)`, unsure: true }
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
