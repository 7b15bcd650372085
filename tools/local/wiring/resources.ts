import type { Account } from '../database/server.ts'
import type { CorsRule } from '../store/cors.ts'
import { isLocalDatabase } from './machine.ts'
import { type Block, listed, type TerraformJson, texts } from './terraform.ts'

/** Reads the RDS databases that a local server replaces. */
export function readDatabases(terraform: TerraformJson): Account[] {
  const instances = terraform.all('aws_db_instance').filter(isLocalDatabase)
  return instances.map((instance) => {
    const password = terraform.attribute(instance, 'password')
    const [name = '', user = ''] = ['db_name', 'username'].map((each) => terraform.attribute(instance, each))
    return { name, user, ...(password && { password }) }
  })
}

/** A bucket in an IAM policy: functions use it, even if Terraform does not create it. */
const BUCKET_ARN = /arn:aws[\w-]*:s3:::([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/g

/** Reads CORS rules by bucket; null for buckets that functions use but Terraform does not create. */
export function readBuckets(terraform: TerraformJson): Record<string, CorsRule[] | null> {
  const buckets: Record<string, CorsRule[] | null> = {}
  for (const type of ['aws_iam_role_policy', 'aws_iam_policy'])
    for (const { block, stack } of terraform.all(type))
      for (const [, name = ''] of terraform.expand(String(block.policy), stack).matchAll(BUCKET_ARN))
        buckets[name] = null
  const rules = terraform.all('aws_s3_bucket_cors_configuration')
  for (const bucket of terraform.all('aws_s3_bucket')) {
    const own = rules.filter((each) => terraform.follow(each, 'bucket') === bucket)
    buckets[String(terraform.attribute(bucket, 'bucket'))] = own
      .flatMap((each) => listed(each, 'cors_rule'))
      .map(readRule)
  }
  return buckets
}

function readRule(rule: Block): CorsRule {
  const list = (name: string) => texts(rule[name]).map(([, text]) => text)
  const { max_age_seconds: maxAge } = rule
  return {
    origins: list('allowed_origins'),
    methods: list('allowed_methods'),
    headers: list('allowed_headers'),
    exposed: list('expose_headers'),
    ...(typeof maxAge === 'number' && { maxAge }),
  }
}

/** Reads secret strings by ARN. */
export function readSecrets(terraform: TerraformJson): Record<string, string> {
  const secrets: Record<string, string> = {}
  for (const instance of terraform.all('aws_db_instance').filter(isLocalDatabase)) {
    if (instance.block.manage_master_user_password !== true) continue
    const of = (attribute: string) => terraform.attribute(instance, attribute)
    const account = { username: of('username'), password: of('password') }
    secrets[of('master_user_secret[0].secret_arn') ?? ''] = JSON.stringify(account)
  }
  for (const version of terraform.all('aws_secretsmanager_secret_version')) {
    const arn = terraform.attribute(terraform.follow(version, 'secret_id'), 'arn')
    const { secret_string: text } = version.block
    const value = typeof text === 'string' ? terraform.evaluate(text, version.stack) : undefined
    if (arn && value !== undefined) secrets[arn] = value
  }
  return secrets
}
