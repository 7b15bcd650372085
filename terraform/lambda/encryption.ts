import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity/index.js'
import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias/index.js'
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js'
import type { Construct } from 'constructs'
import type { DeploymentStack } from '../deployment-stack.ts'
import { type Names, policyDocument } from '../names.ts'

/** AWS's default key policy, with statements for services. Set explicitly, so that Terraform detects a change of it. */
export function keyPolicy(scope: Construct, { arn }: Names, ...statements: readonly object[]): string {
  const { accountId } = new DataAwsCallerIdentity(scope, 'key-account')
  const Principal = { AWS: `${arn}:iam::${accountId}:root` }
  const account = { Sid: 'Account', Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' }
  return policyDocument(account, ...statements)
}

/** ARN of the key that encrypts the functions' environment; `undefined` means `aws/lambda`, Lambda's default. */
export function functionKey(stack: DeploymentStack): string | undefined {
  const { names, settings } = stack
  if (settings.KMS_KEY === 'aws/lambda') return undefined
  if (settings.KMS_KEY !== 'create') return settings.KMS_KEY
  const key = new KmsKey(stack, 'function-key', {
    description: `Environment of the functions of ${names.project}`,
    enableKeyRotation: true,
    deletionWindowInDays: 30,
    policy: keyPolicy(stack, names),
  })
  new KmsAlias(stack, 'function-key-alias', { name: names.keyAlias, targetKeyId: key.keyId })
  return key.arn
}
