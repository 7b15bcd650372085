import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias/index.js'
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js'
import type { Construct } from 'constructs'
import type { Names } from './names.ts'

/** ARN of the key that encrypts the functions' environment; none means `aws/lambda`, which Lambda takes by itself. */
export function functionKey(scope: Construct, setting: string, names: Names): string | undefined {
  if (setting === 'aws/lambda') return undefined
  if (setting !== 'create') return setting
  const key = new KmsKey(scope, 'function-key', {
    description: `Environment of the functions of ${names.project}`,
    enableKeyRotation: true,
    deletionWindowInDays: 30,
  })
  new KmsAlias(scope, 'function-key-alias', { name: names.keyAlias, targetKeyId: key.keyId })
  return key.arn
}
