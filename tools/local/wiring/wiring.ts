import { readApis } from './apis.ts'
import { type FunctionSources, readFunctions } from './functions.ts'
import { isLocalDatabase, localAttributes, type Machine } from './machine.ts'
import { readBuckets, readDatabases, readSecrets } from './resources.ts'
import { nested, type TerraformJson, texts } from './terraform.ts'

/** The deployed program as it runs on this machine. */
export type Wiring = ReturnType<typeof readWiring>

/** Databases and buckets, which have to be started before a function can be given their addresses. */
export function readStorage(terraform: TerraformJson) {
  const here = terraform.on(localAttributes({}))
  return {
    databases: readDatabases(here),
    /** CORS rules of each bucket; null where they are unknown here. */
    buckets: readBuckets(here),
  }
}

/**
 * Reads all that `make dev` runs from Terraform.
 * @throws Error naming the resource, where something is missing or would not work in AWS either.
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
  // A local bucket has its place.
  const isGiven = ([name, value]: [string, string]) =>
    value && value === machine.variables[name] && !(value in storage.buckets)
  return {
    functions,
    apis: readApis(here, new Set(functions.map(({ name }) => name)), unserved),
    /** Names of the functions that are invoked before anything is served. */
    migrations: readMigrations(here),
    ...storage,
    /** Texts by ARN. */
    secrets: readSecrets(here),
    /** Settings of the user's that functions have for variables: the host of a database of theirs, say. None that Terraform keeps to itself. */
    given: Object.fromEntries(variables.filter(isGiven)),
    /** Parts of the Terraform that have no counterpart on this machine, for people to read. */
    unserved,
  }
}

/** The output `migrations` has keys of the output `functions`, which has names of Lambda functions. */
function readMigrations(terraform: TerraformJson): string[] {
  const functions = terraform.output('functions')
  return Object.values(terraform.output('migrations')).map((key) => {
    const name = functions[key]
    if (name === undefined)
      throw new Error(`the output migrations names ${key}, which is no key of the output functions`)
    return name
  })
}

/** Resources that are served, or that change nothing of what callers see here: permissions, network, keys, logs, alarms. */
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

/** Addresses of the resources that have no counterpart on this machine: event sources, schedules, queues, APIs of other kinds. */
const unservedResources = (terraform: TerraformJson): string[] =>
  terraform
    .all()
    .filter(({ type }) => type.startsWith('aws_') && !SERVED.test(type))
    // Alarms by mail are for people.
    .filter(({ block }) => !String(block.protocol).startsWith('email'))
    .map(({ address }) => address)
