import { resourcePath } from '../../local/wiring/paths.ts'
import type { Resource, TerraformJson } from '../../local/wiring/terraform.ts'

export interface Node {
  readonly id: string
  /** Its colour. */
  readonly kind: 'caller' | 'api' | 'function' | 'data' | 'other'
  readonly title: string
  readonly lines: readonly string[]
  readonly place: 'vpc' | 'aws' | 'outside'
}

/** Types that are always drawn; others are where a link or a function's variables name them. */
export const SHOWN: Readonly<Record<string, readonly [kind: Node['kind'], service: string]>> = {
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

/** What callers have to show, by a method's `authorization`. */
const ACCESS: Readonly<Record<string, string>> = {
  NONE: 'open to anyone',
  AWS_IAM: 'with AWS credentials',
  COGNITO_USER_POOLS: 'with a user’s token',
  CUSTOM: 'with a token',
}

/** A type as people write it: `CloudWatch log group`. */
export const words = (type: string): string =>
  type
    .replace('aws_', '')
    .replaceAll('_', ' ')
    .replace(/^(iam|kms|s3|sns|sqs|vpc|ecr)\b/, (name) => name.toUpperCase())
    .replace('cloudwatch', 'CloudWatch')

export function nodeOf(terraform: TerraformJson, { type, id, address, block }: Resource): Node {
  const [kind, service] = SHOWN[type] ?? ['other', words(type)]
  const name = block.function_name ?? block.service_name ?? block.bucket ?? block.identifier ?? block.name ?? id
  const inVpc = block.vpc_config ?? block.db_subnet_group_name ?? block.vpc_endpoint_type
  return {
    id: address,
    kind,
    title: String(name)
      .replaceAll(/\$\{[^}]*\}/g, '…')
      .replace(/^com\.amazonaws\..*\./, ''),
    lines: [service, ...(kind === 'api' ? routesOf(terraform, address) : detailsOf(type, block))],
    place: inVpc === undefined ? 'aws' : 'vpc',
  }
}

function detailsOf(type: string, block: Resource['block']): string[] {
  if (type === 'aws_lambda_function') return [`${block.memory_size ?? 128} MB · ${block.timeout ?? 3} s`]
  if (type === 'aws_db_instance')
    return [`${block.engine} ${block.engine_version} · ${block.allocated_storage} GB`, String(block.instance_class)]
  return []
}

/** Methods that are not answered by the gateway itself. */
const methodsOf = (terraform: TerraformJson) =>
  terraform.all('aws_api_gateway_method').filter(({ block }) => block.http_method !== 'OPTIONS')

function routesOf(terraform: TerraformJson, address: string): string[] {
  return methodsOf(terraform)
    .flatMap((method) => {
      const api = terraform.follow(method, 'rest_api_id')
      return api.address === address ? [`${method.block.http_method} ${resourcePath(terraform, api, method)}`] : []
    })
    .sort()
}

export function accessOf(terraform: TerraformJson): string[] {
  const access = methodsOf(terraform).map(({ block }) =>
    block.api_key_required === true ? 'with an API key' : (ACCESS[String(block.authorization)] ?? ''),
  )
  return [...new Set(access)]
}
