import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import * as v from 'valibot'
import { commonEnvironment, integerText } from '../functions/http/environment.ts'

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

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const bucketName = v.pipe(
  v.string(),
  v.check(
    (name) => /^[a-z0-9]([a-z0-9.-]{1,61})[a-z0-9]$/.test(name) && !/\.\.|^\d+(\.\d+){3}$|^xn--|-s3alias$/.test(name),
    'must be 3 to 63 lower-case letters, digits, hyphens or dots, and begin and end with a letter or a digit',
  ),
)

const settingsSchema = v.object({
  AWS_REGION: v.optional(
    matching(/^[a-z]{2,3}(-[a-z]+)+-\d$/, 'must be a region such as ap-northeast-2'),
    'ap-northeast-2',
  ),
  /** Name of the repository, and the beginning of the role's. */
  PROJECT: v.optional(
    matching(/^[a-z][a-z0-9]*([-_][a-z0-9]+)*$/, 'must be lower-case words joined by - or _, such as my_lambda'),
    'my_lambda',
  ),
  ARCHITECTURE: v.optional(v.picklist(['x86_64', 'arm64'], 'must be x86_64 or arm64'), 'x86_64'),
  VPC_ID: v.optional(matching(/^vpc-[0-9a-f]+$/, 'must be an id like vpc-0a1b2c3d')),
  SUBNET_IDS: v.optional(ids('subnet', 2)),
  SECURITY_GROUP_IDS: v.optional(ids('sg', 1)),
  DB_HOST: v.optional(v.string()),
  DB_PORT: v.optional(integerText(1, 65_535), '3306'),
  DB_USER: v.optional(v.string()),
  DB_NAME: v.optional(v.string(), 'my_lambda'),
  DB_SECRET_ID: v.optional(v.string()),
  DB_TLS: v.optional(v.picklist(['true', 'false'], 'must be true or false')),
  BUCKET_NAME: v.optional(bucketName),
  URL_EXPIRES_IN: v.optional(integerText(1, 3600), '3600'),
  KMS_KEY: v.optional(
    matching(
      /^(aws\/lambda|create|arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/.+)$/,
      'must be aws/lambda, create, or the ARN of a key',
    ),
    'aws/lambda',
  ),
  ...commonEnvironment,
  API_SECURITY: v.optional(v.picklist(['open'], 'must be open: no other kind is built in yet'), 'open'),
})

/** What can be chosen before a deployment. DB_PASS is missing on purpose: synthesized files must not hold it. */
export type Settings = v.InferOutput<typeof settingsSchema>

type Variables = Readonly<Record<string, string | undefined>>

/** The settings are wrong. The message names each that is, and says what it has to be. */
export class SettingsError extends Error {
  override name = 'SettingsError'
}

/** The environment, and below it what `.env` in the project's folder says. */
export function settingsVariables(file = new URL('../.env', import.meta.url)): Variables {
  try {
    return { ...parseEnv(readFileSync(file, 'utf8')), ...process.env }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return process.env
    throw error
  }
}

/**
 * Checks the settings; an empty one counts as left out.
 * @throws SettingsError that tells every problem at once.
 */
export function readSettings(variables: Variables): Settings {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''))
  const result = v.safeParse(settingsSchema, given)
  if (result.success) return result.output
  const problems: Record<string, string> = {}
  for (const { path, message } of result.issues) problems[String(path?.[0]?.key)] ??= message
  const lines = Object.entries(problems).map(([name, advice]) => `  ${name}=${given[name]} ${advice}`)
  throw new SettingsError(`Wrong settings (environment or .env):\n${lines.join('\n')}`)
}
