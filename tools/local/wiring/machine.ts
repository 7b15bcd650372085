import { apiId } from '../gateway/proxy-event.ts'
import { ACCOUNT_ID, REGION } from '../sigv4.ts'
import { type Attributes, isOpen, type Resource, type TerraformJson } from './terraform.ts'

/** Local stand-ins for AWS's services. */
export interface Machine {
  /** Of the gateway. */
  readonly port: number
  /** Settings and environment: the source of a value that Terraform leaves open. */
  readonly variables: Readonly<Record<string, string | undefined>>
  /** The server of all databases. */
  readonly database?: { readonly host: string; readonly port: number; readonly password: string } | undefined
  /** Variables of every function, with AWS's own names: endpoints and credentials. */
  readonly shared: Readonly<Record<string, string>>
}

const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT_ID}:${resource}`

/** Engines that a local database stands in for. */
const ENGINE = /^(mysql|mariadb)$/

export const isLocalDatabase = ({ type, block: { engine = 'mysql' } }: Resource): boolean =>
  type === 'aws_db_instance' && ENGINE.test(String(engine))

const secretArn = (name: string) => arn('secretsmanager', `secret:${name}`)

/** Attributes of AWS's resources as they are on this machine. */
export function localAttributes(terraform: TerraformJson, machine: Partial<Machine>): Attributes {
  const attributes: Attributes = (resource, attribute) => {
    const literal = (name: string) => {
      const text = resource.block[name] === undefined ? '' : terraform.text(resource, name, attributes)
      return isOpen(text) ? '' : text
    }
    return TABLE[resource.type]?.(resource, literal, machine)[attribute]
  }
  return attributes
}

type Values = Readonly<Record<string, string | undefined>>

const TABLE: Readonly<
  Record<string, (resource: Resource, literal: (name: string) => string, machine: Partial<Machine>) => Values>
> = {
  aws_db_instance: (resource, literal, { database }) =>
    isLocalDatabase(resource)
      ? {
          address: database?.host,
          port: database && String(database.port),
          endpoint: database && `${database.host}:${database.port}`,
          username: literal('username') || 'admin',
          db_name: literal('db_name') || resource.id,
          password: literal('password') || database?.password,
          'master_user_secret[0].secret_arn': secretArn(resource.id),
        }
      : {},
  aws_s3_bucket: ({ id }, literal) => {
    const bucket = literal('bucket') || id.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
    return { bucket, id: bucket, arn: `arn:aws:s3:::${bucket}` }
  },
  aws_secretsmanager_secret: ({ id }, literal) => {
    const name = literal('name') || id
    return { name, arn: secretArn(name), id: secretArn(name) }
  },
  aws_lambda_function: (_, literal) => {
    const name = literal('function_name')
    const function_arn = arn('lambda', `function:${name}`)
    return { id: name, arn: function_arn, qualified_arn: `${function_arn}:$LATEST`, invoke_arn: function_arn }
  },
  aws_api_gateway_rest_api: (_, literal) => ({ id: apiId(literal('name')) }),
  aws_api_gateway_stage: (_, literal, { port }) => ({
    invoke_url: `http://localhost:${port}/${literal('stage_name')}`,
  }),
  aws_api_gateway_deployment: (_, literal, { port }) => ({
    invoke_url: `http://localhost:${port}/${literal('stage_name')}`,
  }),
  'data.aws_caller_identity': () => ({ account_id: ACCOUNT_ID }),
  'data.aws_region': () => ({ name: REGION, region: REGION, id: REGION }),
  'data.aws_partition': () => ({ partition: 'aws', dns_suffix: 'amazonaws.com' }),
}
