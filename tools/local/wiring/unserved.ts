import type { TerraformJson } from './terraform.ts'

/** Resources that are served, or that change nothing of what callers see here: permissions, network, keys, logs, alarms. */
const SERVED = new RegExp(
  `^aws_(${[
    'lambda_(function|alias|permission|provisioned_concurrency_config)',
    'api_gateway_(rest_api|resource|method|method_response|method_settings|integration|integration_response|gateway_response)',
    'api_gateway_(deployment|stage|authorizer|account|api_key|usage_plan|usage_plan_key|domain_name|base_path_mapping)',
    'db_instance|db_(subnet|parameter|option)_group|s3_bucket|s3_bucket_(?!notification|website)\\w+|secretsmanager_secret\\w*',
    'iam_\\w+|kms_\\w+|ecr_\\w+|acm_\\w+|route53_\\w+|sns_topic|sns_topic_policy|ssm_parameter',
    'cloudwatch_(log_group|log_metric_filter|metric_alarm|composite_alarm|dashboard|query_definition)',
    'vpc|vpc_\\w+|subnet|security_group\\w*|default_\\w+|route|route_table\\w*|internet_gateway|nat_gateway|eip|network_\\w+',
  ].join('|')})$`,
)

/** Addresses of the resources that have no counterpart on this machine: event sources, schedules, queues, APIs of other kinds. */
export const unservedResources = (terraform: TerraformJson): string[] =>
  terraform
    .all()
    .filter(({ type }) => type.startsWith('aws_') && !SERVED.test(type))
    // Alarms by mail are for people.
    .filter(({ block }) => !String(block.protocol).startsWith('email'))
    .map(({ address }) => address)
