import assert from 'node:assert/strict'
import { Testing } from 'cdktf'
import { declareService } from '../../terraform/service.ts'
import { createStacks } from '../../terraform/stacks.ts'

type Block = Readonly<Record<string, unknown>>
type Blocks = Readonly<Record<string, Readonly<Record<string, Block>>>>

/** A synthesized Terraform stack. */
export class SynthesizedStack {
  readonly json: string
  declare readonly resource: Blocks
  declare readonly data: Blocks
  declare readonly variable: Readonly<Record<string, Block>>
  declare readonly output: Readonly<Record<string, { readonly value: string }>>
  declare readonly terraform: { readonly backend: Readonly<Record<string, Block>> }

  constructor(json: string) {
    this.json = json
    Object.assign(this, { data: {}, variable: {} }, JSON.parse(json))
  }

  /** Resources of a type, named without `aws_`. */
  all(type: string): Block[] {
    return Object.values(this.resource[`aws_${type}`] ?? {})
  }

  /** Values of an attribute, for all resources of a type. */
  values(type: string, attribute: string): unknown[] {
    return this.all(type).map((block) => block[attribute])
  }

  /** The single resource of a type, or the single one with these attributes. */
  one(type: string, attributes: Block = {}): Block {
    const isWanted = (block: Block) => Object.entries(attributes).every(([name, value]) => block[name] === value)
    const [block, ...others] = this.all(type).filter(isWanted)
    assert.ok(block && others.length === 0, `not one aws_${type} ${JSON.stringify(attributes)}`)
    return block
  }

  /** Target of a reference, a resource or data source, such as `${aws_iam_role.role.arn}`. */
  target(reference: unknown): Block | undefined {
    const [, data, type = '', id = ''] = /^\$\{(data\.)?(\w+)\.([\w-]+)\./.exec(String(reference)) ?? []
    return (data === undefined ? this.resource : this.data)[type]?.[id]
  }

  /** Environment variables of a function. */
  environment(function_name: string): Readonly<Record<string, string>> {
    const { environment } = this.one('lambda_function', { function_name })
    return (environment as { variables: Record<string, string> }).variables
  }
}

/** Settings that name an existing resource of every kind. */
export const given = {
  VPC_ID: 'vpc-1',
  SUBNET_IDS: 'subnet-1,subnet-2',
  SECURITY_GROUP_IDS: 'sg-1',
  DB_HOST: 'db.example.com',
  DB_USER: 'app',
  BUCKET_NAME: 'my-files',
} as const

export const jwt = { API_SECURITY: 'jwt', JWT_ISSUER: 'https://login.example.com/', JWT_AUDIENCE: 'my-api' }

const COGNITO_USER_POOL_ARN = 'arn:aws:cognito-idp:ap-northeast-2:123456789012:userpool/ap-northeast-2_abc'
export const cognito = { API_SECURITY: 'cognito', COGNITO_USER_POOL_ARN }

/** Settings that enable every optional part. */
export const everyOption = {
  ENVIRONMENT: 'staging',
  KMS_KEY: 'create',
  API_SECURITY: 'api-key',
  DB_MULTI_AZ: 'true',
  WEB_ACL_ARN: 'arn:aws:wafv2:ap-northeast-2:123456789012:regional/webacl/mine/1',
  RESERVED_CONCURRENCY: '50',
  PROVISIONED_CONCURRENCY: '2',
  DOMAIN_NAME: 'api.example.com',
  CERTIFICATE_ARN: 'arn:aws:acm:ap-northeast-2:123456789012:certificate/1',
  ALARM_EMAIL: 'ops@example.com',
  ACCESS_LOGS: 'create',
  TRACING: 'true',
}

function stacks(variables: Readonly<Record<string, string>> = {}, declare = declareService) {
  const { problems, ...all } = createStacks(variables, declare)
  assert.deepEqual(problems, [])
  return all
}

/** Synthesizes the service of terraform/service.ts, or another one. */
export const synthService = (...of: Parameters<typeof stacks>): SynthesizedStack =>
  new SynthesizedStack(Testing.synth(stacks(...of).service))

export const synthRegistry = (variables?: Readonly<Record<string, string>>): SynthesizedStack =>
  new SynthesizedStack(Testing.synth(stacks(variables, () => {}).registry))
