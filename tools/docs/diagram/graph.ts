import { resourcePath } from '../../local/wiring/methods.ts'
import { nested, type Resource, type TerraformJson } from '../../local/wiring/terraform.ts'

type Kind = 'caller' | 'api' | 'function' | 'data' | 'other'

/** Types that are always drawn; others only if a link or a function's variables refer to them. */
const SHOWN: Readonly<Record<string, readonly [kind: Kind, service: string]>> = {
  aws_api_gateway_rest_api: ['api', 'REST API'],
  aws_apigatewayv2_api: ['api', 'HTTP API'],
  aws_lambda_function: ['function', 'Lambda'],
  aws_db_instance: ['data', 'RDS'],
  aws_rds_cluster: ['data', 'Aurora'],
  aws_dynamodb_table: ['data', 'DynamoDB'],
  aws_s3_bucket: ['data', 'S3'],
  aws_sqs_queue: ['other', 'SQS'],
  aws_vpc_endpoint: ['other', 'VPC endpoint'],
}

/** Types that connect two resources, and their attributes that refer to both. */
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

/** Descriptions of callers' credentials, by a method's `authorization`. */
const ACCESS: Readonly<Record<string, string>> = {
  NONE: 'open to anyone',
  AWS_IAM: 'with AWS credentials',
  COGNITO_USER_POOLS: 'with a user’s token',
  CUSTOM: 'with a token',
}

/** Formats a type for people: `CloudWatch log group`. */
const words = (type: string): string =>
  type
    .replace('aws_', '')
    .replaceAll('_', ' ')
    .replace(/^(iam|kms|s3|sns|sqs|vpc|ecr)\b/, (name) => name.toUpperCase())
    .replace('cloudwatch', 'CloudWatch')

export type Graph = ReturnType<typeof readGraph>
export type Node = Graph['nodes'][number]

/** Reads the resources of a stack and the connections between them. */
export function readGraph(terraform: TerraformJson) {
  const all = terraform.all()
  const resources = new Map(all.map((resource) => [resource.address, resource]))
  /** Addresses that a value refers to; an alias counts as its function. */
  const referred = (value: unknown): string[] =>
    [...(JSON.stringify(value) ?? '').matchAll(/\b((?:data\.)?aws_\w+\.[\w-]+)[.[]/g)].flatMap(([, address = '']) => {
      const found = resources.get(address)
      return found?.type === 'aws_lambda_alias' ? referred(found.block.function_name) : found ? address : []
    })
  const edges = new Map<string, { from: string; to: string; label: string; dashed: boolean }>()
  const connect = (sources: readonly string[], targets: readonly string[], label?: string, dashed = false) => {
    for (const from of sources)
      for (const to of targets) {
        const key = `${from} ${to}`
        edges.set(key, { from, to, label: label ?? edges.get(key)?.label ?? '', dashed })
      }
  }

  for (const [type, from, to, label] of LINKS)
    for (const { block } of terraform.all(type))
      connect(referred(block[from]), referred(block[to]), label, label !== undefined)
  const apis = all.flatMap(({ type, address }) => (SHOWN[type]?.[0] === 'api' ? address : []))
  const access = methodsOf(terraform).map(({ block }) =>
    block.api_key_required === true ? 'with an API key' : (ACCESS[String(block.authorization)] ?? ''),
  )
  const lines = [...new Set(access)]
  const callers = { id: 'callers', kind: 'caller', title: 'Callers', lines, place: 'outside' } as const
  connect(['callers'], apis)
  // CORS marks buckets that browsers access directly.
  for (const { block } of terraform.all('aws_s3_bucket_cors_configuration'))
    connect(['callers'], referred(block.bucket), 'presigned links', true)

  for (const fn of terraform.all('aws_lambda_function'))
    connect([fn.address], referred(nested(fn, 'environment').variables))
  const members = (group: unknown) =>
    all.flatMap(({ type, address, block }) => {
      const groups = referred([block.vpc_security_group_ids, block.security_group_ids, block.vpc_config])
      return SHOWN[type] && referred(group).some((each) => groups.includes(each)) ? address : []
    })
  for (const { block } of terraform.all('aws_vpc_security_group_egress_rule')) {
    const port = `${block.ip_protocol} ${block.to_port}`.toUpperCase()
    connect(members(block.security_group_id), members(block.referenced_security_group_id), port)
  }

  const connected = new Set([...edges.values()].flatMap(({ from, to }) => [from, to]))
  const drawn = all.filter(({ type, address }) => SHOWN[type] || connected.has(address))
  const [vpc] = terraform.all('aws_vpc')
  return {
    vpc: vpc ? `VPC ${vpc.block.cidr_block}` : 'VPC',
    nodes: [...(apis.length > 0 ? [callers] : []), ...drawn.map((each) => nodeOf(terraform, each))],
    edges: [...edges.values()],
    beside: countsOf(all, drawn),
  }
}

/** Describes connections in words: `orders → shop (TCP 5432)`. */
export function waysOf({ nodes, edges }: Graph): string[] {
  const titles = new Map(nodes.map(({ id, title }) => [id, title]))
  return edges.map(({ from, to, label }) => `${titles.get(from)} → ${titles.get(to)}${label && ` (${label})`}`)
}

function nodeOf(terraform: TerraformJson, { type, id, address, block }: Resource) {
  const [kind, service] = SHOWN[type] ?? (['other', words(type)] as const)
  const name = block.function_name ?? block.service_name ?? block.bucket ?? block.identifier ?? block.name ?? id
  const inVpc = block.vpc_config ?? block.db_subnet_group_name ?? block.vpc_endpoint_type
  const title = String(name)
    .replaceAll(/\$\{[^}]*\}/g, '…')
    .replace(/^com\.amazonaws\..*\./, '')
  const lines = [service, ...(kind === 'api' ? routesOf(terraform, address) : detailsOf(type, block))]
  return { id: address, kind, title, lines, place: inVpc === undefined ? 'aws' : 'vpc' } as const
}

function detailsOf(type: string, block: Resource['block']): string[] {
  if (type === 'aws_lambda_function') return [`${block.memory_size ?? 128} MB · ${block.timeout ?? 3} s`]
  if (type === 'aws_db_instance')
    return [`${block.engine} ${block.engine_version} · ${block.allocated_storage} GB`, String(block.instance_class)]
  return []
}

/** Methods without the gateway's own preflight responses. */
const methodsOf = (terraform: TerraformJson) =>
  terraform.all('aws_api_gateway_method').filter(({ block }) => block.http_method !== 'OPTIONS')

function routesOf(terraform: TerraformJson, address: string): string[] {
  return methodsOf(terraform)
    .filter((method) => terraform.follow(method, 'rest_api_id').address === address)
    .map((method) => `${method.block.http_method} ${resourcePath(terraform, method)}`)
    .sort()
}

/** Counts by type of resources that are neither drawn nor part of a drawn one: `CloudWatch log group × 3`. */
function countsOf(all: readonly Resource[], drawn: readonly Resource[]): string[] {
  const family = (type: string) => type.split('_', 2).join('_')
  const families = new Set(drawn.map(({ type }) => family(type)))
  const others = all.filter(({ type }) => !type.startsWith('data.') && !families.has(family(type)))
  const counts = Object.entries(Object.groupBy(others, ({ type }) => type))
  return counts.map(([type, { length } = []]) => (length === 1 ? words(type) : `${words(type)} × ${length}`))
}
