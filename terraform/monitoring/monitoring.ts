import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js'
import { CloudwatchQueryDefinition } from '@cdktf/provider-aws/lib/cloudwatch-query-definition/index.js'
import { conditional } from 'cdktf'
import { Construct } from 'constructs'
import { consoleHost } from '../arn.ts'
import type { DeclaredService } from '../declared.ts'
import { Alarms } from './alarms.ts'
import { dashboardBody } from './dashboard.ts'
import { logQueries } from './log-queries.ts'

/** How a deployment is watched: queries for whoever looks, a dashboard, and alarms for whoever does not. */
export class Monitoring extends Construct {
  readonly outputs: Readonly<Record<string, unknown>>

  constructor(scope: Construct, id: string, service: DeclaredService) {
    super(scope, id)
    const { settings, names } = service
    const { ALARM_EMAIL: email, AWS_REGION: region } = settings
    // Those that callers wait for.
    const monitored = { ...service, functions: service.functions.filter(({ migrates }) => !migrates) }
    for (const { name, groups, query } of logQueries(monitored)) {
      new CloudwatchQueryDefinition(this, name, {
        // The slash makes a folder of it in the console.
        name: `${names.project}/${name}`,
        logGroupNames: [...groups],
        queryString: query,
      })
    }
    const alarms = email === undefined ? undefined : new Alarms(this, 'alarms', monitored, email)
    new CloudwatchDashboard(this, 'dashboard', {
      dashboardName: names.dashboard,
      dashboardBody: JSON.stringify(dashboardBody(monitored, alarms?.arns ?? [])),
    })
    this.outputs = {
      dashboard_url: `https://${consoleHost(region)}/cloudwatch/home?region=${region}#dashboards/dashboard/${names.dashboard}`,
      // `make deploy` prints those that are not empty.
      ...(alarms && { warnings: [conditional(alarms.unconfirmed, unconfirmed(email), '')] }),
    }
  }
}

const unconfirmed = (email = '') =>
  `No alarm reaches ${email} yet: it has to follow the link in the e-mail of AWS Notifications, within three days.`
