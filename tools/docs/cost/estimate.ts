import { nested, type Resource, type TerraformJson } from '../../local/wiring/terraform.ts'
import { ARM64, HOURS_A_MONTH, pricesOf } from './prices.ts'

type Prices = ReturnType<typeof pricesOf>['prices']

/** A cost at rest: monthly amount, and price per unit; `undefined` if unknown here. */
const item = (what: string, price?: number, amount = 1, unit: 'h' | 'GB' | '' = '') => ({ what, amount, unit, price })
type Item = ReturnType<typeof item>
const hours = (what: string, price: number | undefined, times = 1) => item(what, price, HOURS_A_MONTH * times, 'h')

/** GB of logs per million requests: the function's line and Lambda's own two, with CloudWatch's overhead. */
const FUNCTION_LOG_GB = 1
/** GB of access logs per million requests. */
const ACCESS_LOG_GB = 0.55

type Rule = (resource: Resource, prices: Prices, terraform: TerraformJson) => readonly Item[]

/** Costs at rest by resource type. */
const rules: Readonly<Record<string, Rule>> = {
  aws_db_instance: ({ block }, prices) => {
    const zones = block.multi_az ? 2 : 1
    return [
      hours(`Database, ${block.instance_class}`, prices[block.instance_class as keyof Prices], zones),
      item('Database storage, gp3', prices.databaseGbMonth, Number(block.allocated_storage) * zones, 'GB'),
      ...(block.manage_master_user_password ? [item("The database's secret", prices.secretMonth)] : []),
    ]
  },
  aws_vpc_endpoint: ({ block: { vpc_endpoint_type, subnet_ids } }, { endpointHour }) => {
    // Assumes two if the list is known only in AWS.
    const zones = Array.isArray(subnet_ids) ? subnet_ids.length : 2
    return vpc_endpoint_type === 'Interface' ? [hours('Endpoint in the VPC, by zone', endpointHour, zones)] : []
  },
  aws_lambda_provisioned_concurrency_config: (config, { provisionedGbSecond }, terraform) => {
    const gb = billedGb(terraform.follow(config, 'function_name'))
    const environments = Number(config.block.provisioned_concurrent_executions)
    return [hours('Warm environments, by GB', provisionedGbSecond * 3600, gb * environments)]
  },
  aws_cloudwatch_metric_alarm: ({ block }, { alarmMonth }) => {
    const queries = (block.metric_query ?? []) as readonly { metric?: object }[]
    return [item('Alarms, by metric', alarmMonth, queries.filter(({ metric }) => metric).length || 1)]
  },
  aws_cloudwatch_dashboard: (_, { dashboardMonth }) => [item('Dashboards', dashboardMonth)],
  aws_cloudwatch_log_metric_filter: (_, { metricMonth }) => [item('Metrics from logs', metricMonth)],
  aws_kms_key: (_, { keyMonth }) => [item('Keys', keyMonth)],
}

/** Types that cost nothing, or only by use. */
const FREE =
  /^(data\..*|aws_(api_gateway_\w+|cloudwatch_(event_\w+|log_group|query_definition)|db_(parameter|subnet)_group|default_security_group|ecr_\w+|iam_\w+|kms_alias|lambda_\w+|s3_bucket\w*|sns_topic\w*|sqs_queue\w*|(vpc_)?security_group\w*|subnet|vpc|wafv2_web_acl_association))$/

/** A function's memory in GB, scaled to the price of x86_64. */
const billedGb = ({ block: { memory_size, architectures } }: Resource) =>
  (Number(memory_size ?? 128) / 1024) * (String(architectures) === 'arm64' ? ARM64 : 1)

/** Lists monthly costs without requests: equal resources are summed, the most expensive first. */
function atRest(stacks: readonly TerraformJson[], prices: Prices): Item[] {
  const items = new Map<string, Item>()
  for (const terraform of stacks)
    for (const resource of terraform.all()) {
      const other = FREE.test(resource.type) ? [] : [item(resource.type)]
      for (const each of rules[resource.type]?.(resource, prices, terraform) ?? other)
        items.set(each.what, { ...each, amount: each.amount + (items.get(each.what)?.amount ?? 0) })
    }
  return [...items.values()].sort((a, b) => monthly(b) - monthly(a))
}

/** Dollars per million requests by component, for each function that an API calls. */
function perMillion(terraform: TerraformJson, prices: Prices, milliseconds: number) {
  const logged = terraform.all('aws_api_gateway_stage').some(({ block }) => block.access_log_settings)
  const integrations = terraform.all('aws_api_gateway_integration').filter(({ block }) => block.type === 'AWS_PROXY')
  const functions = integrations.map((integration) => {
    const target = terraform.follow(integration, 'uri')
    return target.type === 'aws_lambda_alias' ? terraform.follow(target, 'function_name') : target
  })
  return [...new Set(functions)].map((fn) => {
    const parts: Record<string, number> = {
      'API Gateway': prices.gatewayMillion,
      'Lambda, requests': prices.lambdaMillion,
      'Lambda, duration': billedGb(fn) * milliseconds * 1000 * prices.lambdaGbSecond,
      'Log lines': (FUNCTION_LOG_GB + (logged ? ACCESS_LOG_GB : 0)) * prices.logIngestedGb,
      ...(nested(fn, 'tracing_config').mode === 'Active' && { 'X-Ray, at most': prices.traceMillion }),
    }
    return [terraform.text(fn, 'function_name'), parts] as const
  })
}

/** Estimates the monthly cost of stacks. @param milliseconds billed per request, including a share of cold starts. */
export function estimate(stacks: readonly { terraform: TerraformJson }[], wanted: string, milliseconds = 20) {
  const { region, prices } = pricesOf(wanted)
  const all = stacks.map(({ terraform }) => terraform)
  const policies = all.flatMap((terraform) => terraform.all('aws_iam_role_policy'))
  const usesS3 = policies.some(({ block }) => /\bs3:(Get|Put)Object\b/.test(String(block.policy)))
  const functions = all.flatMap((terraform) => perMillion(terraform, prices, milliseconds))
  return { region, prices, atRest: atRest(all, prices), perMillion: functions, usesS3 }
}

export const monthly = ({ amount, price = 0 }: Item): number => amount * price
export const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)
export const dollars = (amount: number): string => `$${amount.toFixed(2)}`

/** Summarizes an estimate in one line, for the output of other commands. */
export function summary({ atRest, perMillion }: ReturnType<typeof estimate>): string {
  const unpriced = atRest.filter(({ price }) => price === undefined).map(({ what }) => what)
  const more = unpriced.length > 0 ? ` plus unknown prices (${unpriced.join(', ')})` : ''
  const totals = perMillion.map(([name, parts]) => `${name} ${dollars(sum(Object.values(parts)))}`)
  return `about ${dollars(sum(atRest.map(monthly)))} a month at rest${more}; per million requests: ${totals.join(', ')} (make cost)`
}
