import type { Settings } from './settings-fields.ts'

/** What everything is called in AWS: as in the course, with ENVIRONMENT before it where there is one. */
export type Names = ReturnType<typeof namesOf>

export function namesOf({ PROJECT, ENVIRONMENT }: Pick<Settings, 'PROJECT' | 'ENVIRONMENT'>) {
  const prefix = ENVIRONMENT === undefined ? '' : `${ENVIRONMENT}-`
  const project = `${prefix}${PROJECT}`
  // Databases and buckets have no underscore.
  const hyphenated = project.replaceAll('_', '-')
  return {
    project,
    repository: project,
    role: `${project}-role`,
    authorizerRole: `${project}-authorizer-role`,
    gatewayRole: `${project}-gateway-role`,
    keyAlias: `alias/${project}`,
    /** Of a function, and of its REST API. */
    rds: `${prefix}rds`,
    rdsMigrate: `${prefix}rds-migrate`,
    s3: `${prefix}s3`,
    authorizer: `${prefix}authorizer`,
    alarms: `${project}-alarms`,
    dashboard: project,
    database: hyphenated,
    /** Bucket names are shared by all accounts and regions of the world. */
    bucket: (accountId: string, region: string) => `${hyphenated}-files-${accountId}-${region}`,
  }
}

/** Where Lambda writes a function's log. */
export const logGroupOf = (functionName: string): string => `/aws/lambda/${functionName}`

/** Where API Gateway writes an API's requests. */
export const accessLogGroupOf = (apiName: string): string => `/aws/apigateway/${apiName}`
