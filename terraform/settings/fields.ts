import { globSync } from 'node:fs'
import { resolve } from 'node:path'
import * as v from 'valibot'
import { issuerUrl, words } from '../../functions/authorizer/environment.ts'
import { commonEnvironment } from '../../functions/http/read-environment.ts'
import { integerText } from '../../functions/http/text.ts'
import { bucketName, ids, imageDigest, matching, optional, retention, secret, setting, yesOrNo } from './schemas.ts'

/*
 * All settings, grouped by question. To add one, declare it here and in the environment schema of the function that reads it
 * (functions/<name>/environment.ts). Terraform, the workflow and `make doctor` follow; `make docs` writes docs/settings.md.
 * A setting that no function and no construct reads has no effect.
 */

const place = {
  AWS_REGION: setting(
    matching(/^[a-z]{2,3}(-[a-z]+)+-\d$/, 'must be a region such as ap-northeast-2'),
    'ap-northeast-2',
    'where everything is; a database has to be in a region whose certificate authorities the functions know',
  ),
  PROJECT: setting(
    matching(/^(?=..)[a-z][a-z0-9]*([-_][a-z0-9]+)*$/, 'must be 2 lower-case letters or more, words joined by - or _'),
    'my_lambda',
    "name of the repository, and the beginning of the role's and others",
  ),
  ENVIRONMENT: optional(
    v.pipe(
      matching(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be lower-case words joined by -, such as staging'),
      v.check((name) => name !== 'default', 'must not be default: leave it out, since its state is under that name'),
    ),
    'none',
    'prefix of every name, and a state of its own: environments side by side. Names are `ENVIRONMENT-PROJECT`, and two deployments of an account must not share one',
  ),
  STATE_BUCKET: optional(bucketName, 'local files', "existing bucket for Terraform's state; not that of the files"),
  DELETION_PROTECTION: setting(
    yesOrNo,
    'true',
    'database, bucket with files and repository with images refuse to be destroyed; with `false` their contents go as well, but for a last snapshot of the database',
  ),
}

const network = {
  VPC_ID: optional(
    matching(/^vpc-[0-9a-f]+$/, 'must be an id like vpc-0a1b2c3d'),
    'that of given subnets or groups, else created',
    'VPC of the functions that use the database',
  ),
  SUBNET_IDS: optional(
    ids('subnet', 2),
    'two whose Name has no `RDS`, in two zones if possible',
    'at least two; in two zones where a database is created',
  ),
  SECURITY_GROUP_IDS: optional(ids('sg', 1), 'created', "the host's groups; never changed"),
  SECRETS_ENDPOINT: setting(
    v.picklist(['create', 'existing'], 'must be create or existing'),
    'create',
    "`existing` where the VPC has an endpoint for Secrets Manager, which lets the functions' group in, or a NAT. The created one has a name of its own, so it stands beside others",
  ),
}

const database = {
  DB_HOST: optional(
    v.string(),
    'created: MySQL 8.4',
    'host of a database that exists, by its name: TLS verifies it. A proxy of your own counts as one',
  ),
  DB_PORT: setting(integerText(1, 65_535), '3306', 'its port'),
  DB_USER: setting(v.string(), 'admin', "its user; a created database's master"),
  DB_PASS: secret("password of DB_USER at a given DB_HOST; ends up in Terraform's state, which DB_SECRET_ID avoids"),
  DB_NAME: setting(v.string(), 'my_lambda', 'database name'),
  DB_SECRET_ID: optional(v.string(), 'none', 'secret with user and password in Secrets Manager, in place of both'),
  DB_TLS: optional(v.picklist(['true', 'false'], 'must be true or false'), 'on', '`false` only for a given database'),
  DB_MAX_CONNECTIONS: setting(integerText(10, 16_000), '60', 'set on a created database, told of a given one'),
  DB_INSTANCE_CLASS: setting(
    matching(/^db(\.[a-z0-9-]+){2}$/, 'must be a class such as db.t4g.micro'),
    'db.t4g.micro',
    'of a created database',
  ),
  DB_MULTI_AZ: setting(yesOrNo, 'false', 'a created database has a standby in another zone, at twice the price'),
  BACKUP_RETENTION: setting(
    integerText(0, 35),
    '7',
    "days that a created database's backups are kept, 0–35. AWS's free plan refuses it: `1`, or `0` where that is refused too",
  ),
}

const bucket = {
  BUCKET_NAME: optional(
    bucketName,
    'created',
    'bucket for the files. **Callers read and replace every object of a given one**: give one that holds nothing else. In a created one replaced versions expire after 90 days',
  ),
  URL_EXPIRES_IN: setting(integerText(1, 3600), '3600', 'seconds that presigned URLs are good for, 1–3600'),
}

const capacity = {
  ARCHITECTURE: setting(v.picklist(['x86_64', 'arm64'], 'must be x86_64 or arm64'), 'x86_64', 'or `arm64`'),
  RESERVED_CONCURRENCY: optional(
    integerText(1, 100_000),
    'none',
    'invocations at a time of the function that uses the database; five less than `DB_MAX_CONNECTIONS` at most',
  ),
  PROVISIONED_CONCURRENCY: optional(integerText(1, 100_000), 'none', "warm environments of each API's function"),
  THROTTLE_RATE: setting(integerText(1, 10_000), '500', 'requests a second of each API, in the long run; then 429'),
  THROTTLE_BURST: setting(integerText(1, 5_000), '1000', 'requests at once'),
}

const access = {
  API_SECURITY: setting(
    v.picklist(['open', 'iam', 'api-key', 'cognito', 'jwt'], 'must be open, iam, api-key, cognito or jwt'),
    'open',
    'who may call: `open`, anyone; `iam`, requests signed by AWS credentials; `api-key`, header `x-api-key` (output `api_key`); `cognito`; `jwt`. OPTIONS stays open. A deployment that would let in callers whom the deployed APIs refuse stops: `ALLOW_OPENING=1`',
  ),
  COGNITO_USER_POOL_ARN: optional(
    matching(
      /^arn:aws[a-z-]*:cognito-idp:[a-z0-9-]+:\d{12}:userpool\/[\w-]+$/,
      'must be the ARN of a Cognito user pool',
    ),
    'none',
    'for `cognito`: the pool',
  ),
  COGNITO_SCOPES: optional(words, 'none', 'for `cognito`: access tokens with one of them; without any, the ID tokens'),
  JWT_ISSUER: optional(issuerUrl, 'none', "for `jwt`: an OpenID Connect issuer's URL as in `iss`"),
  JWT_AUDIENCE: optional(words, 'none', 'for `jwt`: what `aud` must have one of'),
  JWT_SCOPES: optional(words, 'none', 'for `jwt`: what `scope` must have one of, if anything'),
  WEB_ACL_ARN: optional(
    matching(
      /^arn:aws[a-z-]*:wafv2:[a-z0-9-]+:\d{12}:regional\/webacl\/[\w-]+\/[\w-]+$/,
      'must be the ARN of a regional web ACL of WAFv2',
    ),
    'none',
    'web application firewall (a regional web ACL of WAFv2) that exists, before every API',
  ),
  CORS_ORIGIN: v.pipe(
    commonEnvironment.CORS_ORIGIN,
    v.description('of every API; an origin as browsers send it: `https://app.example.com`, `capacitor://localhost`'),
  ),
  DOMAIN_NAME: optional(
    matching(
      /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
      'must be a domain such as api.example.com',
    ),
    'none',
    'domain before the APIs, which then answer under no other name; point its DNS at the output `domain_target`',
  ),
  CERTIFICATE_ARN: optional(
    matching(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/, 'must be the ARN of an ACM certificate'),
    'none',
    'the certificate of that domain',
  ),
  KMS_KEY: setting(
    matching(
      /^(aws\/lambda|create|arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+)$/,
      'must be aws/lambda, create, or the ARN of a key',
    ),
    'aws/lambda',
    "or `create`, or a key's ARN: encrypts the functions' environment",
  ),
}

const monitoring = {
  ALARM_EMAIL: optional(
    matching(/^[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+$/, 'must be one e-mail address'),
    'none, and no alarms',
    "who is told; has to confirm AWS's first e-mail. $0.10 a month for each of 9 to 14 alarms, $1 for the key of their topic",
  ),
  LOG_LEVEL: v.pipe(commonEnvironment.LOG_LEVEL, v.description('of every function')),
  LOG_RETENTION: setting(retention, '30', 'days that log lines are kept, for every log group; `0` for ever'),
  ACCESS_LOGS: setting(
    v.picklist(['none', 'existing', 'create'], 'must be none, existing or create'),
    'none',
    'a line for each request to the APIs: `existing` where API Gateway has a role for logs in this account and region; `create` makes it, in place of any other, and takes it away when destroyed',
  ),
  TRACING: setting(
    yesOrNo,
    'false',
    'X-Ray traces: $5 per million, of the first request a second and 5 % of the others',
  ),
}

/** Names of the container images. Each has a `Dockerfile_<name>`, code in `functions/<name>/`, and a tag in the repository. */
export const images: readonly string[] = globSync('Dockerfile_*', { cwd: resolve(import.meta.dirname, '../..') })
  .map((file) => file.slice('Dockerfile_'.length))
  .sort()

/** Names of an image's settings: the digest to run instead of the last push, and the memory of its functions. */
export function imageSettings(image: string) {
  const suffix = image.toUpperCase().replaceAll('-', '_')
  return { digest: `IMAGE_${suffix}`, memory: `MEMORY_${suffix}` } as const
}

const memory = setting(
  integerText(128, 10_240),
  '512',
  'MB of its functions; CPU comes with it, and a cold start is CPU',
)
const digest = optional(
  imageDigest,
  'the last pushed',
  'a digest, or `repository@sha256:…`, that stays whatever is pushed; `make rollback` needs none',
)
const byImage: Readonly<Record<string, v.GenericSchema>> = Object.assign(
  {},
  ...images.map(imageSettings).map((names) => ({ [names.memory]: memory, [names.digest]: digest })),
)

const fields = { ...place, ...network, ...database, ...bucket, ...capacity, ...access, ...monitoring }

/** Settings grouped by question, as in docs/settings.md. A group with a resource type applies only if a stack has such a resource. */
export const settingGroups: readonly SettingGroup[] = [
  { question: 'Where does it go?', settings: place },
  { question: 'Which network?', settings: network, about: 'aws_db_instance' },
  { question: 'Which database?', settings: database, about: 'aws_db_instance' },
  { question: 'Which bucket?', settings: bucket, about: 'aws_s3_bucket' },
  { question: 'How much, and how fast?', settings: { ...capacity, ...byImage } },
  { question: 'Who gets in, and by which name?', settings: access },
  { question: 'Who hears of it?', settings: monitoring },
]

interface SettingGroup {
  readonly question: string
  readonly settings: Readonly<Record<string, v.GenericSchema>>
  readonly about?: string
}

export const settingsSchema = v.object({ ...fields, ...(byImage as object) })

/** Settings of a deployment. */
export type Settings = v.InferOutput<v.ObjectSchema<typeof fields, undefined>> & {
  readonly [name: `IMAGE_${string}`]: string | undefined
  readonly [name: `MEMORY_${string}`]: number | undefined
}
