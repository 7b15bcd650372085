import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js'
import { CloudwatchQueryDefinition } from '@cdktf/provider-aws/lib/cloudwatch-query-definition/index.js'
import type { ITerraformDependable } from 'cdktf'
import { Construct } from 'constructs'
import { Alarms, RUNBOOK } from './alarms.ts'
import { consoleHost } from './arn.ts'
import { dashboardBody } from './dashboard.ts'
import { logQueries } from './log-queries.ts'
import { namesOf } from './names.ts'
import type { Settings } from './settings.ts'
import { watchedBy } from './watched.ts'

export interface MonitoringProps {
  readonly settings: Settings
  /** The access logs, where there are any. */
  readonly accessLogs: ITerraformDependable[]
}

/** How a deployment is watched: queries for whoever looks, a dashboard, and alarms for whoever does not. */
export class Monitoring extends Construct {
  readonly outputs: Readonly<Record<string, string>>

  constructor(scope: Construct, id: string, { settings, accessLogs }: MonitoringProps) {
    super(scope, id)
    const { ALARM_EMAIL: email, AWS_REGION: region } = settings
    const names = namesOf(settings)
    const watched = watchedBy(settings)
    for (const { name, groups, query } of logQueries(watched)) {
      new CloudwatchQueryDefinition(this, name, {
        // The slash makes a folder of it in the console.
        name: `${names.project}/${name}`,
        logGroupNames: [...groups],
        queryString: query,
      })
    }
    const alarms =
      email === undefined ? undefined : new Alarms(this, 'alarms', { watched, names, email, dependsOn: accessLogs })
    const body = dashboardBody({ watched, project: names.project, runbook: RUNBOOK, alarms: alarms?.arns ?? [] })
    new CloudwatchDashboard(this, 'dashboard', {
      dashboardName: names.dashboard,
      dashboardBody: JSON.stringify(body),
    })
    this.outputs = {
      dashboard_url: `https://${consoleHost(region)}/cloudwatch/home?region=${region}#dashboards/dashboard/${names.dashboard}`,
      ...(alarms && { alarm_email_unconfirmed: alarms.unconfirmed }),
    }
  }
}
