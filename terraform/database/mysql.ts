import { DataAwsSecretsmanagerSecret } from '@cdktf/provider-aws/lib/data-aws-secretsmanager-secret/index.js'
import { Construct } from 'constructs'
import { managed } from '../lambda/role.ts'
import type { ServiceStack } from '../service-stack.ts'
import { createInstance } from './rds-instance.ts'
import { checkDatabase, instanceOf } from './rules.ts'

/** Connections reserved for the migrations, for RDS, and for people who investigate a problem. */
const SPARE_CONNECTIONS = 5

/** Variables of a function: MySQL's address, and credentials or the secret that contains them. */
interface DatabaseVariables {
  readonly DB_HOST: string
  readonly DB_PORT?: string
  readonly DB_TLS?: undefined
  readonly DB_USER?: string | undefined
  readonly DB_PASS?: string | undefined
  readonly DB_SECRET_ID?: string | undefined
}

/** MySQL: the server at DB_HOST, or a created one. Functions that use it run in its network. */
export class Database extends Construct {
  readonly variables: DatabaseVariables
  /** RDS instance identifier; `undefined` for any other server. */
  readonly instance: string | undefined
  readonly maxConnections: number
  /** Connections available to functions, and so their maximum concurrency. */
  readonly connections: number

  constructor(service: ServiceStack, id: string) {
    super(service, id)
    const { settings, names, network, role } = service
    const { DB_HOST, DB_PORT, DB_SECRET_ID } = settings
    this.maxConnections = settings.DB_MAX_CONNECTIONS
    this.connections = this.maxConnections - SPARE_CONNECTIONS
    this.instance = DB_HOST === undefined ? names.database : instanceOf(DB_HOST)
    checkDatabase(service)
    role.attach('database-access', managed.database)
    if (DB_HOST === undefined) {
      network.readSecrets()
      const { address, port, secretArn } = createInstance(this, service)
      // TLS is on by default for every host but this machine.
      const own = { DB_TLS: undefined, DB_USER: undefined, DB_PASS: undefined }
      this.variables = { ...own, DB_HOST: address, DB_PORT: port, DB_SECRET_ID: secretArn }
      this.#allowReading(service, secretArn)
      return
    }
    // Security groups need addresses, and only the host name is known: its port is open to any address.
    network.allowOut(DB_PORT)
    if (DB_SECRET_ID === undefined) {
      this.variables = { DB_HOST, DB_USER: settings.DB_USER, DB_PASS: service.ask('DB_PASS'), DB_SECRET_ID }
      return
    }
    this.variables = { DB_HOST, DB_USER: undefined, DB_PASS: undefined, DB_SECRET_ID }
    network.readSecrets()
    // AmazonRDSDataFullAccess permits reading secrets with this prefix, and no others.
    if (/(^|:secret:)rds-db-credentials\//.test(DB_SECRET_ID)) return
    const by = DB_SECRET_ID.startsWith('arn:') ? { arn: DB_SECRET_ID } : { name: DB_SECRET_ID }
    this.#allowReading(service, new DataAwsSecretsmanagerSecret(this, 'secret', by).arn)
  }

  #allowReading({ role }: ServiceStack, Resource: string): void {
    role.allow('read-secret', 'ReadDatabaseSecret', { Action: 'secretsmanager:GetSecretValue', Resource })
  }
}
