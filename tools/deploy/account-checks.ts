import { IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam'
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { GetBucketEncryptionCommand, HeadBucketCommand, S3Client, type S3ServiceException } from '@aws-sdk/client-s3'
import type { Settings } from '../../terraform/settings.ts'
import { signed } from './apis/caller.ts'
import { callerIdentity, clientOptions } from './aws.ts'
import { fixOf, unreached } from './aws-errors.ts'
import type { Stack } from './cdktf/stacks.ts'
import { type Finding, named, type Told } from './findings.ts'

/** Checks the requirements of the account. Without credentials, it reports only that. */
export async function account(settings: Settings, stacks: readonly Stack[]): Promise<Finding[]> {
  const { AWS_REGION: region } = settings
  const identity = await callerIdentity().catch((error: Error) => error)
  if (identity instanceof Error) {
    const text = `${identity.name}: ${identity.message}`
    return named('AWS account', { text, fix: fixOf(identity, region) ?? unreached(region) })
  }
  const found = await Promise.all([
    named('AWS account', { text: `${identity.account} in ${region}, as ${identity.arn}` }),
    named('Permissions', permissions(identity.arn, region, stacks).catch(unseen)),
    named('Quota', quota(stacks).catch(unseen)),
    named('Subnets', zones(region, stacks).catch(unseen)),
    named('Endpoint', endpoint(settings).catch(unseen)),
    named('Access logs', logRole(settings, stacks).catch(unseen)),
    ...givenBuckets(stacks).map((bucket) => named('Bucket', givenBucket(bucket, settings))),
  ])
  return found.flat()
}

/** A check without its own permission, which a deployment may not need. */
const unseen = ({ name }: Error): Told => ({ text: `not visible to these credentials (${name})`, unsure: true })

/** Actions that create the main resources of a deployment, by type. */
const ACTIONS: Readonly<Record<string, string>> = {
  aws_api_gateway_rest_api: 'apigateway:POST',
  aws_db_instance: 'rds:CreateDBInstance',
  aws_dynamodb_table: 'dynamodb:CreateTable',
  aws_ecr_repository: 'ecr:CreateRepository',
  aws_iam_role: 'iam:CreateRole',
  aws_kms_key: 'kms:CreateKey',
  aws_lambda_function: 'lambda:CreateFunction',
  aws_s3_bucket: 's3:CreateBucket',
  aws_vpc: 'ec2:CreateVpc',
}

/** Simulates actions of this deployment. A denial is only a note: policies may depend on MFA, tags or certain resources. */
async function permissions(callerArn: string, region: string, stacks: readonly Stack[]): Promise<Told> {
  if (callerArn.endsWith(':root')) return { text: 'all (the root user: prefer a role)' }
  const actions = Object.keys(ACTIONS).filter((type) => stacks.some((stack) => stack.terraform.all(type).length > 0))
  // A session has the policies of its role.
  const PolicySourceArn = callerArn.replace(/:sts::(\d+):assumed-role\/([^/]+)\/.*/, ':iam::$1:role/$2')
  const command = new SimulatePrincipalPolicyCommand({
    PolicySourceArn,
    ActionNames: actions.map((type) => ACTIONS[type] ?? ''),
    // Without it, policies restricted to this region would count as denials.
    ContextEntries: [{ ContextKeyName: 'aws:RequestedRegion', ContextKeyType: 'string', ContextKeyValues: [region] }],
  })
  const { EvaluationResults = [] } = await new IAMClient(clientOptions()).send(command)
  const denied = EvaluationResults.filter(({ EvalDecision }) => EvalDecision !== 'allowed')
  if (denied.length === 0) return { text: `all ${actions.length} that were simulated` }
  const text = `perhaps not allowed: ${denied.map(({ EvalActionName }) => EvalActionName).join(', ')}. If a deployment fails for that reason, request a policy for ${PolicySourceArn}`
  return { text, unsure: true }
}

/** Concurrency that Lambda keeps for functions without reserved concurrency. */
const UNRESERVED = 100

async function quota(stacks: readonly Stack[]): Promise<Told> {
  const taken = stacks.flatMap(({ terraform }) => [
    ...terraform.all('aws_lambda_function').map(({ block }) => block.reserved_concurrent_executions),
    ...terraform.all('aws_lambda_provisioned_concurrency_config').map((each) => {
      const { reserved_concurrent_executions: reserved } = terraform.follow(each, 'function_name').block
      // Provisioned concurrency counts against the function's own reservation, if any.
      return reserved === undefined ? each.block.provisioned_concurrent_executions : 0
    }),
  ])
  const reserved = taken.reduce<number>((sum, each) => sum + (Number(each) || 0), 0)
  const { AccountLimit } = await new LambdaClient(clientOptions()).send(new GetAccountSettingsCommand())
  const all = AccountLimit?.ConcurrentExecutions ?? 0
  const text = `${all} concurrent invocations in this account`
  const fix = `lower reserved and provisioned concurrency: they take ${reserved}, and Lambda keeps ${UNRESERVED} for other functions; or request a higher quota (Service Quotas, Lambda, Concurrent executions)`
  if (reserved > 0 && all - reserved < UNRESERVED) return { text, fix }
  return all < UNRESERVED ? { text: `${text}: enough for a trial, too few for production`, unsure: true } : { text }
}

/** Sends a signed GET to an AWS service, without the SDK: its EC2 client is larger than all the others. */
async function read(service: string, region: string, path: string): Promise<string> {
  const host = `${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
  const response = await signed(region, service)((process.env.AWS_ENDPOINT_URL || `https://${host}`) + path)
  const text = await response.text()
  if (response.ok) return text
  throw Object.assign(new Error(text), { name: /<Code>([^<]+)/.exec(text)?.[1] ?? `status ${response.status}` })
}

/** Calls EC2. @returns a function that extracts the values of an XML tag from the response. */
async function askEc2(region: string, Action: string, parameters: Readonly<Record<string, string>>) {
  const query = new URLSearchParams({ Action, Version: '2016-11-15', ...parameters })
  const xml = await read('ec2', region, `/?${query}`)
  return (tag: string) => [...xml.matchAll(new RegExp(`<${tag}>([^<]+)`, 'g'))].map(([, text = '']) => text)
}

/** Checks the account's role for access logs, shared by all APIs of a region: API Gateway refuses a stage with a log without it. */
async function logRole({ AWS_REGION, ACCESS_LOGS }: Settings, stacks: readonly Stack[]): Promise<Told[]> {
  if (ACCESS_LOGS === 'none') return []
  const { cloudwatchRoleArn: role } = JSON.parse(await read('apigateway', AWS_REGION, '/account'))
  const text = `API Gateway has ${role ?? 'no role'} for them`
  if (ACCESS_LOGS === 'existing' && !role) return [{ text, fix: 'set ACCESS_LOGS=create to create one' }]
  const names = stacks.flatMap(({ terraform }) => terraform.all('aws_iam_role').map(({ block }) => block.name))
  if (ACCESS_LOGS === 'existing' || !role || names.includes(role.split('/').at(-1))) return [{ text }]
  return [{ text: `${text}, which is replaced for the whole region: ACCESS_LOGS=existing keeps it`, unsure: true }]
}

/** Checks subnets for two zones: RDS refuses a single one, but only minutes into the deployment. */
async function zones(region: string, stacks: readonly Stack[]): Promise<Told[]> {
  const groups = stacks.flatMap(({ terraform }) => terraform.all('aws_db_subnet_group'))
  const ids = groups.flatMap(({ block }) => [block.subnet_ids].flat().map(String)).filter((id) => /^subnet-/.test(id))
  if (ids.length === 0) return []
  const all = await askEc2(region, 'DescribeSubnets', Object.fromEntries(ids.map((id, n) => [`SubnetId.${n + 1}`, id])))
  const places = [...new Set(all('availabilityZone'))]
  const text = `${ids.join(', ')} are in ${places.join(', ')}`
  const fix = 'set SUBNET_IDS to subnets in two zones, which a database needs, or use an existing database'
  return [places.length === 1 ? { text, fix } : { text }]
}

/** Checks a given VPC's endpoint for Secrets Manager: the first invocation fails if functions cannot resolve or reach it. */
async function endpoint({ AWS_REGION, VPC_ID, SECRETS_ENDPOINT, SECURITY_GROUP_IDS }: Settings): Promise<Told[]> {
  if (VPC_ID === undefined) return []
  const all = await askEc2(AWS_REGION, 'DescribeVpcEndpoints', {
    ...{ 'Filter.1.Name': 'vpc-id', 'Filter.1.Value.1': VPC_ID },
    ...{ 'Filter.2.Name': 'service-name', 'Filter.2.Value.1': `com.amazonaws.${AWS_REGION}.secretsmanager` },
  })
  const id = all('privateDnsEnabled').includes('true') ? all('vpcEndpointId').join(', ') : undefined
  const note = (text: string) => [{ text, unsure: true }]
  if (SECRETS_ENDPOINT === 'create')
    return id ? note(`${VPC_ID} has ${id} already: SECRETS_ENDPOINT=existing uses it instead of creating another`) : []
  if (id === undefined)
    return note(`${VPC_ID} has none with a private DNS name: without a NAT gateway, leave SECRETS_ENDPOINT out`)
  const groups = SECURITY_GROUP_IDS?.join(', ') ?? "the functions' group"
  return note(`${id} must accept ${groups} on port 443: see its groups, ${all('groupId').join(', ')}`)
}

/** Finds existing buckets that roles may use: an error would show only at a function's first request. */
function givenBuckets(stacks: readonly Stack[]): string[] {
  const policies = stacks.flatMap(({ terraform }) => terraform.all('aws_iam_role_policy'))
  const found = policies.flatMap(({ block }) => [...String(block.policy).matchAll(/arn:[\w-]+:s3:::([a-z0-9.-]+)/g)])
  return [...new Set(found.map(([, bucket = '']) => bucket))]
}

async function givenBucket(Bucket: string, settings: Settings): Promise<Told> {
  const s3 = new S3Client(clientOptions())
  const head = s3.send(new HeadBucketCommand({ Bucket }))
  const { $metadata } = await head.catch((error: Partial<S3ServiceException>) => error)
  const status = $metadata?.httpStatusCode ?? 0
  const [setting] = Object.entries(settings).find(([, value]) => value === Bucket) ?? ['its setting']
  const fixes: Readonly<Record<number, string>> = {
    404: `correct ${setting}, or leave it out to create a bucket`,
    301: `use a bucket in AWS_REGION, ${settings.AWS_REGION}: presigned URLs fail in another region`,
  }
  const [text, fix] = [`the bucket ${Bucket} responds with ${status}`, fixes[status]]
  if (fix) return { text, fix }
  if (status !== 200) return { text, unsure: true }
  const encryption = await s3.send(new GetBucketEncryptionCommand({ Bucket })).catch(() => undefined)
  const [rule] = encryption?.ServerSideEncryptionConfiguration?.Rules ?? []
  const key = rule?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID
  const policy = `; its key ${key} must allow the functions' role kms:GenerateDataKey and kms:Decrypt`
  const use = `functions may read and replace every object of ${Bucket}`
  return { text: key && !key.endsWith('alias/aws/s3') ? use + policy : use, unsure: true }
}
