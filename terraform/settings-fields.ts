import * as v from 'valibot'
import { issuerUrl, words } from '../functions/authorizer/environment.ts'
import { commonEnvironment } from '../functions/http/read-environment.ts'
import { integerText } from '../functions/http/text.ts'
import { type ImageSetting, imageSetting, images } from '../tools/build/images.ts'

const matching = (pattern: RegExp, advice: string) => v.pipe(v.string(), v.regex(pattern, advice))

/** Comma-separated ids, as `SUBNET_IDS=subnet-1a,subnet-2b` has them. */
const ids = (prefix: string, minimum: number) =>
  v.pipe(
    v.string(),
    v.transform((text) => text.split(',').map((id) => id.trim())),
    v.array(
      matching(new RegExp(`^${prefix}-[0-9a-f]+$`), `must list ids like ${prefix}-0a1b2c3d, separated by commas`),
    ),
    v.minLength(minimum, `must have at least ${minimum} ids: a Lambda function should survive the loss of a zone`),
    v.check((list) => new Set(list).size === list.length, 'must not name an id twice'),
  )

const yesOrNo = v.pipe(
  v.picklist(['true', 'false'], 'must be true or false'),
  v.transform((text) => text === 'true'),
)

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export const bucketName = v.pipe(
  v.string(),
  v.regex(
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    'must be 3 to 63 lower-case letters, digits, hyphens or dots, and begin and end with a letter or a digit',
  ),
  v.check((name) => !/\.\.|^\d+(\.\d+){3}$/.test(name), 'must not look like an IP address, nor have two dots in a row'),
  v.check(
    (name) => !/^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name),
    'must not begin or end with what S3 keeps for itself (xn--, sthree-, amzn-s3-demo-; -s3alias, --ol-s3, .mrap, --x-s3, --table-s3)',
  ),
)

/** A tag can move between two plans, and Lambda would not follow it: only a digest says which image. */
const imageDigest = v.pipe(
  matching(
    /^([^@\s]+@)?sha256:[0-9a-f]{64}$/,
    'must be a digest, sha256:<64 hex digits> or repository@sha256:<…>: a tag does not say which image',
  ),
  v.transform((text) => text.slice(text.indexOf('sha256:'))),
)

/** `IMAGE_RDS`, `IMAGE_S3`: images in place of the last ones pushed, which the tags name: to roll back. */
const imageSettings = Object.fromEntries(
  images.map((image) => [imageSetting(image), v.optional(imageDigest)]),
) as Record<ImageSetting, v.OptionalSchema<typeof imageDigest, undefined>>

/** MB. */
const memory = integerText(128, 10_240)

/** Days: what CloudWatch Logs takes, and 0 for ever. */
const RETENTIONS = [
  ...[0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731],
  ...[1096, 1827, 2192, 2557, 2922, 3288, 3653],
].map(String)
const retention = v.pipe(
  v.picklist(
    RETENTIONS,
    `must be a number of days that CloudWatch takes: ${RETENTIONS.join(', ')}; 0 keeps them for ever`,
  ),
  v.transform(Number),
)

