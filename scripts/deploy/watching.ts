import type { Settings } from '../../terraform/settings.ts'
import type { Outputs } from './state.ts'

/** Where a deployment is watched, and what its alarms still need, in a line each. */
export function watchingLines(outputs: Outputs, { ALARM_EMAIL }: Pick<Settings, 'ALARM_EMAIL'>): string[] {
  const { dashboard_url: dashboard, alarm_email_unconfirmed: unconfirmed } = outputs
  return [
    ...(dashboard === undefined ? [] : [`Dashboard: ${dashboard}`]),
    ...(String(unconfirmed) === 'true'
      ? [
          `⚠ No alarm reaches ${ALARM_EMAIL} yet: it has to follow the link in the e-mail of AWS Notifications, within three days.`,
        ]
      : []),
  ]
}
