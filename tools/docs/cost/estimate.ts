import { nested, type Resource, type TerraformJson } from '../../local/wiring/terraform.ts'
import { ARM64, HOURS_A_MONTH, pricesOf } from './prices.ts'

type Prices = ReturnType<typeof pricesOf>['prices']

/** Something that costs without being used: how much of it a month, and the price of one unit, `undefined` where that is not known here. */
const item = (what: string, price?: number, amount = 1, unit: 'h' | 'GB' | '' = '') => ({ what, amount, unit, price })
type Item = ReturnType<typeof item>
const hours = (what: string, price: number | undefined, times = 1) => item(what, price, HOURS_A_MONTH * times, 'h')

/** GB that a million requests add to the logs: the function's line and Lambda's own two, with what CloudWatch adds to each. */
const FUNCTION_LOG_GB = 1
/** Likewise the gateway's line. */
const ACCESS_LOG_GB = 0.55

type Rule = (resource: Resource, prices: Prices, terraform: TerraformJson) => readonly Item[]

/** Types that cost without being used. */
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
    // Two are chosen where a list is known in AWS only.
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

/** Other types that cost nothing, or by use alone. */
const FREE =
  /^(data\..*|aws_(api_gateway_\w+|cloudwatch_(event_\w+|log_group|query_definition)|db_(parameter|subnet)_group|default_security_group|ecr_\w+|iam_\w+|kms_alias|lambda_\w+|s3_bucket\w*|sns_topic\w*|sqs_queue\w*|(vpc_)?security_group\w*|subnet|vpc|wafv2_web_acl_association))$/

/** GB of a function's memory, as those of x86_64 have their price. */
const billedGb = ({ block: { memory_size, architectures } }: Resource) =>
  (Number(memory_size ?? 128) / 1024) * (String(architectures) === 'arm64' ? ARM64 : 1)

/** Monthly cost of stacks without a single request: equal resources together, the dearest first. */
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

/** Dollars for a million requests, part by part, of each function that an API calls. */
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

/** Monthly cost of stacks. @param milliseconds that Lambda bills for a request, cold starts spread over all. */
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

/** In one line, for those who asked for something else. */
export function summary({ atRest, perMillion }: ReturnType<typeof estimate>): string {
  const unpriced = atRest.filter(({ price }) => price === undefined).map(({ what }) => what)
  const more = unpriced.length > 0 ? ` and what has no price here (${unpriced.join(', ')})` : ''
  const totals = perMillion.map(([name, parts]) => `${name} ${dollars(sum(Object.values(parts)))}`)
  return `about ${dollars(sum(atRest.map(monthly)))} a month at rest${more}; per million requests: ${totals.join(', ')} (make cost)`
}
