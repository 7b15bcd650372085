import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity/index.js'
import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias/index.js'
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js'
import type { Construct } from 'constructs'
import { partitionOf, policyDocument } from '../arn.ts'
import type { Names } from '../names.ts'
import type { Settings } from '../settings.ts'

/** The policy that AWS gives a key by default, said so that Terraform notices when it was changed; with statements for services. */
export function keyPolicy(scope: Construct, region: string, ...statements: readonly object[]): string {
  const { accountId } = new DataAwsCallerIdentity(scope, 'key-account')
  const account = {
    Sid: 'Account',
    Effect: 'Allow',
    Principal: { AWS: `arn:${partitionOf(region)}:iam::${accountId}:root` },
    Action: 'kms:*',
    Resource: '*',
  }
  return policyDocument(account, ...statements)
}

/** ARN of the key that encrypts the functions' environment; none means `aws/lambda`, which Lambda takes by itself. */
export function functionKey(
  scope: Construct,
  { KMS_KEY: setting, AWS_REGION }: Settings,
  names: Names,
): string | undefined {
  if (setting === 'aws/lambda') return undefined
  if (setting !== 'create') return setting
  const key = new KmsKey(scope, 'function-key', {
    description: `Environment of the functions of ${names.project}`,
    enableKeyRotation: true,
    deletionWindowInDays: 30,
    policy: keyPolicy(scope, AWS_REGION),
  })
  new KmsAlias(scope, 'function-key-alias', { name: names.keyAlias, targetKeyId: key.keyId })
  return key.arn
}
