import type { Settings } from './settings.ts'

/** The one stage of every API. */
export const STAGE = 'default'

export type Names = ReturnType<typeof namesOf>

/** Names of all AWS resources: as in the course, prefixed with ENVIRONMENT if it is set. */
export function namesOf({ AWS_REGION: region, PROJECT, ENVIRONMENT }: Settings) {
  const prefixed = (name: string) => (ENVIRONMENT === undefined ? name : `${ENVIRONMENT}-${name}`)
  const project = prefixed(PROJECT)
  const { partition, console } = partitionOf(region)
  // Names of databases and buckets must not contain underscores.
  const hyphenated = project.replaceAll('_', '-')
  return {
    project,
    role: `${project}-role`,
    gatewayRole: `${project}-gateway-role`,
    keyAlias: `alias/${project}`,
    alarms: `${project}-alarms`,
    database: hyphenated,
    /** Name of a function or a REST API, from its id. */
    of: prefixed,
    /** Bucket names must be unique across all accounts and regions. */
    bucket: (id: string, accountId: string) => `${hyphenated}-${id}-${accountId}-${region}`,
    /** Prefix of an ARN. */
    arn: `arn:${partition}`,
    consoleHost: `${region}.${console}`,
  }
}

/** AWS partition of a region, and its console. */
function partitionOf(region: string) {
  if (region.startsWith('cn-')) return { partition: 'aws-cn', console: 'console.amazonaws.cn' }
  if (region.startsWith('us-gov-')) return { partition: 'aws-us-gov', console: 'console.amazonaws-us-gov.com' }
  return { partition: 'aws', console: 'console.aws.amazon.com' }
}

/** An IAM policy with these statements. */
export const policyDocument = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements })

/** Trust policy of a role that an AWS service assumes. */
export const assumedBy = (service: 'apigateway' | 'lambda'): string =>
  policyDocument({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: `${service}.amazonaws.com` } })
