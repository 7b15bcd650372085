import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js'
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js'
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js'
import type { ITerraformDependable } from 'cdktf'
import type { Construct } from 'constructs'

const managedPolicies = {
  'database-access': 'arn:aws:iam::aws:policy/AmazonRDSDataFullAccess',
  'vpc-access': 'arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole',
}

/** The role that the functions run as. */
export interface FunctionRole {
  readonly arn: string
  /** What has to exist before a function can use the role: Lambda checks at creation that it may enter a VPC. */
  readonly policies: readonly ITerraformDependable[]
}

/** A role that may enter a VPC, write logs, read the database's secret, and read and write the bucket's objects. */
export function functionRole(
  scope: Construct,
  { name, bucketName }: { readonly name: string; readonly bucketName: string },
): FunctionRole {
  const role = new IamRole(scope, 'role', {
    name,
    assumeRolePolicy: policyDocument({
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'lambda.amazonaws.com' },
    }),
  })
  const attachments = Object.entries(managedPolicies).map(
    ([id, policyArn]) => new IamRolePolicyAttachment(scope, id, { role: role.name, policyArn }),
  )
  const presignedUrls = new IamRolePolicy(scope, 'presigned-urls', {
    name: 'AllowPresignedUrls',
    role: role.id,
    policy: policyDocument({
      Effect: 'Allow',
      Action: ['s3:PutObject', 's3:GetObject'],
      Resource: `arn:aws:s3:::${bucketName}/*`,
    }),
  })
  return { arn: role.arn, policies: [...attachments, presignedUrls] }
}

const policyDocument = (...statements: readonly object[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements })
