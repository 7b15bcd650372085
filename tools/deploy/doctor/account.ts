import { APIGatewayClient, GetAccountCommand } from '@aws-sdk/client-api-gateway'
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { GetBucketEncryptionCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3'
import type { Settings } from '../../../terraform/settings.ts'
import type { Resource } from '../../local/wiring/terraform.ts'
import { callerIdentity, clientOptions } from '../aws.ts'
import { fixOf, unreached } from '../aws-errors.ts'
import type { Stack } from '../cdktf/stacks.ts'
import type { Finding } from './finding.ts'
import { actionsOf, seePermissions } from './permissions.ts'
import { secretsEndpoint } from './vpc-endpoint.ts'

/** Checks what a deployment needs of the account. Without credentials, these are the one finding. */
export async function checkAccount(settings: Settings, stacks: readonly Stack[]): Promise<Finding[]> {
  const { AWS_REGION: region } = settings
  const identity = await callerIdentity().catch((error: Error) => error)
  if (identity instanceof Error) {
    const text = `${identity.name}: ${identity.message}`
    return [{ name: 'AWS account', text, fix: fixOf(identity, region) ?? unreached(region) }]
  }
  const found = await Promise.all([
    seePermissions(identity.arn, region, actionsOf(stacks)),
    lambdaQuota(stacks),
    accessLogs(stacks),
    givenBuckets(settings, stacks),
    secretsEndpoint(settings),
  ])
  return [
    { name: 'AWS account', text: `${identity.account}, as ${identity.arn}` },
    { name: 'Region', text: region },
    ...found.flat(),
  ]
}

/** A check that lacks a permission says nothing about deploying. */
const unseen =
  (name: string, what: string) =>
  (error: Error): Finding[] => [{ name, text: `${what} cannot be seen (${error.name})`, unsure: true }]

const resourcesOf = (stacks: readonly Stack[], type: string): [Resource, Stack][] =>
  stacks.flatMap((stack) => stack.terraform.all(type).map((resource): [Resource, Stack] => [resource, stack]))

/** Invocations at a time that Lambda leaves to functions without a reservation. */
const UNRESERVED = 100

async function lambdaQuota(stacks: readonly Stack[]): Promise<Finding[]> {
  const name = 'Quota'
  const reservations = resourcesOf(stacks, 'aws_lambda_function').map(
    ([{ block }]) => Number(block.reserved_concurrent_executions) || 0,
  )
  // Within a function's own reservation, provisioned concurrency takes no more.
  const provisioned = resourcesOf(stacks, 'aws_lambda_provisioned_concurrency_config').map(([each, { terraform }]) =>
    terraform.follow(each, 'function_name').block.reserved_concurrent_executions === undefined
      ? Number(each.block.provisioned_concurrent_executions)
      : 0,
  )
  const reserved = [...reservations, ...provisioned].reduce((sum, each) => sum + each, 0)
  try {
    const { AccountLimit } = await new LambdaClient(clientOptions()).send(new GetAccountSettingsCommand())
    const { ConcurrentExecutions: all = 0, UnreservedConcurrentExecutions: left = 0 } = AccountLimit ?? {}
    const text = `${all} invocations at a time, ${left} of them not reserved`
    // Not held against what is left: that lacks what this deployment has reserved already.
    if (reserved > 0 && all - reserved < UNRESERVED) {
      const fix = `lower reserved and provisioned concurrency: they take ${reserved}, and Lambda leaves ${Math.max(all - UNRESERVED, 0)} here; or ask for a higher quota (Service Quotas, Lambda, Concurrent executions)`
      return [{ name, text, fix }]
    }
    if (all < UNRESERVED) return [{ name, text: `${text}: enough to try, and little for callers`, unsure: true }]
    return [{ name, text }]
  } catch (error) {
    return unseen(name, "Lambda's quota")(error as Error)
  }
}

async function accessLogs(stacks: readonly Stack[]): Promise<Finding[]> {
  const name = 'Access logs'
  const [account] = resourcesOf(stacks, 'aws_api_gateway_account')
  const logged = resourcesOf(stacks, 'aws_api_gateway_stage').some(([{ block }]) => block.access_log_settings)
  if (!account && !logged) return []
  try {
    const { cloudwatchRoleArn: role } = await new APIGatewayClient(clientOptions()).send(new GetAccountCommand())
    if (!account && role) return [{ name, text: `API Gateway writes them as ${role}` }]
    if (!account) {
      const fix = 'set ACCESS_LOGS=create, which makes one for this account and region'
      return [{ name, text: 'API Gateway has no role for them', fix }]
    }
    const [resource, { terraform }] = account
    const own = terraform.text(terraform.follow(resource, 'cloudwatch_role_arn'), 'name')
    if (!role || role.endsWith(`/${own}`)) return [{ name, text: "API Gateway's role for them is this deployment's" }]
    const text = `${role} is replaced, for every API of the region: ACCESS_LOGS=existing keeps it`
    return [{ name, text, unsure: true }]
  } catch (error) {
    return unseen(name, "API Gateway's role for logs")(error as Error)
  }
}

/** Buckets that roles may use and no stack creates: a function would notice what is wrong at its first request. */
async function givenBuckets(settings: Settings, stacks: readonly Stack[]): Promise<Finding[]> {
  const policies = resourcesOf(stacks, 'aws_iam_role_policy')
  const found = policies.flatMap(([policy, { terraform }]) =>
    [...String(policy.block.policy).matchAll(/arn:[\w-]+:s3:::([a-z0-9.-]+)/g)].map(
      ([, bucket = '']) => [bucket, terraform.text(terraform.follow(policy, 'role'), 'name')] as const,
    ),
  )
  return Promise.all([...new Map(found)].map(([bucket, role]) => givenBucket(bucket, role, settings)))
}

async function givenBucket(Bucket: string, role: string, settings: Settings): Promise<Finding> {
  const name = 'Bucket'
  const s3 = new S3Client(clientOptions())
  const status = await s3.send(new HeadBucketCommand({ Bucket })).then(
    () => 200,
    (error: { $metadata?: { httpStatusCode?: number } }) => error.$metadata?.httpStatusCode ?? 0,
  )
  const [setting] = Object.entries(settings).find(([, value]) => value === Bucket) ?? ['the setting that names it']
  const answer = `the bucket ${Bucket} answers ${status}`
  if (status === 404) return { name, text: answer, fix: `correct ${setting}, or leave it out, and a bucket is created` }
  if (status === 301)
    return {
      name,
      text: answer,
      fix: `give one in AWS_REGION, ${settings.AWS_REGION}: links to another region's lead nowhere`,
    }
  if (status !== 200) return { name, text: `the bucket ${Bucket} cannot be seen (${status})`, unsure: true }
  const { ServerSideEncryptionConfiguration: encryption } = await s3
    .send(new GetBucketEncryptionCommand({ Bucket }))
    .catch(() => ({ ServerSideEncryptionConfiguration: undefined }))
  const key = encryption?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID
  const text = `functions may read and replace every object of ${Bucket}`
  if (key === undefined || key.endsWith('alias/aws/s3')) return { name, text, unsure: true }
  const policy = `it is encrypted by ${key}, whose policy has to let the role ${role} use kms:GenerateDataKey and kms:Decrypt`
  return { name, text: `${text}; ${policy}`, unsure: true }
}