/** Every setting, with its default. All are optional: what is left out is created, or has the course's name. */
export const settingsSchema = v.object({
  AWS_REGION: v.optional(
    matching(/^[a-z]{2,3}(-[a-z]+)+-\d$/, 'must be a region such as ap-northeast-2'),
    'ap-northeast-2',
  ),
  /** Name of the repository, and the beginning of the role's. */
  PROJECT: v.optional(
    matching(/^[a-z][a-z0-9]*([-_][a-z0-9]+)*$/, 'must be lower-case words joined by - or _, such as my_lambda'),
    'my_lambda',
  ),
  /** Prefix of every name and of the state, so that several environments stand side by side. */
  ENVIRONMENT: v.optional(
    v.pipe(
      matching(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be lower-case words joined by -, such as staging'),
      v.check((name) => name !== 'default', 'must not be default: leave it out, since its state is under that name'),
    ),
  ),
  /** Bucket for Terraform's state. It has to exist. */
  STATE_BUCKET: v.optional(bucketName),
  /** Whether the database, a bucket with files and a repository with images refuse to be destroyed. */
  DELETION_PROTECTION: v.optional(yesOrNo, 'true'),

  ARCHITECTURE: v.optional(v.picklist(['x86_64', 'arm64'], 'must be x86_64 or arm64'), 'x86_64'),
  ...imageSettings,

  VPC_ID: v.optional(matching(/^vpc-[0-9a-f]+$/, 'must be an id like vpc-0a1b2c3d')),
  SUBNET_IDS: v.optional(ids('subnet', 2)),
  SECURITY_GROUP_IDS: v.optional(ids('sg', 1)),
  /** `existing` where the VPC has an endpoint for Secrets Manager, or a NAT gateway. */
  SECRETS_ENDPOINT: v.optional(v.picklist(['create', 'existing'], 'must be create or existing'), 'create'),

  DB_HOST: v.optional(v.string()),
  DB_PORT: v.optional(integerText(1, 65_535), '3306'),
  DB_USER: v.optional(v.string(), 'admin'),
  DB_NAME: v.optional(v.string(), 'my_lambda'),
  DB_SECRET_ID: v.optional(v.string()),
  DB_TLS: v.optional(v.picklist(['true', 'false'], 'must be true or false')),
  DB_INSTANCE_CLASS: v.optional(
    matching(/^db(\.[a-z0-9-]+){2}$/, 'must be a class such as db.t4g.micro'),
    'db.t4g.micro',
  ),
  /** `max_connections` of the server; the default is what its memory gives a db.t4g.micro. */
  DB_MAX_CONNECTIONS: v.optional(integerText(10, 16_000), '60'),
  /** A standby in another zone, which takes over where the first one fails. */
  DB_MULTI_AZ: v.optional(yesOrNo, 'false'),
  /** Days that backups are kept. AWS's free plan refuses more than 1, and in some accounts more than 0. */
  BACKUP_RETENTION: v.optional(integerText(0, 35), '7'),

  BUCKET_NAME: v.optional(bucketName),
  URL_EXPIRES_IN: v.optional(integerText(1, 3600), '3600'),
  KMS_KEY: v.optional(
    matching(
      /^(aws\/lambda|create|arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+)$/,
      'must be aws/lambda, create, or the ARN of a key',
    ),
    'aws/lambda',
  ),

  MEMORY_RDS: v.optional(memory, '512'),
  MEMORY_S3: v.optional(memory, '512'),
  /** Invocations of `rds` at a time, and so connections. Left out, the account's quota is the limit. */
  RESERVED_CONCURRENCY: v.optional(integerText(1, 100_000)),
  /** Execution environments of each API's function that are kept warm. */
  PROVISIONED_CONCURRENCY: v.optional(integerText(1, 100_000)),
  ...commonEnvironment,

  /** Who may call the APIs. */
  API_SECURITY: v.optional(
    v.picklist(['open', 'iam', 'api-key', 'cognito', 'jwt'], 'must be open, iam, api-key, cognito or jwt'),
    'open',
  ),
  COGNITO_USER_POOL_ARN: v.optional(
    matching(
      /^arn:aws[a-z-]*:cognito-idp:[a-z0-9-]+:\d{12}:userpool\/[\w-]+$/,
      'must be the ARN of a Cognito user pool',
    ),
  ),
  /** Without any, ID tokens are taken; with some, access tokens that have one of them. */
  COGNITO_SCOPES: v.optional(words),
  JWT_ISSUER: v.optional(issuerUrl),
  JWT_AUDIENCE: v.optional(words),
  JWT_SCOPES: v.optional(words),
  /** Requests a second that each API takes in the long run, and at once; beyond it the answer is 429. */
  THROTTLE_RATE: v.optional(integerText(1, 10_000), '500'),
  THROTTLE_BURST: v.optional(integerText(1, 5_000), '1000'),

  /** Who is told. Left out there are no alarms: each costs, and nobody would hear it. */
  ALARM_EMAIL: v.optional(matching(/^[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+$/, 'must be one e-mail address')),
  LOG_RETENTION: v.optional(retention, '30'),
  /** `existing` where API Gateway has a role for logs already: there is one for an account and region. */
  ACCESS_LOGS: v.optional(v.picklist(['none', 'existing', 'create'], 'must be none, existing or create'), 'none'),
  TRACING: v.optional(yesOrNo, 'false'),

  /** A web application firewall that exists, put before both APIs. */
  WEB_ACL_ARN: v.optional(
    matching(
      /^arn:aws[a-z-]*:wafv2:[a-z0-9-]+:\d{12}:regional\/webacl\/[\w-]+\/[\w-]+$/,
      'must be the ARN of a regional web ACL of WAFv2',
    ),
  ),
  DOMAIN_NAME: v.optional(
    matching(
      /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
      'must be a domain such as api.example.com',
    ),
  ),
  CERTIFICATE_ARN: v.optional(
    matching(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/, 'must be the ARN of an ACM certificate'),
  ),
})

/** What can be chosen before a deployment. DB_PASS is missing on purpose: synthesized files must not hold it. */
export type Settings = v.InferOutput<typeof settingsSchema>
