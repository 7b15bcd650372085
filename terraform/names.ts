import type { Settings } from './settings.ts'

/** The one stage of every API. */
export const STAGE = 'default'

export type Names = ReturnType<typeof namesOf>

/** Names of all resources in AWS: as in the course, prefixed with ENVIRONMENT where it is set. */
export function namesOf({ AWS_REGION: region, PROJECT, ENVIRONMENT }: Settings) {
  const prefixed = (name: string) => (ENVIRONMENT === undefined ? name : `${ENVIRONMENT}-${name}`)
  const project = prefixed(PROJECT)
  const { partition, console } = partitionOf(region)
  // Databases and buckets have no underscore.
  const hyphenated = project.replaceAll('_', '-')
  return {
    project,
    role: `${project}-role`,
    gatewayRole: `${project}-gateway-role`,
    keyAlias: `alias/${project}`,
    alarms: `${project}-alarms`,
    database: hyphenated,
    /** Name of a function, and of a REST API, by the short name that declares it. */
    of: prefixed,
    /** Bucket names are shared by all accounts and regions of the world. */
    bucket: (id: string, accountId: string) => `${hyphenated}-${id}-${accountId}-${region}`,
    /** The beginning of an ARN. */
    arn: `arn:${partition}`,
    consoleHost: `${region}.${console}`,
  }
}

/** Regions that stand apart, by the beginning of their names. */
function partitionOf(region: string) {
  if (region.startsWith('cn-')) return { partition: 'aws-cn', console: 'console.amazonaws.cn' }
  if (region.startsWith('us-gov-')) return { partition: 'aws-us-gov', console: 'console.amazonaws-us-gov.com' }
  return { partition: 'aws', console: 'console.aws.amazon.com' }
}

/** An IAM policy with these statements. */
export const policyDocument = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements })

/** The policy of a role that a service of AWS takes. */
export const assumedBy = (service: 'apigateway' | 'lambda'): string =>
  policyDocument({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: `${service}.amazonaws.com` } })
