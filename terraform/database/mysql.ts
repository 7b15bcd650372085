import { DataAwsSecretsmanagerSecret } from '@cdktf/provider-aws/lib/data-aws-secretsmanager-secret/index.js'
import { Construct } from 'constructs'
import type { DeclaredDatabase } from '../declared.ts'
import { managed } from '../lambda/role.ts'
import type { ServiceStack } from '../service-stack.ts'
import { brokenRules } from '../settings/rules.ts'
import { createInstance } from './rds-instance.ts'
import { databaseRules, instanceOf, SPARE_CONNECTIONS } from './rules.ts'

/** Where MySQL is, and who the functions are there: user and password, or the secret that holds both. */
interface DatabaseVariables {
  readonly DB_HOST: string
  readonly DB_PORT?: string
  readonly DB_TLS?: undefined
  readonly DB_USER?: string | undefined
  readonly DB_PASS?: string | undefined
  readonly DB_SECRET_ID?: string | undefined
}

/** MySQL: the server that DB_HOST names, or one that is created. Functions that use it are in its network. */
export class Database extends Construct implements DeclaredDatabase {
  readonly variables: DatabaseVariables
  readonly instance: string | undefined
  readonly maxConnections: number
  /** Connections, and so invocations at a time, that functions may take. */
  readonly connections: number
  /** Services of AWS whose client functions have, and do not use: without a secret nobody asks Secrets Manager. */
  readonly unused: readonly string[]

  constructor(service: ServiceStack, id: string) {
    super(service, id)
    const { settings, names, network, role } = service
    const { DB_HOST, DB_PORT, DB_SECRET_ID } = settings
    this.maxConnections = settings.DB_MAX_CONNECTIONS
    this.connections = this.maxConnections - SPARE_CONNECTIONS
    this.instance = DB_HOST === undefined ? names.database : instanceOf(DB_HOST)
    this.node.addValidation({ validate: () => brokenRules(settings, databaseRules(settings)) })
    role.attach('database-access', managed.database)
    if (DB_HOST === undefined) {
      network.readSecrets()
      const { address, port, secretArn } = createInstance(this, service)
      // TLS is on, as everywhere but on one machine.
      const own = { DB_TLS: undefined, DB_USER: undefined, DB_PASS: undefined }
      this.variables = { ...own, DB_HOST: address, DB_PORT: port, DB_SECRET_ID: secretArn }
      this.#allowReading(service, secretArn)
    } else {
      // Only the host's name is known, so its port is open to any address.
      network.allowOut(DB_PORT)
      const account =
        DB_SECRET_ID === undefined
          ? { DB_USER: settings.DB_USER, DB_PASS: service.ask('DB_PASS'), DB_SECRET_ID: undefined }
          : { DB_USER: undefined, DB_PASS: undefined, DB_SECRET_ID }
      this.variables = { DB_HOST, ...account }
      if (DB_SECRET_ID !== undefined) this.#readGiven(service, DB_SECRET_ID)
    }
    this.unused = this.variables.DB_SECRET_ID === undefined ? ['secrets-manager'] : []
    service.databases.push(this)
  }

  #readGiven(service: ServiceStack, secret: string): void {
    service.network.readSecrets()
    // AmazonRDSDataFullAccess lets secrets of that name be read, and no other.
    if (/(^|:secret:)rds-db-credentials\//.test(secret)) return
    const by = secret.startsWith('arn:') ? { arn: secret } : { name: secret }
    this.#allowReading(service, new DataAwsSecretsmanagerSecret(this, 'secret', by).arn)
  }

  #allowReading({ role }: ServiceStack, Resource: string): void {
    role.allow('read-secret', 'ReadDatabaseSecret', { Action: 'secretsmanager:GetSecretValue', Resource })
  }
}
