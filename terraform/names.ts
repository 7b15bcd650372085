import { projectName, type Settings } from './settings.ts'

/** What everything is called in AWS: as in the course, with ENVIRONMENT before it where there is one. */
export type Names = ReturnType<typeof namesOf>

export function namesOf(settings: Pick<Settings, 'PROJECT' | 'ENVIRONMENT'>) {
  const project = projectName(settings)
  // Databases and buckets have no underscore.
  const hyphenated = project.replaceAll('_', '-')
  return {
    project,
    repository: project,
    role: `${project}-role`,
    gatewayRole: `${project}-gateway-role`,
    keyAlias: `alias/${project}`,
    alarms: `${project}-alarms`,
    dashboard: project,
    database: hyphenated,
    /** Of a function, and of a REST API, by the short name that it is declared by. */
    of: (id: string): string => (settings.ENVIRONMENT === undefined ? id : `${settings.ENVIRONMENT}-${id}`),
    /** Bucket names are shared by all accounts and regions of the world. */
    bucket: (id: string, accountId: string, region: string) => `${hyphenated}-${id}-${accountId}-${region}`,
  }
}

/** The one stage of every API. */
export const stageName = 'default'

/** Where Lambda writes a function's log. */
export const logGroupOf = (functionName: string): string => `/aws/lambda/${functionName}`

/** Where API Gateway writes an API's requests. */
export const accessLogGroupOf = (apiName: string): string => `/aws/apigateway/${apiName}`
