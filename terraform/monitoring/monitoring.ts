import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js'
import { CloudwatchQueryDefinition } from '@cdktf/provider-aws/lib/cloudwatch-query-definition/index.js'
import { conditional } from 'cdktf'
import { Construct } from 'constructs'
import { RestApi } from '../api/rest-api.ts'
import { Database } from '../database/mysql.ts'
import { ImageFunction } from '../lambda/image-function.ts'
import type { ServiceStack } from '../service-stack.ts'
import { addAlarms } from './alarms.ts'
import { dashboardBody } from './dashboard.ts'
import { logQueries } from './log-queries.ts'

/**
 * Declares saved queries, a dashboard and alarms.
 * @returns outputs of the stack.
 */
export function monitor(service: ServiceStack): Readonly<Record<string, unknown>> {
  const scope = new Construct(service, 'monitoring')
  const { settings, names } = service
  const { ALARM_EMAIL: email, AWS_REGION: region } = settings
  const watched = {
    apis: service.all(RestApi),
    functions: service.all(ImageFunction).filter(({ migrates }) => !migrates),
    databases: service.all(Database),
  }
  const queries = logQueries(watched, settings)
  for (const { name, groups, query } of queries) {
    // The console shows the part before the slash as a folder.
    const inFolder = `${names.project}/${name}`
    new CloudwatchQueryDefinition(scope, name, { name: inFolder, logGroupNames: [...groups], queryString: query })
  }
  const alarms = email === undefined ? undefined : addAlarms(scope, service, watched, email)
  new CloudwatchDashboard(scope, 'dashboard', {
    dashboardName: names.project,
    dashboardBody: JSON.stringify(dashboardBody(watched, region, alarms?.arns ?? [], queries)),
  })
  const unconfirmed = `No alarm reaches ${email} yet: follow the link in the e-mail from AWS Notifications within three days.`
  return {
    dashboard_url: `https://${names.consoleHost}/cloudwatch/home?region=${region}#dashboards/dashboard/${names.project}`,
    // `make deploy` prints warnings that are not empty.
    ...(alarms && { warnings: [conditional(alarms.unconfirmed, unconfirmed, '')] }),
  }
}
