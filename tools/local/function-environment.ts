import type { Database } from './database/database.ts'
import type { Store } from './store/store.ts'
import type { FunctionWiring } from './wiring/functions.ts'

export interface Backends {
  readonly database: Database
  readonly store: Store
}

/**
 * The variables of a function on this machine: the keys that Terraform sets, with this machine's database and bucket for values.
 * @throws Error naming a variable whose value only an AWS account has.
 */
export function functionEnvironment(
  { name, environment }: FunctionWiring,
  { database, store }: Backends,
): Record<string, string> {
  const { DB_SECRET_ID: secret, DB_TLS: tls, AWS_ENDPOINT_URL_SECRETS_MANAGER: _, ...keys } = environment
  const account = { DB_USER: '', DB_PASS: '' }
  const wanted = { ...keys, ...(secret !== undefined && account) }
  const local: Record<string, string> = {
    DB_HOST: database.host,
    DB_PORT: String(database.port),
    DB_USER: database.user,
    DB_PASS: database.password,
    DB_NAME: database.name,
    BUCKET_NAME: [...store.buckets.keys()][0] ?? '',
  }
  const values = Object.entries(wanted).map(([key, value]) => [key, local[key] ?? value] as const)
  const open = values.find(([, value]) => value.includes('${'))
  if (open)
    throw new Error(
      `${open[0]} of the function ${name} is ${open[1]} in Terraform: tools/local/function-environment.ts has to give it a value`,
    )
  return {
    ...Object.fromEntries(values),
    // A private database speaks no TLS; a given one is treated as in the cloud.
    ...(tls !== undefined && database.given && { DB_TLS: tls }),
    AWS_ENDPOINT_URL_S3: store.endpoint,
    AWS_ACCESS_KEY_ID: store.accessKeyId,
    AWS_SECRET_ACCESS_KEY: store.secretAccessKey,
  }
}
