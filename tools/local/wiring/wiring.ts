import type { Account } from '../database/server.ts'
import type { CorsRule } from '../store/cors.ts'
import { type ApiWiring, readApis } from './apis.ts'
import { type FunctionSources, type FunctionWiring, readFunction, readVariables } from './functions.ts'
import { isLocalDatabase, localAttributes, type Machine } from './machine.ts'
import { readBuckets, readDatabases, readSecrets } from './resources.ts'
import { isOpen, nested, type TerraformJson, texts } from './terraform.ts'
import { unservedResources } from './unserved.ts'

/** The deployed program as it runs on this machine: read from the Terraform that `cdktf synth` writes. */
export interface Wiring {
  readonly functions: readonly FunctionWiring[]
  readonly apis: readonly ApiWiring[]
  /** Names of the functions that are invoked before anything is served. */
  readonly migrations: readonly string[]
  readonly databases: readonly Account[]
  /** CORS rules of each bucket; null where they are unknown here. */
  readonly buckets: Readonly<Record<string, readonly CorsRule[] | null>>
  /** Texts by ARN. */
  readonly secrets: Readonly<Record<string, string>>
  /** Settings of the user's that functions have for variables: the host of a database of theirs, say. None that Terraform keeps to itself. */
  readonly given: Readonly<Record<string, string>>
  /** Parts of the Terraform that have no counterpart on this machine, for people to read. */
  readonly unserved: readonly string[]
}

/** Databases and buckets, which have to be started before a function can be given their addresses. */
export function readStorage(terraform: TerraformJson): Pick<Wiring, 'databases' | 'buckets'> {
  const attributes = localAttributes(terraform, {})
  return { databases: readDatabases(terraform, attributes), buckets: readBuckets(terraform, attributes) }
}

/**
 * Reads all that `make dev` runs from Terraform.
 * @throws Error naming the resource, where something is missing or would not work in AWS either.
 */
export function readWiring(terraform: TerraformJson, machine: Machine, sources: FunctionSources): Wiring {
  const attributes = localAttributes(terraform, machine)
  const unserved = unservedResources(terraform)
  const storage = readStorage(terraform)
  const functions: FunctionWiring[] = []
  const given: Record<string, string> = {}
  for (const resource of terraform.all('aws_lambda_function')) {
    const runnable = readFunction(terraform, resource, attributes, sources)
    if (typeof runnable === 'string') {
      unserved.push(`${resource.address} (${runnable})`)
      continue
    }
    const environment = readVariables(terraform, resource, attributes, machine.variables)
    functions.push({ ...runnable, environment: { ...environment, ...machine.shared } })
    // A local bucket has its place.
    for (const [name, value] of texts(nested(resource, 'environment').variables))
      if (value && value === machine.variables[name] && !(value in storage.buckets)) given[name] = value
    for (const [name, value] of Object.entries(environment))
      if (isOpen(value)) unserved.push(`${name} of ${runnable.name} (${value}: give it a value by ${name}=… make dev)`)
    if (resource.block.layers !== undefined) unserved.push(`layers of ${runnable.name}`)
  }
  if (functions.length === 0)
    throw new Error(['Terraform has no aws_lambda_function that can run here', ...unserved].join(': '))
  for (const each of terraform.all('aws_db_instance'))
    if (!isLocalDatabase(each)) unserved.push(`${each.address} (engine ${each.block.engine})`)
  const served = new Set(functions.map(({ name }) => name))
  return {
    functions,
    apis: readApis(terraform, served, unserved),
    migrations: readMigrations(terraform),
    ...storage,
    secrets: readSecrets(terraform, attributes),
    given,
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
