import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nested, type Resource, TerraformJson } from '../../local/wiring/terraform.ts'
import { HOURS_A_MONTH, type Prices, prices } from './prices.ts'

/** Something that costs without being used. */
export interface Item {
  readonly what: string
  /** A month, of the unit. */
  readonly amount: number
  readonly unit: 'h' | 'GB' | ''
  /** Of one unit; `undefined` where it is not known here. */
  readonly price: number | undefined
}

/** GB that a million requests add to the logs: the function's line and Lambda's own two, with what CloudWatch adds to each. */
const FUNCTION_LOG_GB = 1
/** Likewise the gateway's line. */
const ACCESS_LOG_GB = 0.55

function item(what: string, price?: number, amount = 1, unit: Item['unit'] = ''): Item {
  return { what, amount, unit, price }
}
const hours = (what: string, price: number | undefined, times = 1) => item(what, price, HOURS_A_MONTH * times, 'h')

type Rule = (resource: Resource, prices: Prices, terraform: TerraformJson) => readonly Item[]

/** Types that cost without being used. */
const rules: Readonly<Record<string, Rule>> = {
  aws_db_instance: ({ block }, { databaseHour, databaseGbMonth, secretMonth }) => [
    hours(`Database, ${block.instance_class}`, databaseHour[String(block.instance_class)], block.multi_az ? 2 : 1),
    item('Database storage, gp3', databaseGbMonth, Number(block.allocated_storage) * (block.multi_az ? 2 : 1), 'GB'),
    ...(block.manage_master_user_password ? [item("The database's secret", secretMonth)] : []),
  ],
  aws_vpc_endpoint: ({ block: { vpc_endpoint_type, subnet_ids } }, { endpointHour }) => {
    // Two are chosen where a list is known in AWS only.
    const zones = Array.isArray(subnet_ids) ? subnet_ids.length : 2
    return vpc_endpoint_type === 'Interface' ? [hours('Endpoint in the VPC, by zone', endpointHour, zones)] : []
  },
  aws_lambda_provisioned_concurrency_config: (config, { provisionedGbSecond }, terraform) => {
    const { memory, architecture } = sizeOf(terraform.follow(config, 'function_name'))
    const gb = (memory / 1024) * Number(config.block.provisioned_concurrent_executions)
    return [hours('Warm environments, by GB', provisionedGbSecond[architecture] * 3600, gb)]
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

/** What stacks cost a month without a single request: the same things together, the dearest first. */
function atRest(stacks: readonly TerraformJson[], prices: Prices): Item[] {
  const found = stacks.flatMap((terraform) =>
    terraform.all().flatMap((resource) => {
      const other = FREE.test(resource.type) ? [] : [item(resource.type)]
      return rules[resource.type]?.(resource, prices, terraform) ?? other
    }),
  )
  const groups = [...Map.groupBy(found, ({ what }) => what).values()]
  const items = groups.flatMap(([first, ...more]) =>
    first ? { ...first, amount: sum([first, ...more].map(({ amount }) => amount)) } : [],
  )
  return items.sort((a, b) => monthly(b) - monthly(a))
}

export const monthly = ({ amount, price = 0 }: Item): number => amount * price
export const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)

const sizeOf = ({ block }: Resource) => ({
  memory: Number(block.memory_size ?? 128),
  architecture: ((block.architectures ?? []) as ('x86_64' | 'arm64')[])[0] ?? 'x86_64',
})

/** Dollars for a million requests, part by part, of each function that an API calls. */
function perMillion(terraform: TerraformJson, prices: Prices, milliseconds: number) {
  const logged = terraform.all('aws_api_gateway_stage').some(({ block }) => block.access_log_settings)
  const integrations = terraform.all('aws_api_gateway_integration').filter(({ block }) => block.type === 'AWS_PROXY')
  const functions = integrations.map((integration) => {
    const target = terraform.follow(integration, 'uri')
    return target.type === 'aws_lambda_alias' ? terraform.follow(target, 'function_name') : target
  })
  return [...new Set(functions)].map((fn) => {
    const { memory, architecture } = sizeOf(fn)
    const parts: Record<string, number> = {
      'API Gateway': prices.gatewayMillion,
      'Lambda, requests': prices.lambdaMillion,
      'Lambda, duration': (memory / 1024) * milliseconds * 1000 * prices.lambdaGbSecond[architecture],
      'Log lines': (FUNCTION_LOG_GB + (logged ? ACCESS_LOG_GB : 0)) * prices.logIngestedGb,
      ...(nested(fn, 'tracing_config').mode === 'Active' && { 'X-Ray, at most': prices.traceMillion }),
    }
    return [terraform.text(fn, 'function_name'), parts] as const
  })
}

/** What the synthesized stacks in a folder cost. @param milliseconds that Lambda bills for a request, cold starts spread over all. */
export async function estimate(outdir: string, milliseconds?: number) {
  const folders = (await readdir(join(outdir, 'stacks'))).sort()
  const files = folders.map((folder) => readFile(join(outdir, 'stacks', folder, 'cdk.tf.json'), 'utf8'))
  return estimateOf(await Promise.all(files), milliseconds)
}

/** Prices are those of Virginia where the region's are not known; `region` says whose they are. */
export function estimateOf(texts: readonly string[], milliseconds = 20) {
  const jsons = texts.map((text) => JSON.parse(text))
  const wanted: keyof typeof prices = jsons[0]?.provider.aws[0].region
  const region = wanted in prices ? wanted : 'us-east-1'
  const stacks = jsons.map((json) => new TerraformJson(json))
  return {
    region,
    atRest: atRest(stacks, prices[region]),
    perMillion: stacks.flatMap((terraform) => perMillion(terraform, prices[region], milliseconds)),
  }
}

export const dollars = (amount: number): string => `$${amount.toFixed(2)}`

/** In one line, for those who asked for something else. */
export function summary({ atRest, perMillion }: ReturnType<typeof estimateOf>): string {
  const unpriced = atRest.filter(({ price }) => price === undefined).map(({ what }) => what)
  const more = unpriced.length > 0 ? ` and what has no price here (${unpriced.join(', ')})` : ''
  const totals = perMillion.map(([name, parts]) => `${name} ${dollars(sum(Object.values(parts)))}`)
  return `about ${dollars(sum(atRest.map(monthly)))} a month at rest${more}; per million requests: ${totals.join(', ')} (make cost)`
}
