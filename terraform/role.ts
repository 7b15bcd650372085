import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js'
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js'
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js'
import type { ITerraformDependable } from 'cdktf'
import type { Construct } from 'constructs'
import { policyDocument } from './arn.ts'

export interface FunctionRoleProps {
  readonly name: string
  /** `aws`, or that of a region that stands apart. */
  readonly partition: string
  readonly bucketName: string
  /** The database's secret, where the managed policies do not cover it. */
  readonly secretArn: string | undefined
  /** Whether its functions send traces to X-Ray. @default they do not */
  readonly tracing?: boolean
}

/** The role that the functions run as. */
export interface FunctionRole {
  readonly arn: string
  /** For what has to be made anew whenever the role is: Lambda's grants are the role's own, and not those of its name. */
  readonly replaceTriggeredBy: string[]
  /** What has to exist before a function can use the role: Lambda checks at creation that it may enter a VPC. */
  readonly policies: readonly ITerraformDependable[]
}

/** A role that may write logs, and traces where there are any, and nothing else. */
export function logsRole(
  scope: Construct,
  id: string,
  props: Pick<FunctionRoleProps, 'name' | 'partition' | 'tracing'>,
): FunctionRole {
  const role = lambdaRole(scope, id, props.name)
  const policies = attach(scope, role, props.partition, {
    [`${id}-logs`]: 'service-role/AWSLambdaBasicExecutionRole',
    ...(props.tracing && { [`${id}-traces`]: TRACES }),
  })
  return { arn: role.arn, replaceTriggeredBy: uniqueIdOf(role), policies: [...policies, noLogGroups(scope, id, role)] }
}

/** Lines that come after `make destroy` would make a log group again, without a retention and in the way of the next deployment. */
const noLogGroups = (scope: Construct, id: string, role: IamRole) =>
  new IamRolePolicy(scope, `${id}-no-log-groups`, {
    name: 'DenyLogGroups',
    role: role.id,
    policy: policyDocument({ Effect: 'Deny', Action: 'logs:CreateLogGroup', Resource: '*' }),
  })

const TRACES = 'AWSXRayDaemonWriteAccess'

/** Managed policies, by the id of their attachment. */
const attach = (
  scope: Construct,
  role: IamRole,
  partition: string,
  policies: Readonly<Record<string, string>>,
): IamRolePolicyAttachment[] =>
  Object.entries(policies).map(
    ([id, policy]) =>
      new IamRolePolicyAttachment(scope, id, {
        role: role.name,
        policyArn: `arn:${partition}:iam::aws:policy/${policy}`,
      }),
  )

const lambdaRole = (scope: Construct, id: string, name: string): IamRole =>
  new IamRole(scope, id, {
    name,
    assumeRolePolicy: policyDocument({
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'lambda.amazonaws.com' },
    }),
  })

/** The plain address: the role itself would also stand for a change of its tags. */
const uniqueIdOf = (role: IamRole): string[] => [`${role.terraformResourceType}.${role.friendlyUniqueId}.unique_id`]

/** A role that may enter a VPC, write logs, read the database's secret, and read and write the bucket's objects. */
export function functionRole(
  scope: Construct,
  { name, partition, bucketName, secretArn, tracing }: FunctionRoleProps,
): FunctionRole {
  const role = lambdaRole(scope, 'role', name)
  const attachments = attach(scope, role, partition, {
    'database-access': 'AmazonRDSDataFullAccess',
    // Logs, too, also those of the function outside of the VPC.
    'vpc-access': 'service-role/AWSLambdaVPCAccessExecutionRole',
    ...(tracing && { traces: TRACES }),
  })
  const allow = (id: string, policy: string, statement: object) =>
    new IamRolePolicy(scope, id, {
      name: policy,
      role: role.id,
      policy: policyDocument({ Effect: 'Allow', ...statement }),
    })
  const inline = [
    allow('presigned-urls', 'AllowPresignedUrls', {
      Action: ['s3:PutObject', 's3:GetObject'],
      Resource: `arn:${partition}:s3:::${bucketName}/*`,
    }),
  ]
  if (secretArn !== undefined) {
    const statement = { Action: 'secretsmanager:GetSecretValue', Resource: secretArn }
    inline.push(allow('read-secret', 'ReadDatabaseSecret', statement))
  }
  return {
    arn: role.arn,
    replaceTriggeredBy: uniqueIdOf(role),
    policies: [...attachments, ...inline, noLogGroups(scope, 'role', role)],
  }
}
