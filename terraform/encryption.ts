import { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js'
import type { Construct } from 'constructs'

/** ARN of the key that encrypts the functions' environment; none means `aws/lambda`, which Lambda takes by itself. */
export function functionKey(scope: Construct, setting: string): string | undefined {
  if (setting === 'aws/lambda') return undefined
  if (setting !== 'create') return setting
  return new KmsKey(scope, 'function-key', { description: 'Environment of the functions', enableKeyRotation: true }).arn
}
