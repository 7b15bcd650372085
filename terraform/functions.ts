import { DataAwsEcrImage } from '@cdktf/provider-aws/lib/data-aws-ecr-image/index.js'
import { Construct } from 'constructs'
import type { AuthorizerVariables } from '../functions/authorizer/environment.ts'
import type { RdsVariables } from '../functions/rds/environment.ts'
import type { S3Variables } from '../functions/s3/environment.ts'
import { type Image, imageSetting } from '../tools/build/images.ts'
import { partitionOf } from './arn.ts'
import type { Database } from './database.ts'
import { ImageFunction } from './image-function.ts'
import type { Names } from './names.ts'
import type { Network } from './network.ts'
import { type FunctionRole, logsRole } from './role.ts'
import { sdkClients } from './sdk-clients.ts'
import type { Settings } from './settings.ts'

/** Seconds; the APIs' gateway waits 29. */
export const TIMEOUTS = { rds: 15, s3: 25 }

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

/** The Lambda functions: users and its migrations from the image `rds`, files and, where there is one, the authorizer from `s3`. */
export class Functions extends Construct {
  readonly rds: ImageFunction
  readonly rdsMigrate: ImageFunction
  readonly s3: ImageFunction
  /** Verifies tokens for both APIs. */
  readonly authorizer: ImageFunction | undefined

  constructor(scope: Construct, id: string, { settings, names, ...props }: FunctionsProps) {
    super(scope, id)
    const { bucketName, database, network, role, kmsKeyArn } = props
    const common = {
      architecture: settings.ARCHITECTURE,
      role,
      kmsKeyArn,
      logRetention: settings.LOG_RETENTION,
      tracing: settings.TRACING,
    }
    const readsSecret = database.variables.DB_SECRET_ID !== undefined
    const onDatabase = {
      ...common,
      imageUri: this.image('rds', names, settings),
      environment: { ...rdsVariables(settings, database), ...network.environment },
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
      timeout: TIMEOUTS.rds,
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
    const s3Image = this.image('s3', names, settings)
    this.s3 = new ImageFunction(this, 's3', {
      ...common,
      ...warm,
      name: names.s3,
      imageUri: s3Image,
      // A direct upload is in memory several times over: event, base64, body, part.
      memorySize: settings.MEMORY_S3,
      // An upload of 4.5 MB takes S3 a second or two; the rest is for its retries.
      timeout: TIMEOUTS.s3,
      environment: s3Variables(settings, bucketName),
      calls: sdkClients('s3'),
    })
    const environment = authorizerVariables(settings)
    this.authorizer =
      environment &&
      new ImageFunction(this, 'authorizer', {
        ...common,
        // Outside of the VPC, where it reaches the issuer; and with a role of its own, since it needs neither files nor users.
        role: logsRole(this, 'authorizer-role', {
          name: names.authorizerRole,
          partition: partitionOf(settings.AWS_REGION),
          tracing: settings.TRACING,
        }),
        name: names.authorizer,
        imageUri: s3Image,
        command: ['authorize.handler'],
        memorySize: 512,
        // Two documents of the issuer's at 3 s each, and a cold start.
        timeout: 10,
        environment,
        calls: [],
      })
  }

  /** What Lambda calls each function, by its short name. */
  get names(): Readonly<Record<string, string>> {
    const { rds, rdsMigrate, s3, authorizer } = this
    return {
      ...{ rds: rds.name, 'rds-migrate': rdsMigrate.name, s3: s3.name },
      ...(authorizer && { authorizer: authorizer.name }),
    }
  }

  /** The image's URI with its digest. A tag is looked up whenever Terraform plans, so a push changes the function. */
  private image(imageTag: Image, { repository: repositoryName }: Names, settings: Settings): string {
    const imageDigest = settings[imageSetting(imageTag)]
    const which = imageDigest === undefined ? { imageTag } : { imageDigest }
    const image = new DataAwsEcrImage(this, `${imageTag}-image`, { repositoryName, ...which })
    // By it `make dev` finds the sources, also where a digest has taken the place of the tag.
    image.overrideLogicalId(imageTag)
    return image.imageUri
  }
}

const rdsVariables = (settings: Settings, database: Database): RdsVariables => ({
  ...database.variables,
  DB_NAME: settings.DB_NAME,
  CORS_ORIGIN: settings.CORS_ORIGIN,
  LOG_LEVEL: settings.LOG_LEVEL,
})

const authorizerVariables = (settings: Settings): AuthorizerVariables | undefined => {
  const { API_SECURITY, JWT_ISSUER, JWT_AUDIENCE, JWT_SCOPES, LOG_LEVEL } = settings
  if (API_SECURITY !== 'jwt' || JWT_ISSUER === undefined || JWT_AUDIENCE === undefined) return undefined
  return {
    JWT_ISSUER,
    JWT_AUDIENCE: JWT_AUDIENCE.join(' '),
    ...(JWT_SCOPES && { JWT_SCOPES: JWT_SCOPES.join(' ') }),
    LOG_LEVEL,
  }
}

const s3Variables = (settings: Settings, bucketName: string): S3Variables => ({
  BUCKET_NAME: bucketName,
  URL_EXPIRES_IN: String(settings.URL_EXPIRES_IN),
  CORS_ORIGIN: settings.CORS_ORIGIN,
  LOG_LEVEL: settings.LOG_LEVEL,
})
