import { APIGatewayClient, GetAccountCommand } from '@aws-sdk/client-api-gateway'
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { GetBucketEncryptionCommand, HeadBucketCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { namesOf } from '../../terraform/names.ts'
import type { Settings } from '../../terraform/settings.ts'
import type { TerraformJson } from '../local/wiring/terraform.ts'
import { callerIdentity, registryCredentials } from './aws.ts'
import { fixOf, unreached } from './aws-errors.ts'
import type { Finding } from './checks.ts'
import { secretsEndpoint } from './endpoint-check.ts'
import { actionsOf, seePermissions } from './permissions.ts'
import { clientOptions } from './shell.ts'

/** Invocations at a time that Lambda leaves to functions without a reservation. */
const UNRESERVED = 100

/** What a deployment needs of the account; the rest is not looked at without credentials. */
export async function checkAccount(settings: Settings, terraform: TerraformJson): Promise<Finding[]> {
  const identity = await callerIdentity().catch((error: Error) => error)
  if (identity instanceof Error) {
    const text = `${identity.name}: ${identity.message}`
    return [{ name: 'AWS account', text, fix: fixOf(identity, settings.AWS_REGION) ?? unreached(settings.AWS_REGION) }]
  }
  const found = await Promise.all([
    seePermissions(identity.arn, settings.AWS_REGION, actionsOf(terraform)),
    registry(),
    lambdaQuota(settings),
    accessLogs(settings),
    stateBucket(settings),
    fileBucket(settings),
    secretsEndpoint(settings),
  ])
  return [
    { name: 'AWS account', text: `${identity.account}, as ${identity.arn}` },
    { name: 'Region', text: settings.AWS_REGION },
    ...found.flat(),
  ]
}

/** What cannot be seen tells nothing about deploying: to look is a permission of its own. */
const unseen =
  (name: string, what: string) =>
  (error: Error): Finding[] => [{ name, text: `${what} cannot be seen (${error.name})`, unsure: true }]

async function registry(): Promise<Finding[]> {
  const name = 'Registry'
  return registryCredentials().then(
    () => [{ name, text: 'Amazon ECR gives a token' }],
    (error: Error) => [
      {
        name,
        text: `Amazon ECR gives no token: ${error.message}`,
        fix: 'allow ecr:GetAuthorizationToken to whoever deploys',
      },
    ],
  )
}

/** Warm environments count as reserved: those of `rds` within its own reservation, where it has one. */
async function lambdaQuota({ RESERVED_CONCURRENCY, PROVISIONED_CONCURRENCY: warm = 0 }: Settings): Promise<Finding[]> {
  const name = 'Quota'
  const reserved = (RESERVED_CONCURRENCY ?? warm) + warm
  try {
    const { AccountLimit } = await new LambdaClient(clientOptions()).send(new GetAccountSettingsCommand())
    const { ConcurrentExecutions: all = 0, UnreservedConcurrentExecutions: left = 0 } = AccountLimit ?? {}
    const text = `${all} invocations at a time, ${left} of them not reserved`
    // What this deployment reserves already is out of what is left: less can be missing than it looks, and not more.
    if (reserved > 0 && all - reserved < UNRESERVED) {
      const fix = `lower RESERVED_CONCURRENCY and PROVISIONED_CONCURRENCY (which is for both functions): they take ${reserved}, and Lambda leaves ${Math.max(all - UNRESERVED, 0)} here; or ask for a higher quota (Service Quotas, Lambda, Concurrent executions)`
      return [{ name, text, fix }]
    }
    if (all < UNRESERVED) return [{ name, text: `${text}: enough to try, and little for callers`, unsure: true }]
    return [{ name, text }]
  } catch (error) {
    return unseen(name, "Lambda's quota")(error as Error)
  }
}

async function accessLogs(settings: Settings): Promise<Finding[]> {
  const { ACCESS_LOGS } = settings
  const name = 'Access logs'
  if (ACCESS_LOGS === 'none') return []
  try {
    const { cloudwatchRoleArn: role } = await new APIGatewayClient(clientOptions()).send(new GetAccountCommand())
    if (ACCESS_LOGS === 'existing')
      return role
        ? [{ name, text: `API Gateway writes them as ${role}` }]
        : [
            {
              name,
              text: 'API Gateway has no role for them',
              fix: 'set ACCESS_LOGS=create, which makes one for this account and region',
            },
          ]
    if (role && !role.endsWith(`/${namesOf(settings).gatewayRole}`))
      return [
        { name, text: `${role} is replaced, for every API of the region: ACCESS_LOGS=existing keeps it`, unsure: true },
      ]
    return [{ name, text: "API Gateway's role for them is this deployment's" }]
  } catch (error) {
    return unseen(name, "API Gateway's role for logs")(error as Error)
  }
}

async function stateBucket({
  STATE_BUCKET: Bucket,
  PROJECT,
  ENVIRONMENT = 'default',
  AWS_REGION,
}: Settings): Promise<Finding[]> {
  const name = 'State'
  if (Bucket === undefined) return []
  const s3 = new S3Client(clientOptions())
  const missing = await missingBucket(s3, name, Bucket, {
    301: `is it in another region than ${AWS_REGION}? Terraform's state has to be in AWS_REGION`,
    403: 'allow s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject on it to whoever deploys; is the name yours?',
    404: `make it first: aws s3 mb s3://${Bucket} --region ${AWS_REGION}, and turn on versioning, which keeps earlier states`,
  })
  if (missing) return [missing]
  const locks = await Promise.all(
    ['registry', 'service'].map((stack) =>
      s3.send(new HeadObjectCommand({ Bucket, Key: `${PROJECT}/${ENVIRONMENT}/${stack}.tfstate.tflock` })).then(
        ({ LastModified }) => [`${stack}, since ${LastModified?.toISOString()}`],
        () => [],
      ),
    ),
  )
  const locked = locks.flat()
  if (locked.length === 0) return [{ name, text: `in the bucket ${Bucket}` }]
  return [
    {
      name,
      text: `locked by somebody's Terraform: ${locked.join('; ')}; wait for it, or see terraform force-unlock`,
      unsure: true,
    },
  ]
}

/** What stands against the use of a bucket; `undefined` where it is there. @param fixes by the status of S3's answer. */
async function missingBucket(
  s3: S3Client,
  name: string,
  Bucket: string,
  fixes: Readonly<Record<number, string>>,
): Promise<Finding | undefined> {
  const status = await s3.send(new HeadBucketCommand({ Bucket })).then(
    () => 200,
    (error: { $metadata?: { httpStatusCode?: number } }) => error.$metadata?.httpStatusCode ?? 0,
  )
  const fix = fixes[status]
  if (fix !== undefined) return { name, text: `the bucket ${Bucket} answers ${status}`, fix }
  return status === 200 ? undefined : { name, text: `the bucket ${Bucket} cannot be seen (${status})`, unsure: true }
}

/** A bucket that is given for the files: the function finds out at its first request, and not before. */
async function fileBucket(settings: Settings): Promise<Finding[]> {
  const { BUCKET_NAME: Bucket, AWS_REGION } = settings
  const name = 'Files'
  if (Bucket === undefined) return []
  const s3 = new S3Client(clientOptions())
  const missing = await missingBucket(s3, name, Bucket, {
    301: `give one in AWS_REGION, ${AWS_REGION}: links to another region's lead nowhere`,
    404: 'correct BUCKET_NAME, or leave it out, and a bucket is created',
  })
  if (missing) return [missing]
  const { ServerSideEncryptionConfiguration: encryption } = await s3
    .send(new GetBucketEncryptionCommand({ Bucket }))
    .catch(() => ({ ServerSideEncryptionConfiguration: undefined }))
  const key = encryption?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID
  const all = `callers read and replace every object of ${Bucket}`
  if (key === undefined || key.endsWith('alias/aws/s3')) return [{ name, text: all, unsure: true }]
  const role = namesOf(settings).role
  const text = `${all}; it is encrypted by ${key}, whose policy has to let the role ${role} use kms:GenerateDataKey and kms:Decrypt`
  return [{ name, text, unsure: true }]
}
