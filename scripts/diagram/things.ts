import { nested, type Resource, type TerraformJson } from '../../local/wiring/terraform-json.ts'
import type { ResourceRoutes } from '../openapi/routes.ts'
import { referred, variablesOf } from './references.ts'
import type { Tone } from './svg.ts'

/** Something that is drawn as a card. */
export interface Thing {
  readonly id: string
  readonly tone: Tone
  readonly title: string
  readonly lines: readonly string[]
  /** What stands in for it in `make dev`. */
  readonly local?: string
}

const number = (value: unknown) => Number(value).toLocaleString('en')

/** A REST API with its routes. */
export function apiThing(terraform: TerraformJson, api: Resource, routes: readonly ResourceRoutes[]): Thing {
  const own = routes.filter(({ api: address }) => address === api.address)
  const throttle = terraform
    .all('aws_api_gateway_method_settings')
    .find((each) => terraform.follow(each, 'rest_api_id') === api)
  const { throttling_rate_limit: rate, throttling_burst_limit: burst } = throttle ? nested(throttle, 'settings') : {}
  const binary = (api.block.binary_media_types ?? []) as string[]
  const domain = own.find((each) => each.domain)?.domain
  return {
    id: api.address,
    tone: 'api',
    title: `API Gateway · ${api.block.name}`,
    lines: [
      ...own
        .toSorted((a, b) => a.path.length - b.path.length)
        .map(({ path, methods }) => `${path}: ${methods.join(', ').toUpperCase()}`),
      ...(rate === undefined ? [] : [`${number(rate)} requests/s, ${number(burst)} at once`]),
      ...binary.map((type) => `${type} as bytes`),
      ...(domain ? [domain] : []),
    ],
    local: `localhost:3000/${own[0]?.stage}${own[0]?.path.split('/', 2).join('/')}`,
  }
}

const PURPOSES: Readonly<Record<string, string>> = {
  'index.migrate': 'run by make deploy',
  'authorize.handler': 'verifies tokens',
}

/** A Lambda function. */
export function functionThing(terraform: TerraformJson, fn: Resource): Thing {
  const { memory_size: memory, timeout, architectures, reserved_concurrent_executions: reserved } = fn.block
  const [command] = (nested(fn, 'image_config').command ?? []) as string[]
  const image = terraform.follow(fn, 'image_uri')
  const warm = terraform
    .all('aws_lambda_provisioned_concurrency_config')
    .find((each) => referred(terraform, each.block.function_name) === fn)?.block.provisioned_concurrent_executions
  return {
    id: fn.address,
    tone: 'function',
    title: `Lambda · ${fn.block.function_name}`,
    lines: [
      `${memory} MB · ${timeout} s · ${architectures}`,
      command === undefined
        ? `image ${image.block.repository_name}:${image.block.image_tag}`
        : (PURPOSES[command] ?? command),
      ...(reserved === undefined || reserved === -1 ? [] : [`at most ${number(reserved)} at once`]),
      ...(warm === undefined ? [] : [`${number(warm)} kept warm`]),
    ],
    ...(command === undefined && { local: 'a process of its own' }),
  }
}

/** The password's place. @param id as the function has it. */
export const secretThing = (id: string): Thing => ({
  id: 'secret',
  tone: 'guard',
  title: 'Secrets Manager',
  lines: id.includes('${') ? ['password, kept by RDS'] : [`yours: ${id.replace(/^arn:.*:secret:/, '')}`],
})

/** The bucket that a function names. */
export function bucketThing(terraform: TerraformJson, fn: Resource): Thing {
  const name = variablesOf(fn).BUCKET_NAME ?? ''
  const created = referred(terraform, name)
  return {
    id: 'bucket',
    tone: 'file',
    title: created ? 'S3 · bucket for files' : `S3 · ${name}`,
    lines: created ? ['private, encrypted', 'versioned, TLS only'] : ['yours'],
    local: 'an S3 server',
  }
}

/** A database: RDS, or one that exists. */
export function databaseThing(instance: Resource | undefined, host: string): Thing {
  const local = 'MariaDB'
  if (!instance) return { id: 'database', tone: 'data', title: 'MySQL', lines: [`yours: ${host}`], local }
  const {
    engine_version: version,
    instance_class: size,
    allocated_storage: least,
    max_allocated_storage: most,
  } = instance.block
  return {
    id: 'database',
    tone: 'data',
    title: `RDS · MySQL ${version}`,
    lines: [
      `${size} · ${number(least)}–${number(most)} GB`,
      ...(instance.block.multi_az === true ? ['in two zones'] : []),
      'encrypted, TLS only',
      `backups for ${instance.block.backup_retention_period} days`,
    ],
    local,
  }
}
