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
    'region of every resource. A database on RDS needs one whose certificate authorities the functions know',
  ),
  PROJECT: setting(
    matching(/^(?=..)[a-z][a-z0-9]*([-_][a-z0-9]+)*$/, 'must be 2 lower-case letters or more, words joined by - or _'),
    'my_lambda',
    "name of the image repository, and prefix of other names, such as the role's",
  ),
  ENVIRONMENT: optional(
    v.pipe(
      matching(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be lower-case words joined by -, such as staging'),
      v.check((name) => name !== 'default', 'must not be default, the name of the state without it: leave it out'),
    ),
    'none',
    'prefix of every name (`ENVIRONMENT-PROJECT`), with a state of its own: environments coexist. Two deployments in an account must not share a name',
  ),
  STATE_BUCKET: optional(bucketName, 'local files', "existing bucket for Terraform's state; not that of the files"),
  DELETION_PROTECTION: setting(
    yesOrNo,
    'true',
    'prevents destruction of the database, and of a bucket or repository with contents. With `false` the contents are deleted too, except for a final snapshot of the database',
  ),
}

const network = {
  VPC_ID: optional(
    matching(/^vpc-[0-9a-f]+$/, 'must be an id like vpc-0a1b2c3d'),
    'VPC of given subnets or groups, else created',
    'VPC of the functions that use the database',
  ),
  SUBNET_IDS: optional(
    ids('subnet', 2),
    'two without `RDS` in their Name, in two zones if possible',
    'at least two; in two zones if a database is created',
  ),
  SECURITY_GROUP_IDS: optional(ids('sg', 1), 'created', "the functions' groups, such as the host's; never changed"),
  SECRETS_ENDPOINT: setting(
    v.picklist(['create', 'existing'], 'must be create or existing'),
    'create',
    "`existing` if the VPC has a NAT, or an endpoint for Secrets Manager that admits the functions' group. A created endpoint has its own DNS name, so it coexists with others",
  ),
}

const database = {
  DB_HOST: optional(
    v.string(),
    'created: MySQL 8.4',
    'host name of an existing database, which TLS verifies. Your own proxy counts as one',
  ),
  DB_PORT: setting(integerText(1, 65_535), '3306', 'port of the database'),
  DB_USER: setting(v.string(), 'admin', 'database user; the master user of a created database'),
  DB_PASS: secret("password of DB_USER at a given DB_HOST. Terraform's state contains it; DB_SECRET_ID avoids that"),
  DB_NAME: setting(v.string(), 'my_lambda', 'database name'),
  DB_SECRET_ID: optional(v.string(), 'none', 'secret with user and password in Secrets Manager; replaces both'),
  DB_TLS: optional(v.picklist(['true', 'false'], 'must be true or false'), 'on', '`false` only for a given database'),
  DB_MAX_CONNECTIONS: setting(integerText(10, 16_000), '60', 'set on a created database; the limit of a given one'),
  DB_INSTANCE_CLASS: setting(
    matching(/^db(\.[a-z0-9-]+){2}$/, 'must be a class such as db.t4g.micro'),
    'db.t4g.micro',
    'instance class of a created database',
  ),
  DB_MULTI_AZ: setting(yesOrNo, 'false', 'standby of a created database in another zone, at twice the price'),
  BACKUP_RETENTION: setting(
    integerText(0, 35),
    '7',
    "days to keep backups of a created database, 0–35. AWS's free plan refuses 7: use `1`, or `0` if that is refused too",
  ),
}

const bucket = {
  BUCKET_NAME: optional(
    bucketName,
    'created',
    'bucket for the files. **Callers can read and replace every object in a given one**: it must contain nothing else. In a created one, replaced versions expire after 90 days',
  ),
  URL_EXPIRES_IN: setting(integerText(1, 3600), '3600', 'lifetime of presigned URLs, in seconds, 1–3600'),
}

const capacity = {
  ARCHITECTURE: setting(v.picklist(['x86_64', 'arm64'], 'must be x86_64 or arm64'), 'x86_64', '`x86_64` or `arm64`'),
  RESERVED_CONCURRENCY: optional(
    integerText(1, 100_000),
    'none',
    'maximum concurrency of the function that uses the database; at most five less than `DB_MAX_CONNECTIONS`',
  ),
  PROVISIONED_CONCURRENCY: optional(integerText(1, 100_000), 'none', 'warm execution environments per API function'),
  THROTTLE_RATE: setting(integerText(1, 10_000), '500', 'steady requests per second to each API; above that, 429'),
  THROTTLE_BURST: setting(integerText(1, 5_000), '1000', 'maximum burst of requests to each API'),
}

