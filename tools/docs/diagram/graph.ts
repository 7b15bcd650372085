import { nested, type Resource, type TerraformJson, texts } from '../../local/wiring/terraform.ts'
import { accessOf, type Node, nodeOf, SHOWN, words } from './nodes.ts'

export interface Edge {
  readonly from: string
  readonly to: string
  readonly label?: string | undefined
  readonly dashed?: boolean
}

export interface Graph {
  readonly vpc: string
  readonly nodes: readonly Node[]
  readonly edges: readonly Edge[]
  /** What is not drawn, by type: `CloudWatch log group × 3`. */
  readonly beside: readonly string[]
}

/** Types that lead from one thing to another, and their attributes that name the two. */
const LINKS: readonly (readonly [type: string, from: string, to: string, label?: string])[] = [
  ['aws_api_gateway_integration', 'rest_api_id', 'uri'],
  ['aws_apigatewayv2_integration', 'api_id', 'integration_uri'],
  ['aws_api_gateway_authorizer', 'rest_api_id', 'authorizer_uri', 'who calls?'],
  ['aws_api_gateway_authorizer', 'rest_api_id', 'provider_arns', 'who calls?'],
  ['aws_lambda_event_source_mapping', 'event_source_arn', 'function_name', 'events'],
  ['aws_cloudwatch_event_target', 'rule', 'arn', 'events'],
  ['aws_sns_topic_subscription', 'topic_arn', 'endpoint', 'events'],
  ['aws_s3_bucket_notification', 'bucket', 'lambda_function', 'events'],
]

/** Variables whose value is an address. */
const ADDRESS = /(HOST|URL|ENDPOINT|ISSUER)$/

/** What stands in a stack and what leads where, whatever the names are. */
export function readGraph(terraform: TerraformJson): Graph {
  const all = terraform.all()
  const resources = new Map(all.map((resource) => [resource.address, resource]))
  /** Addresses that a value refers to; of an alias, its function's. */
  const referred = (value: unknown): string[] =>
    [...(JSON.stringify(value) ?? '').matchAll(/\b((?:data\.)?aws_\w+\.[\w-]+)[.[]/g)].flatMap(([, address = '']) => {
      const found = resources.get(address)
      return found?.type === 'aws_lambda_alias' ? referred(found.block.function_name) : found ? address : []
    })
  const edges = new Map<string, Edge>()
  const connect = (sources: readonly string[], targets: readonly string[], label?: string, dashed = false) => {
    for (const from of sources)
      for (const to of targets)
        edges.set(`${from} ${to}`, { from, to, label: label ?? edges.get(`${from} ${to}`)?.label, dashed })
  }

  for (const [type, from, to, label] of LINKS)
    for (const { block } of terraform.all(type))
      connect(referred(block[from]), referred(block[to]), label, label !== undefined)
  const apis = all.filter(({ type }) => SHOWN[type]?.[0] === 'api').map(({ address }) => address)
  const callers: Node = {
    id: 'callers',
    kind: 'caller',
    title: 'Callers',
    lines: accessOf(terraform),
    place: 'outside',
  }
  connect([callers.id], apis)
  // Browsers are let in where they go past the functions.
  for (const { block } of terraform.all('aws_s3_bucket_cors_configuration'))
    connect([callers.id], referred(block.bucket), 'presigned links', true)

  const given = new Map<string, Node>()
  for (const fn of terraform.all('aws_lambda_function')) {
    const variables = texts(nested(fn, 'environment').variables)
    connect([fn.address], referred(variables))
    for (const [name, value] of variables.filter(([, text]) => text !== '' && !text.includes('${'))) {
      const service = serviceOf(terraform, value) ?? (ADDRESS.test(name) ? 'given' : undefined)
      if (service === undefined) continue
      given.set(value, { id: value, kind: 'data', title: value, lines: [service], place: 'outside' })
      connect([fn.address], [value])
    }
  }
  const members = (group: unknown) =>
    all
      .filter(({ type, block }) => {
        const groups = [block.vpc_security_group_ids, block.security_group_ids, block.vpc_config]
        return SHOWN[type] && referred(group).some((address) => referred(groups).includes(address))
      })
      .map(({ address }) => address)
  for (const { block } of terraform.all('aws_vpc_security_group_egress_rule')) {
    const port = `${block.ip_protocol} ${block.to_port}`.toUpperCase()
    connect(members(block.security_group_id), members(block.referenced_security_group_id), port)
  }

  const connected = new Set([...edges.values()].flatMap(({ from, to }) => [from, to]))
  const drawn = all.filter(({ type, address }) => SHOWN[type] || connected.has(address))
  const [vpc] = terraform.all('aws_vpc')
  return {
    vpc: vpc ? `VPC ${vpc.block.cidr_block}` : 'VPC',
    nodes: [...(apis.length > 0 ? [callers] : []), ...drawn.map((each) => nodeOf(terraform, each)), ...given.values()],
    edges: [...edges.values()],
    beside: countsOf(all, drawn),
  }
}

/** The service of an ARN in a role's policies that ends with this name. */
function serviceOf(terraform: TerraformJson, name: string): string | undefined {
  const arns = terraform
    .all('aws_iam_role_policy')
    .flatMap(({ block }) => String(block.policy).match(/arn:[^"]+/g) ?? [])
  const arn = arns.find((each) => [':', '/'].some((sign) => `:${each}`.replace(/[/*?-]+$/, '').endsWith(sign + name)))
  return arn && words(arn.split(':')[2] ?? '')
}

/** Other types than those drawn and their parts, such as an API's methods. */
function countsOf(all: readonly Resource[], drawn: readonly Resource[]): string[] {
  const family = (type: string) => type.split('_', 2).join('_')
  const families = new Set(drawn.map(({ type }) => family(type)))
  const others = all.filter(({ type }) => !type.startsWith('data.') && !families.has(family(type)))
  const counts = Object.entries(Object.groupBy(others, ({ type }) => type))
  return counts.map(([type, { length } = []]) => (length === 1 ? words(type) : `${words(type)} × ${length}`))
}
