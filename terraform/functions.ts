import { DataAwsEcrImage } from '@cdktf/provider-aws/lib/data-aws-ecr-image/index.js'
import { Construct } from 'constructs'
import type { RdsVariables } from '../functions/rds/environment.ts'
import type { S3Variables } from '../functions/s3/environment.ts'
import { givenOrAsked } from './given-or-asked.ts'
import { ImageFunction } from './image-function.ts'
import type { Network } from './network.ts'
import type { FunctionRole } from './role.ts'
import type { Settings } from './settings.ts'

export interface FunctionsProps {
  readonly settings: Settings
  readonly bucketName: string
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

  constructor(scope: Construct, id: string, { settings, bucketName, network, role, kmsKeyArn }: FunctionsProps) {
    super(scope, id)
    const { ARCHITECTURE: architecture, PROJECT: repositoryName } = settings
    const common = { architecture, role, kmsKeyArn }
    // The tag is read when Terraform plans; what it gives the functions is the digest, so a push changes them.
    const rdsImage = new DataAwsEcrImage(this, 'rds-image', { repositoryName, imageTag: 'rds' })
    const s3Image = new DataAwsEcrImage(this, 's3-image', { repositoryName, imageTag: 's3' })
    const rdsVariables = this.rdsVariables(settings)

    this.rds = new ImageFunction(this, 'rds', {
      ...common,
      name: 'rds',
      imageUri: rdsImage.imageUri,
      // CPU comes with memory, and a cold start is CPU; an invocation itself needs little of either.
      memorySize: 512,
      // A query that takes longer is lost anyway, and the answer has to leave before the gateway's 29 s.
      timeout: 15,
      environment: rdsVariables,
      network,
    })
    this.rdsMigrate = new ImageFunction(this, 'rds-migrate', {
      ...common,
      name: 'rds-migrate',
      imageUri: rdsImage.imageUri,
      command: ['index.migrate'],
      memorySize: 512,
      // Behind no gateway: a change to a large table may take its time.
      timeout: 300,
      environment: rdsVariables,
      network,
    })
    this.s3 = new ImageFunction(this, 's3', {
      ...common,
      name: 's3',
      imageUri: s3Image.imageUri,
      // A direct upload is in memory several times over: event, base64, body, part.
      memorySize: 512,
      // An upload of 4.5 MB takes S3 a second or two; the rest is for its retries.
      timeout: 25,
      environment: {
        BUCKET_NAME: bucketName,
        URL_EXPIRES_IN: String(settings.URL_EXPIRES_IN),
        CORS_ORIGIN: settings.CORS_ORIGIN,
        LOG_LEVEL: settings.LOG_LEVEL,
      } satisfies S3Variables,
    })
  }

  private rdsVariables(settings: Settings): RdsVariables {
    const { DB_HOST, DB_PORT, DB_NAME, DB_TLS, DB_SECRET_ID, CORS_ORIGIN, LOG_LEVEL } = settings
    return {
      DB_HOST: givenOrAsked(this, 'DB_HOST', DB_HOST, 'Host name of the MySQL database'),
      DB_PORT: String(DB_PORT),
      DB_NAME,
      ...(DB_SECRET_ID === undefined ? this.credentials(settings.DB_USER) : { DB_SECRET_ID }),
      ...(DB_TLS === undefined ? {} : { DB_TLS }),
      CORS_ORIGIN,
      LOG_LEVEL,
    }
  }

  private credentials(user: string | undefined): Pick<RdsVariables, 'DB_USER' | 'DB_PASS'> {
    return {
      DB_USER: givenOrAsked(this, 'DB_USER', user, 'User of the MySQL database'),
      DB_PASS: givenOrAsked(this, 'DB_PASS', undefined, 'Password of that user', { sensitive: true }),
    }
  }
}
