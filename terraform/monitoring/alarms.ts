import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js'
import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity/index.js'
import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias/index.js'
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js'
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic/index.js'
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy/index.js'
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription/index.js'
import { Construct } from 'constructs'
import type { DeploymentStack } from '../deployment-stack.ts'
import { keyPolicy } from '../lambda/encryption.ts'
import { policyDocument } from '../names.ts'
import { alarmDefinitions, type Watched } from './alarm-definitions.ts'

/**
 * Adds alarms that send an e-mail when they begin and when they end.
 * @returns their ARNs, and whether the recipient has yet to follow the link in AWS's first e-mail.
 */
export function addAlarms(parent: Construct, stack: DeploymentStack, watched: Watched, email: string) {
  const scope = new Construct(parent, 'alarms')
  const topic = topicOf(scope, stack)
  const subscription = new SnsTopicSubscription(scope, 'email', {
    topicArn: topic.arn,
    protocol: 'email',
    endpoint: email,
  })
  const alarms = alarmDefinitions(watched).map(
    ({ id, runbook, description, metric }) =>
      new CloudwatchMetricAlarm(scope, id, {
        alarmName: `${stack.names.project}-${id}`,
        alarmDescription: `${description}. Runbook: docs/operations.md#${runbook}`,
        alarmActions: [topic.arn],
        okActions: [topic.arn],
        ...metric,
      }),
  )
  return { arns: alarms.map(({ arn }) => arn), unconfirmed: subscription.pendingConfirmation }
}

/** Creates a topic to which only this account's alarms may publish. It has its own key, since alarms cannot use `aws/sns`. */
function topicOf(scope: Construct, { settings: { AWS_REGION: region }, names }: DeploymentStack): SnsTopic {
  const name = names.alarms
  const allowed = { Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' } }
  const { accountId } = new DataAwsCallerIdentity(scope, 'account')
  const key = new KmsKey(scope, 'key', {
    description: `E-mails of ${name}`,
    enableKeyRotation: true,
    deletionWindowInDays: 7,
    policy: keyPolicy(scope, names, {
      Sid: 'Alarms',
      ...allowed,
      Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      Resource: '*',
    }),
  })
  new KmsAlias(scope, 'key-alias', { name: `alias/${name}`, targetKeyId: key.keyId })
  const topic = new SnsTopic(scope, 'topic', { name, kmsMasterKeyId: key.arn })
  new SnsTopicPolicy(scope, 'policy', {
    arn: topic.arn,
    policy: policyDocument({
      Sid: 'AlarmsOfThisAccount',
      ...allowed,
      Action: 'sns:Publish',
      Resource: topic.arn,
      Condition: {
        StringEquals: { 'aws:SourceAccount': accountId },
        ArnLike: { 'aws:SourceArn': `${names.arn}:cloudwatch:${region}:${accountId}:alarm:*` },
      },
    }),
  })
  return topic
}
