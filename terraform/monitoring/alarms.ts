import { CloudwatchLogMetricFilter } from '@cdktf/provider-aws/lib/cloudwatch-log-metric-filter/index.js'
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js'
import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity/index.js'
import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias/index.js'
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js'
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic/index.js'
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy/index.js'
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription/index.js'
import type { IResolvable } from 'cdktf'
import { Construct } from 'constructs'
import { partitionOf, policyDocument } from '../arn.ts'
import type { DeclaredService } from '../declared.ts'
import { keyPolicy } from '../lambda/encryption.ts'
import { alarmDefinitions, refusedMetric } from './alarm-metrics.ts'

/** Where a runbook's entry is, from the project's folder. */
export const RUNBOOK = 'docs/operations.md'

/** Alarms that send an e-mail when they begin to ring, and when they end. */
export class Alarms extends Construct {
  readonly arns: readonly string[]
  /** `true` until the receiver has followed the link in AWS's first e-mail. */
  readonly unconfirmed: IResolvable

  constructor(scope: Construct, id: string, monitored: DeclaredService, email: string) {
    super(scope, id)
    const { names, apis } = monitored
    const topic = this.#topic(monitored)
    const subscription = new SnsTopicSubscription(this, 'email', {
      topicArn: topic.arn,
      protocol: 'email',
      endpoint: email,
    })
    const dependsOn = apis.flatMap(({ accessLog }) => accessLog ?? [])
    for (const { id, accessLog } of apis) {
      if (accessLog === undefined) continue
      new CloudwatchLogMetricFilter(this, `${id}-429-metric`, {
        name: `${names.project}-${id}-429`,
        logGroupName: accessLog.nameInput ?? '',
        pattern: '{ $.status = "429" }',
        metricTransformation: { ...refusedMetric(names.project, id), value: '1', defaultValue: '0', unit: 'Count' },
        dependsOn,
      })
    }
    this.arns = alarmDefinitions(monitored).map(({ id, runbook, description, metric }) => {
      const alarm = new CloudwatchMetricAlarm(this, id, {
        alarmName: `${names.project}-${id}`,
        alarmDescription: `${description}. What to do: ${RUNBOOK}#${runbook}`,
        alarmActions: [topic.arn],
        okActions: [topic.arn],
        ...metric,
      })
      return alarm.arn
    })
    this.unconfirmed = subscription.pendingConfirmation
  }

  /** A topic that this account's alarms alone may write to; its key is its own, since alarms cannot use `aws/sns`. */
  #topic({ settings: { AWS_REGION: region }, names: { alarms: name } }: DeclaredService): SnsTopic {
    const partition = partitionOf(region)
    const { accountId } = new DataAwsCallerIdentity(this, 'account')
    const key = new KmsKey(this, 'key', {
      description: `E-mails of ${name}`,
      enableKeyRotation: true,
      deletionWindowInDays: 7,
      policy: keyPolicy(this, region, {
        Sid: 'Alarms',
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Resource: '*',
      }),
    })
    new KmsAlias(this, 'key-alias', { name: `alias/${name}`, targetKeyId: key.keyId })
    const topic = new SnsTopic(this, 'topic', { name, kmsMasterKeyId: key.arn })
    new SnsTopicPolicy(this, 'policy', {
      arn: topic.arn,
      policy: policyDocument({
        Sid: 'AlarmsOfThisAccount',
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: topic.arn,
        Condition: {
          StringEquals: { 'aws:SourceAccount': accountId },
          ArnLike: { 'aws:SourceArn': `arn:${partition}:cloudwatch:${region}:${accountId}:alarm:*` },
        },
      }),
    })
    return topic
  }
}