const access = {
  API_SECURITY: setting(
    v.picklist(['open', 'iam', 'api-key', 'cognito', 'jwt'], 'must be open, iam, api-key, cognito or jwt'),
    'open',
    'authorization of callers: `open` (none), `iam` (requests signed with AWS credentials), `api-key` (header `x-api-key`, output `api_key`), `cognito` or `jwt`. OPTIONS stays open. `ALLOW_OPENING=1` permits a deployment that admits callers whom the deployed APIs refuse',
  ),
  COGNITO_USER_POOL_ARN: optional(
    matching(
      /^arn:aws[a-z-]*:cognito-idp:[a-z0-9-]+:\d{12}:userpool\/[\w-]+$/,
      'must be the ARN of a Cognito user pool',
    ),
    'none',
    'for `cognito`: ARN of the user pool',
  ),
  COGNITO_SCOPES: optional(words, 'none', 'for `cognito`: access tokens with one of them; without any, ID tokens'),
  JWT_ISSUER: optional(issuerUrl, 'none', 'for `jwt`: URL of the OpenID Connect issuer, as in `iss`'),
  JWT_AUDIENCE: optional(words, 'none', 'for `jwt`: accepted values of `aud`; a token needs one'),
  JWT_SCOPES: optional(words, 'none', 'for `jwt`: accepted values of `scope`; a token needs one'),
  WEB_ACL_ARN: optional(
    matching(
      /^arn:aws[a-z-]*:wafv2:[a-z0-9-]+:\d{12}:regional\/webacl\/[\w-]+\/[\w-]+$/,
      'must be the ARN of a regional web ACL of WAFv2',
    ),
    'none',
    'existing web application firewall (a regional web ACL of WAFv2) for every API',
  ),
  CORS_ORIGIN: v.pipe(
    commonEnvironment.CORS_ORIGIN,
    v.description('allowed origin, as browsers send it: `https://app.example.com`, `capacitor://localhost`'),
  ),
  DOMAIN_NAME: optional(
    matching(
      /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
      'must be a domain such as api.example.com',
    ),
    'none',
    'custom domain of the APIs, which then answer under no other name; point its DNS at the output `domain_target`',
  ),
  CERTIFICATE_ARN: optional(
    matching(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/, 'must be the ARN of an ACM certificate'),
    'none',
    'ACM certificate of DOMAIN_NAME',
  ),
  KMS_KEY: setting(
    matching(
      /^(aws\/lambda|create|arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+)$/,
      'must be aws/lambda, create, or the ARN of a key',
    ),
    'aws/lambda',
    "key that encrypts the functions' environment: `aws/lambda`, `create`, or an ARN",
  ),
}

const monitoring = {
  ALARM_EMAIL: optional(
    matching(/^[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+$/, 'must be one e-mail address'),
    'none, and no alarms',
    "recipient of alarms, who must confirm AWS's first e-mail. Monthly: $0.10 for each of 9 to 14 alarms, $1 for the key of their topic",
  ),
  LOG_LEVEL: v.pipe(commonEnvironment.LOG_LEVEL, v.description('minimum level of log lines')),
  LOG_RETENTION: setting(retention, '30', 'days to keep log lines, in every log group; `0` means forever'),
  ACCESS_LOGS: setting(
    v.picklist(['none', 'existing', 'create'], 'must be none, existing or create'),
    'none',
    'one log line per request to the APIs: `existing` if API Gateway has a role for logs in this account and region. `create` creates that role, replaces any other, and removes it with the deployment',
  ),
  TRACING: setting(
    yesOrNo,
    'false',
    'X-Ray traces of the first request each second and 5 % of the others, at $5 per million',
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
  'memory of its functions, in MB; CPU, and so the cold start, scales with it',
)
const digest = optional(
  imageDigest,
  'the last pushed',
  'digest, or `repository@sha256:…`, that pins the image; `make rollback` does not need it',
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
  { question: 'How is it monitored?', settings: monitoring },
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
