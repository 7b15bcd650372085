import type { Resource, TerraformJson } from '../../local/wiring/terraform-json.ts'
import type { Thing } from './things.ts'

/** What stands beside the functions: images, permissions, the key of their variables, and what watches them. */
export function aroundThem(terraform: TerraformJson, fn: Resource): Thing[] {
  return [images(terraform), role(terraform, fn), key(fn), logs(terraform)]
}

function images(terraform: TerraformJson): Thing {
  const found = terraform.all('data.aws_ecr_image')
  const tags = found.map(({ block }) => block.image_tag ?? 'one digest')
  return {
    id: 'images',
    tone: 'around',
    title: `ECR · ${found[0]?.block.repository_name}`,
    lines: [`images ${[...new Set(tags)].join(' and ')}`, 'run by their digests'],
  }
}

function role(terraform: TerraformJson, fn: Resource): Thing {
  const assumed = terraform.follow(fn, 'role')
  const of = (resource: Resource) => terraform.follow(resource, 'role') === assumed
  const managed = terraform
    .all('aws_iam_role_policy_attachment')
    .filter(of)
    .map(({ block }) => String(block.policy_arn).split('/').at(-1) ?? '')
  const inline = terraform.all('aws_iam_role_policy').filter(of)
  return {
    id: 'role',
    tone: 'around',
    title: `IAM · ${assumed.block.name}`,
    lines: [...managed, ...inline.map(({ block }) => String(block.name))],
  }
}

function key(fn: Resource): Thing {
  const arn = fn.block.kms_key_arn
  const name = arn === undefined ? 'aws/lambda' : String(arn).includes('${') ? 'a key of its own' : 'your key'
  return { id: 'key', tone: 'around', title: `KMS · ${name}`, lines: ['encrypts environment', 'variables'] }
}

function logs(terraform: TerraformJson): Thing {
  const days = terraform.all('aws_cloudwatch_log_group')[0]?.block.retention_in_days
  const alarms = terraform.all('aws_cloudwatch_metric_alarm').length
  const queries = terraform.all('aws_cloudwatch_query_definition').length
  const [mail] = terraform.all('aws_sns_topic_subscription')
  const traced = terraform
    .all('aws_lambda_function')
    .some(({ block }) => JSON.stringify(block.tracing_config ?? '').includes('Active'))
  return {
    id: 'logs',
    tone: 'around',
    title: `CloudWatch${traced ? ' · X-Ray' : ''}`,
    lines: [
      `logs for ${days} days`,
      ...(terraform.all('aws_cloudwatch_dashboard').length > 0 ? [`a dashboard, ${queries} saved queries`] : []),
      ...(alarms > 0 ? [`${alarms} alarms${mail ? ` → SNS → ${mail.block.protocol}` : ''}`] : []),
    ],
  }
}
