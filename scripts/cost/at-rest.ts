import { alwaysFree, HOURS_A_MONTH, type Prices } from './prices.ts'
import { type Block, type Resource, referred } from './stacks.ts'

/** What something costs a month that nobody uses. */
export interface Item {
  readonly what: string
  /** Of what its price is, e.g. `730 h`. */
  readonly quantity: string
  readonly monthly: number
  /** What counts towards an allowance that every account has, and how much of it. */
  readonly allowance?: { readonly of: keyof typeof allowances; readonly units: number } | undefined
}

/** Units that are free each month; prices are by unit. */
const allowances = {
  alarms: alwaysFree.cloudWatch.alarmMetrics,
  dashboards: alwaysFree.cloudWatch.dashboards,
  customMetrics: alwaysFree.cloudWatch.customMetrics,
}

type Rule = (block: Block, prices: Prices, resources: readonly Resource[]) => readonly (Item | Unpriced)[]

/** Something that costs, and whose price is not known here. */
export interface Unpriced {
  readonly unpriced: string
}

const HOURS = `${HOURS_A_MONTH} h`
const byHour = (what: string, price: number, times = 1, of = ''): Item => ({
  what,
  quantity: times === 1 ? HOURS : `${HOURS} × ${times}${of}`,
  monthly: price * HOURS_A_MONTH * times,
})
const byMonth = (what: string, price: number, allowance?: Item['allowance']): Item => ({
  what,
  quantity: allowance && allowance.units > 1 ? `${allowance.units}` : '1',
  monthly: price * (allowance?.units ?? 1),
  allowance,
})

/** Of a class such as `db.m7g.2xlarge`. */
function vcpus(instanceClass: string): number {
  const size = instanceClass.split('.')[2] ?? ''
  const [, many] = /^(\d*)xlarge$/.exec(size) ?? []
  return many === undefined ? 2 : 4 * Number(many || 1)
}

/** GB of images that a repository is taken to hold: both bases once, and the few megabytes of each version's bundle. */
const IMAGES_GB = 0.5

/** What costs without being used, by type of resource. */
const rules: Readonly<Record<string, Rule>> = {
  db_instance: ({ instance_class, allocated_storage, manage_master_user_password }, { rds, secretsManager }) => {
    const name = String(instance_class)
    const hour = rds.instanceHour[name]
    const gb = Number(allocated_storage)
    return [
      hour === undefined ? { unpriced: `database ${name}` } : byHour(`Database, ${name}`, hour),
      { what: 'Database storage, gp3', quantity: `${gb} GB`, monthly: gb * rds.gp3GbMonth },
      ...(manage_master_user_password ? [byMonth("The database's secret", secretsManager.secretMonth)] : []),
    ]
  },
  db_proxy: (_, { rds }, resources) => {
    const { instance_class } = resources.find(({ type }) => type === 'db_instance')?.block ?? {}
    return [byHour('RDS Proxy', rds.proxyVcpuHour, vcpus(String(instance_class)), ' vCPU')]
  },
  vpc_endpoint: ({ vpc_endpoint_type, subnet_ids }, { vpcEndpoint }) =>
    vpc_endpoint_type === 'Interface'
      ? // Two are chosen where a list is known in AWS only.
        [
          byHour(
            'Endpoint of Secrets Manager',
            vpcEndpoint.zoneHour,
            Array.isArray(subnet_ids) ? subnet_ids.length : 2,
            ' zones',
          ),
        ]
      : [],
  kms_key: ({ description }, { kms }) => [byMonth(`Key: ${description}`, kms.keyMonth)],
  cloudwatch_metric_alarm: ({ metric_query }, { cloudWatch }) => {
    const queries = (metric_query ?? []) as readonly { metric?: object }[]
    const units = queries.filter(({ metric }) => metric).length || 1
    return [byMonth('Alarms', cloudWatch.alarmMonth, { of: 'alarms', units })]
  },
  cloudwatch_dashboard: (_, { cloudWatch }) => [
    byMonth('Dashboard', cloudWatch.dashboardMonth, { of: 'dashboards', units: 1 }),
  ],
  cloudwatch_log_metric_filter: (_, { cloudWatch }) => [
    byMonth('Metrics from access logs', cloudWatch.customMetricMonth, { of: 'customMetrics', units: 1 }),
  ],
  lambda_provisioned_concurrency_config: (
    { function_name, provisioned_concurrent_executions },
    { lambda },
    resources,
  ) => {
    const { memory_size, architectures } = referred(resources, function_name)?.block ?? {}
    const [architecture = 'x86_64'] = (architectures ?? []) as ('x86_64' | 'arm64')[]
    const gb = (Number(memory_size) / 1024) * Number(provisioned_concurrent_executions)
    return [byHour('Warm environments', lambda.provisionedGbSecond[architecture] * 3600, gb, ' GB')]
  },
  ecr_repository: (_, { ecr }) => [
    { what: 'Images, once both are there', quantity: `${IMAGES_GB} GB`, monthly: IMAGES_GB * ecr.gbMonth },
  ],
}

/** Types that cost nothing, or by use alone. */
const FREE =
  /^(api_gateway_\w+|cloudwatch_(log_group|query_definition)|db_(parameter|subnet)_group|db_proxy_\w+|default_security_group|ecr_(lifecycle|repository)_policy|iam_\w+|kms_alias|lambda_(alias|function|permission)|s3_bucket\w*|sns_topic\w*|(vpc_)?security_group\w*|subnet|vpc)$/

export interface AtRest {
  /** The same things together. */
  readonly items: readonly Item[]
  readonly unpriced: readonly string[]
  readonly monthly: number
  /** What of that is free in an account that uses its allowances for nothing else. */
  readonly free: number
}

/** What all of it costs a month without a single request. */
export function atRest(resources: readonly Resource[], prices: Prices): AtRest {
  const found = resources.flatMap(({ type, block }): readonly (Item | Unpriced)[] => {
    const rule = rules[type]
    if (rule) return rule(block, prices, resources)
    return FREE.test(type) ? [] : [{ unpriced: `aws_${type}` }]
  })
  const items = together(found.filter((each): each is Item => 'what' in each))
  const free = items.map(({ monthly, allowance }) =>
    allowance ? monthly * Math.min(1, allowances[allowance.of] / allowance.units) : 0,
  )
  return {
    items: items.toSorted((a, b) => b.monthly - a.monthly),
    unpriced: [...new Set(found.flatMap((each) => ('unpriced' in each ? each.unpriced : [])))],
    monthly: sum(items.map(({ monthly }) => monthly)),
    free: sum(free),
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)

function together(items: readonly Item[]): Item[] {
  return Object.values(Object.groupBy(items, ({ what }) => what)).map((same = []) => {
    const [first, ...others] = same as [Item, ...Item[]]
    if (others.length === 0) return first
    const units = sum(same.map(({ allowance }) => allowance?.units ?? 1))
    return {
      ...first,
      quantity: first.allowance ? `${units}` : `${first.quantity} × ${same.length}`,
      monthly: sum(same.map(({ monthly }) => monthly)),
      ...(first.allowance && { allowance: { ...first.allowance, units } }),
    }
  })
}
