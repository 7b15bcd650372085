import { DataAwsSecretsmanagerSecret } from '@cdktf/provider-aws/lib/data-aws-secretsmanager-secret/index.js'
import { TerraformVariable } from 'cdktf'
import { Construct } from 'constructs'
import type { RdsVariables } from '../functions/rds/environment.ts'
import type { Settings } from './settings.ts'

/** What the functions need to know of the database, whoever made it. */
export interface Database {
  readonly variables: Pick<RdsVariables, 'DB_HOST' | 'DB_PORT' | 'DB_USER' | 'DB_PASS' | 'DB_SECRET_ID' | 'DB_TLS'>
  /** Of the secret that holds user and password, where the role's managed policies do not let it be read. */
  readonly secretArn?: string
}

/** A database that exists: DB_HOST, with DB_SECRET_ID or with DB_USER and a password that Terraform is given as `db_pass`. */
export class GivenDatabase extends Construct implements Database {
  readonly variables: Database['variables']
  readonly secretArn?: string

  constructor(scope: Construct, id: string, { DB_HOST = '', DB_PORT, DB_USER, DB_SECRET_ID, DB_TLS }: Settings) {
    super(scope, id)
    const server = { DB_HOST, DB_PORT: String(DB_PORT), ...(DB_TLS !== undefined && { DB_TLS }) }
    if (DB_SECRET_ID === undefined) {
      this.variables = { ...server, DB_USER, DB_PASS: this.password() }
      return
    }
    this.variables = { ...server, DB_SECRET_ID }
    // AmazonRDSDataFullAccess lets secrets of that name be read, and no other.
    if (/(^|:secret:)rds-db-credentials\//.test(DB_SECRET_ID)) return
    const by = DB_SECRET_ID.startsWith('arn:') ? { arn: DB_SECRET_ID } : { name: DB_SECRET_ID }
    this.secretArn = new DataAwsSecretsmanagerSecret(this, 'secret', by).arn
  }

  /** A variable, so that no synthesized file holds it. `make deploy` gives it DB_PASS by way of TF_VAR_db_pass. */
  private password(): string {
    const variable = new TerraformVariable(this, 'password', {
      type: 'string',
      sensitive: true,
      description: 'DB_PASS: password of DB_USER',
      validation: [
        {
          condition: `\${length(var.db_pass) > 0 && length(var.db_pass) <= 256}`,
          errorMessage: 'DB_PASS must have 1 to 256 characters. Set it, or DB_SECRET_ID in its place.',
        },
      ],
    })
    variable.overrideLogicalId('db_pass')
    return variable.stringValue
  }
}
