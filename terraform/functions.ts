import { DataAwsEcrImage } from '@cdktf/provider-aws/lib/data-aws-ecr-image/index.js'
import { Construct } from 'constructs'
import type { RdsVariables } from '../functions/rds/environment.ts'
import type { S3Variables } from '../functions/s3/environment.ts'
import type { Database } from './database.ts'
import { ImageFunction } from './image-function.ts'
import type { Names } from './names.ts'
import type { Network } from './network.ts'
import type { FunctionRole } from './role.ts'
import { sdkClients } from './sdk-clients.ts'
import type { Settings } from './settings.ts'

export interface FunctionsProps {
  readonly settings: Settings
  readonly names: Names
  readonly bucketName: string
  readonly database: Database
  readonly network: Network
  readonly role: FunctionRole
  /** @default the key `aws/lambda` */
  readonly kmsKeyArn: string | undefined
}

/** The Lambda functions: users and its migrations from the image `rds`, files from the image `s3`. */
export class Functions extends Construct {
  readonly rds: ImageFunction
  readonly rdsMigrate: ImageFunction
  readonly s3: ImageFunction

  constructor(scope: Construct, id: string, { settings, names, ...props }: FunctionsProps) {
    super(scope, id)
    const { bucketName, database, network, role, kmsKeyArn } = props
    const common = { architecture: settings.ARCHITECTURE, role, kmsKeyArn }
    const readsSecret = database.variables.DB_SECRET_ID !== undefined
    const onDatabase = {
      ...common,
      imageUri: this.image('rds', names, settings.IMAGE_RDS),
      environment: rdsVariables(settings, database),
      calls: sdkClients('rds').filter((service) => service !== 'secrets-manager' || readsSecret),
      network,
    }
    const warm = { provisionedConcurrency: settings.PROVISIONED_CONCURRENCY }

    this.rds = new ImageFunction(this, 'rds', {
      ...onDatabase,
      ...warm,
      name: names.rds,
      // CPU comes with memory, and a cold start is CPU; an invocation itself needs little of either.
      memorySize: settings.MEMORY_RDS,
      // A query that takes longer is lost anyway, and the answer has to leave before the gateway's 29 s.
      timeout: settings.TIMEOUT_RDS,
      reservedConcurrency: settings.RESERVED_CONCURRENCY,
    })
    this.rdsMigrate = new ImageFunction(this, 'rds-migrate', {
      ...onDatabase,
      name: names.rdsMigrate,
      command: ['index.migrate'],
      memorySize: settings.MEMORY_RDS,
      // Behind no gateway: a change to a large table may take its time.
      timeout: 300,
    })
    this.s3 = new ImageFunction(this, 's3', {
      ...common,
      ...warm,
      name: names.s3,
      imageUri: this.image('s3', names, settings.IMAGE_S3),
      // A direct upload is in memory several times over: event, base64, body, part.
      memorySize: settings.MEMORY_S3,
      // An upload of 4.5 MB takes S3 a second or two; the rest is for its retries.
      timeout: settings.TIMEOUT_S3,
      environment: s3Variables(settings, bucketName),
      calls: sdkClients('s3'),
    })
  }

  /** The image's URI with its digest. A tag is looked up whenever Terraform plans, so a push changes the function. */
  private image(imageTag: 'rds' | 's3', { repository: repositoryName }: Names, imageDigest?: string): string {
    const which = imageDigest === undefined ? { imageTag } : { imageDigest }
    return new DataAwsEcrImage(this, `${imageTag}-image`, { repositoryName, ...which }).imageUri
  }
}

const rdsVariables = (settings: Settings, database: Database): RdsVariables => ({
  ...database.variables,
  DB_PORT: String(settings.DB_PORT),
  DB_NAME: settings.DB_NAME,
  ...(settings.DB_TLS !== undefined && { DB_TLS: settings.DB_TLS }),
  CORS_ORIGIN: settings.CORS_ORIGIN,
  LOG_LEVEL: settings.LOG_LEVEL,
})

const s3Variables = (settings: Settings, bucketName: string): S3Variables => ({
  BUCKET_NAME: bucketName,
  URL_EXPIRES_IN: String(settings.URL_EXPIRES_IN),
  CORS_ORIGIN: settings.CORS_ORIGIN,
  LOG_LEVEL: settings.LOG_LEVEL,
})
