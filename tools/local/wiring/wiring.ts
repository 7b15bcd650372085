import { readApis } from './apis.ts'
import { type FunctionSources, readFunctions } from './functions.ts'
import { isLocalDatabase, localAttributes, type Machine } from './machine.ts'
import { readBuckets, readDatabases, readSecrets } from './resources.ts'
import { nested, type TerraformJson, texts } from './terraform.ts'

/** The deployed program as it runs locally. */
export type Wiring = ReturnType<typeof readWiring>

/** Reads databases and buckets, which must start before functions can get their addresses. */
export function readStorage(terraform: TerraformJson) {
  const here = terraform.on(localAttributes({}))
  return {
    databases: readDatabases(here),
    /** CORS rules by bucket; null if unknown here. */
    buckets: readBuckets(here),
  }
}

/**
 * Reads from Terraform all that `make dev` runs.
 * @throws Error naming the resource, if something is missing or would fail in AWS too.
 */
export function readWiring(terraform: TerraformJson, machine: Machine, sources: FunctionSources) {
  const here = terraform.on(localAttributes(machine))
  const unserved = unservedResources(here)
  const storage = readStorage(terraform)
  const functions = readFunctions(here, machine, sources, unserved)
  if (functions.length === 0)
    throw new Error(['Terraform has no aws_lambda_function that can run here', ...unserved].join(': '))
  for (const each of here.all('aws_db_instance'))
    if (!isLocalDatabase(each)) unserved.push(`${each.address} (engine ${each.block.engine})`)
  const variables = here.all('aws_lambda_function').flatMap((each) => texts(nested(each, 'environment').variables))
  // Buckets are served locally, even if a setting names them.
  const isGiven = ([name, value]: [string, string]) =>
    value && value === machine.variables[name] && !(value in storage.buckets)
  return {
    functions,
    apis: readApis(here, new Set(functions.map(({ name }) => name)), unserved),
    /** Names of the functions to invoke before serving. */
    migrations: readMigrations(here),
    ...storage,
    /** Secret strings by ARN. */
    secrets: readSecrets(here),
    /** User settings passed to functions as variables, e.g. the host of their own database. Excludes settings that only Terraform uses. */
    given: Object.fromEntries(variables.filter(isGiven)),
    /** Readable list of the Terraform's parts without a local counterpart. */
    unserved,
  }
}

/** Resolves the output `migrations`, which holds keys of `functions`, to names of Lambda functions. */
function readMigrations(terraform: TerraformJson): string[] {
  const functions = terraform.output('functions')
  return Object.values(terraform.output('migrations')).map((key) => {
    const name = functions[key]
    if (name === undefined)
      throw new Error(`the output migrations names ${key}, which is not a key of the output functions`)
    return name
  })
}

/** Resources that are served, or invisible to local callers: permissions, network, keys, logs, alarms. */
const SERVED = new RegExp(
  `^aws_(${[
    'lambda_(function|alias|permission|provisioned_concurrency_config)',
    'api_gateway_(rest_api|resource|method|method_response|method_settings|integration|integration_response|gateway_response)',
    'api_gateway_(deployment|stage|authorizer|account|api_key|usage_plan|usage_plan_key|domain_name|base_path_mapping)',
    'db_instance|db_(subnet|parameter|option)_group|s3_bucket|s3_bucket_(?!notification|website)\\w+|secretsmanager_secret\\w*',
    'iam_\\w+|kms_\\w+|ecr_\\w+|acm_\\w+|route53_\\w+|sns_topic|sns_topic_policy|ssm_parameter',
    'cloudwatch_(log_group|log_metric_filter|metric_alarm|composite_alarm|dashboard|query_definition)',
    'vpc|vpc_\\w+|subnet|security_group\\w*|default_\\w+|route|route_table\\w*|internet_gateway|nat_gateway|eip|network_\\w+',
  ].join('|')})$`,
)

/** Addresses of resources without a local counterpart: event sources, schedules, queues, other kinds of APIs. */
const unservedResources = (terraform: TerraformJson): string[] =>
  terraform
    .all()
    .filter(({ type }) => type.startsWith('aws_') && !SERVED.test(type))
    // E-mail alerts do not affect callers.
    .filter(({ block }) => !String(block.protocol).startsWith('email'))
    .map(({ address }) => address)
