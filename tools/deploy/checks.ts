import { IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam'
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3'
import type { Settings } from '../../terraform/settings.ts'
import { nested, texts } from '../local/wiring/terraform.ts'
import { CommandError, run } from '../process/command.ts'
import { callerIdentity, clientOptions } from './aws.ts'
import { fixOf, unreached } from './aws-errors.ts'
import { passVariables, type Stack } from './cdktf/stacks.ts'
import { dockerArchitecture } from './images/content-hash.ts'

/** The result of a check. With `fix` it stops a deployment; `unsure` is a note. */
export interface Finding {
  readonly name: string
  readonly text: string
  readonly fix?: string
  readonly unsure?: boolean
}

/** A line for each finding, with its fix below it. */
export const linesOf = (findings: readonly Finding[]): string =>
  findings
    .flatMap(({ name, text, fix, unsure }) => {
      const mark = fix === undefined ? (unsure ? '–' : '✔') : '✖'
      return [`${mark} ${name.padEnd(11)} ${text}`, ...(fix === undefined ? [] : [`  ${' '.repeat(11)} → ${fix}`])]
    })
    .join('\n')

/** Checks what a deployment needs of this machine and of the AWS account. */
export async function check(settings: Settings, stacks: readonly Stack[]): Promise<Finding[]> {
  const found = await Promise.all([
    docker(settings),
    terraform(),
    loopback(stacks),
    missing(stacks),
    account(settings, stacks),
  ])
  return found.flat()
}

async function docker({ ARCHITECTURE }: Settings): Promise<Finding> {
  const name = 'Docker'
  const format = '{{.Server.Version}} {{.Server.Arch}}'
  const version = await run('docker', ['version', '--format', format]).catch((error: Error) => error)
  if (version instanceof CommandError)
    return { name, text: 'no engine answers', fix: 'start Docker Desktop, or: sudo systemctl start docker' }
  if (version instanceof Error)
    return { name, text: version.message, fix: 'install it: https://docs.docker.com/get-docker' }
  const [number = '', engine] = version.trim().split(' ')
  const wanted = dockerArchitecture[ARCHITECTURE]
  if (engine === wanted) return { name, text: number }
  const text = `${number}, on ${engine}, so it builds for ${wanted} by emulation, if at all (docker run --privileged --rm tonistiigi/binfmt --install ${wanted})`
  return { name, text, unsure: true }
}

/** The oldest Terraform with S3's own locking, which the state uses. */
const TERRAFORM = [1, 10] as const

async function terraform(): Promise<Finding> {
  const name = 'Terraform'
  const fix = 'install it: https://developer.hashicorp.com/terraform/install'
  const output = await run('terraform', ['version', '-json']).catch((error: Error) => error)
  if (output instanceof Error) return { name, text: output.message, fix }
  const version: string = JSON.parse(output.slice(output.indexOf('{'))).terraform_version
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isOld = major < TERRAFORM[0] || (major === TERRAFORM[0] && minor < TERRAFORM[1])
  return isOld ? { name, text: `${version} is older than ${TERRAFORM.join('.')}`, fix } : { name, text: version }
}

/** `make dev` takes servers of this machine, and so does the synthesis. */
function loopback(stacks: readonly Stack[]): Finding[] {
  const variables = stacks.flatMap(({ terraform }) =>
    terraform.all('aws_lambda_function').flatMap((each) => texts(nested(each, 'environment').variables)),
  )
  const own = variables.filter(([, value]) => /^(localhost|127\.[\d.]+|::1)(:\d+)?$|^\/.*\.sock$/.test(value))
  const told = [...new Set(own.map(([name, value]) => `${name}=${value}`))]
  const fix = 'set it to a host that the functions reach, or leave it out'
  return told.map((each) => ({ name: 'Variable', text: `${each} is this machine, which no function reaches`, fix }))
}

/** Values that come in with Terraform's variables, such as secrets. */
const missing = (stacks: readonly Stack[]): Finding[] =>
  passVariables(stacks).map(({ name, description }) => ({
    name: 'Variable',
    text: `missing: ${description}`,
    fix: `set ${name} in .env or in the environment`,
  }))

/** Checks what a deployment needs of the account. Without credentials, these are the one finding. */
async function account(settings: Settings, stacks: readonly Stack[]): Promise<Finding[]> {
  const { AWS_REGION: region } = settings
  const identity = await callerIdentity().catch((error: Error) => error)
  if (identity instanceof Error) {
    const text = `${identity.name}: ${identity.message}`
    return [{ name: 'AWS account', text, fix: fixOf(identity, region) ?? unreached(region) }]
  }
  const found = await Promise.all([
    permissions(identity.arn, region, stacks).catch(unseen('Permissions')),
    quota(stacks).catch(unseen('Quota')),
    ...givenBuckets(stacks).map((bucket) => givenBucket(bucket, settings)),
  ])
  return [{ name: 'AWS account', text: `${identity.account} in ${region}, as ${identity.arn}` }, ...found]
}

/** A check that lacks a permission says nothing about deploying. */
const unseen =
  (name: string) =>
  ({ name: error }: Error): Finding => ({ name, text: `not visible to these credentials (${error})`, unsure: true })

/** Actions that create what a deployment mainly consists of, by type of resource. */
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

/** Simulates actions of this deployment. Policies that ask for MFA, tags or certain resources cannot be judged from here: a note. */
async function permissions(callerArn: string, region: string, stacks: readonly Stack[]): Promise<Finding> {
  const name = 'Permissions'
  if (callerArn.endsWith(':root')) return { name, text: 'all (the root user: better have a role for this)' }
  const actions = Object.keys(ACTIONS).filter((type) => stacks.some((stack) => stack.terraform.all(type).length > 0))
  // Policies are those of the role behind a session.
  const PolicySourceArn = callerArn.replace(/:sts::(\d+):assumed-role\/([^/]+)\/.*/, ':iam::$1:role/$2')
  const command = new SimulatePrincipalPolicyCommand({
    PolicySourceArn,
    ActionNames: actions.map((type) => ACTIONS[type] ?? ''),
    // Without a value policies that allow this region alone look like refusals.
    ContextEntries: [{ ContextKeyName: 'aws:RequestedRegion', ContextKeyType: 'string', ContextKeyValues: [region] }],
  })
  const { EvaluationResults = [] } = await new IAMClient(clientOptions()).send(command)
  const denied = EvaluationResults.filter(({ EvalDecision }) => EvalDecision !== 'allowed')
  if (denied.length === 0) return { name, text: `all ${actions.length} that were simulated` }
  const text = `perhaps not allowed: ${denied.map(({ EvalActionName }) => EvalActionName).join(', ')}. If a deployment fails for it, ask for a policy for ${PolicySourceArn}`
  return { name, text, unsure: true }
}

/** Invocations at a time that Lambda leaves to functions without a reservation. */
const UNRESERVED = 100

async function quota(stacks: readonly Stack[]): Promise<Finding> {
  const name = 'Quota'
  const functions = stacks.flatMap(({ terraform }) => terraform.all('aws_lambda_function'))
  const reserved = functions.reduce((sum, { block }) => sum + (Number(block.reserved_concurrent_executions) || 0), 0)
  const { AccountLimit } = await new LambdaClient(clientOptions()).send(new GetAccountSettingsCommand())
  const all = AccountLimit?.ConcurrentExecutions ?? 0
  const text = `${all} invocations at a time in this account`
  if (reserved > 0 && all - reserved < UNRESERVED) {
    const fix = `lower reserved concurrency: it takes ${reserved}, and Lambda keeps ${UNRESERVED} for other functions; or ask for a higher quota (Service Quotas, Lambda, Concurrent executions)`
    return { name, text, fix }
  }
  return all < UNRESERVED
    ? { name, text: `${text}: enough to try, and little for callers`, unsure: true }
    : { name, text }
}

/** Buckets that roles may use and no stack creates: a function would notice what is wrong at its first request. */
function givenBuckets(stacks: readonly Stack[]): string[] {
  const policies = stacks.flatMap(({ terraform }) => terraform.all('aws_iam_role_policy'))
  const found = policies.flatMap(({ block }) => [...String(block.policy).matchAll(/arn:[\w-]+:s3:::([a-z0-9.-]+)/g)])
  return [...new Set(found.map(([, bucket = '']) => bucket))]
}

async function givenBucket(Bucket: string, settings: Settings): Promise<Finding> {
  const status = await new S3Client(clientOptions()).send(new HeadBucketCommand({ Bucket })).then(
    () => 200,
    (error: { $metadata?: { httpStatusCode?: number } }) => error.$metadata?.httpStatusCode ?? 0,
  )
  const [setting] = Object.entries(settings).find(([, value]) => value === Bucket) ?? ['the setting that names it']
  const fixes: Readonly<Record<number, string>> = {
    404: `correct ${setting}, or leave it out, and a bucket is created`,
    301: `give one in AWS_REGION, ${settings.AWS_REGION}: links to another region's lead nowhere`,
  }
  const [text, fix] = [`the bucket ${Bucket} answers ${status}`, fixes[status]]
  if (fix) return { name: 'Bucket', text, fix }
  const use = `functions may read and replace every object of ${Bucket}`
  return { name: 'Bucket', text: status === 200 ? use : text, unsure: true }
}
