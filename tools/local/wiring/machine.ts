import { ACCOUNT_ID, type Credentials, REGION } from '../sigv4.ts'
import type { Attributes, Resource } from './terraform.ts'

/** Local substitutes for AWS services. */
export interface Machine {
  /** Port of the gateway. */
  readonly port: number
  /** Settings and environment, for values that Terraform leaves open. */
  readonly variables: Readonly<Record<string, string | undefined>>
  /** The server of all databases. */
  readonly database?: { readonly host: string; readonly port: number; readonly password: string } | undefined
  /** Variables of every function under AWS's own names: endpoints and credentials. */
  readonly shared: Readonly<Record<string, string>>
}

/** Variables that make the AWS SDK call the local services. */
export const sdkVariables = (credentials: Credentials, secretsManager: string, store?: string) => ({
  ...(store && { AWS_ENDPOINT_URL_S3: store }),
  AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
})

/** Whether a local server can replace a database. */
export const isLocalDatabase = ({ block: { engine = 'mysql' } }: Resource): boolean =>
  /^(mysql|mariadb)$/.test(String(engine))

const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT_ID}:${resource}`
const secretArn = (name: string) => arn('secretsmanager', `secret:${name}`)

/** Local values for the attributes of AWS resources. */
export function localAttributes(machine: Partial<Machine>): Attributes {
  return (resource, attribute, terraform) => {
    const literal = (name: string, otherwise = '') =>
      terraform.evaluate(String(resource.block[name] ?? ''), resource.stack) || otherwise
    return TABLE[resource.type]?.(literal, machine, resource)[attribute]
  }
}

type Values = Readonly<Record<string, string | undefined>>
type Literal = (name: string, otherwise?: string) => string

const TABLE: Readonly<Record<string, (literal: Literal, machine: Partial<Machine>, resource: Resource) => Values>> = {
  aws_db_instance: (literal, { database }, resource) =>
    isLocalDatabase(resource)
      ? {
          address: database?.host,
          port: database && String(database.port),
          endpoint: database && `${database.host}:${database.port}`,
          username: literal('username', 'admin'),
          db_name: literal('db_name', resource.id),
          password: literal('password', database?.password),
          'master_user_secret[0].secret_arn': secretArn(resource.id),
        }
      : {},
  aws_s3_bucket: (literal, _, { id }) => {
    const bucket = literal('bucket', id.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'))
    return { bucket, id: bucket, arn: `arn:aws:s3:::${bucket}` }
  },
  aws_secretsmanager_secret: (literal, _, { id }) => {
    const name = literal('name', id)
    return { name, arn: secretArn(name), id: secretArn(name) }
  },
  aws_lambda_function: (literal) => {
    const name = literal('function_name')
    return { id: name, arn: arn('lambda', `function:${name}`), invoke_arn: arn('lambda', `function:${name}`) }
  },
  aws_api_gateway_stage: (literal, { port }) => ({ invoke_url: `http://localhost:${port}/${literal('stage_name')}` }),
  'data.aws_ecr_image': (literal, _, { id }) => ({ image_uri: `local:${literal('image_tag', id)}` }),
  'data.aws_caller_identity': () => ({ account_id: ACCOUNT_ID }),
  'data.aws_region': () => ({ name: REGION, region: REGION, id: REGION }),
  'data.aws_partition': () => ({ partition: 'aws', dns_suffix: 'amazonaws.com' }),
}
