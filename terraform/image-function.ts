import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import { LambdaAlias } from '@cdktf/provider-aws/lib/lambda-alias/index.js'
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function/index.js'
import { LambdaProvisionedConcurrencyConfig } from '@cdktf/provider-aws/lib/lambda-provisioned-concurrency-config/index.js'
import { Construct } from 'constructs'
import { environmentProblems } from './environment-limits.ts'
import { logGroupOf } from './names.ts'
import type { Network } from './network.ts'
import type { FunctionRole } from './role.ts'

export interface ImageFunctionProps {
  readonly name: string
  /** With the digest: Lambda resolves a tag once, and takes no notice when it moves. */
  readonly imageUri: string
  /** @default the image's own CMD, `index.handler` */
  readonly command?: string[]
  readonly architecture: 'x86_64' | 'arm64'
  /** MB, 128 to 10,240. */
  readonly memorySize: number
  /** Seconds, 1 to 900; behind an API at most 29, for which its gateway waits. */
  readonly timeout: number
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Services of AWS that its code calls, as the SDK's packages are named. */
  readonly calls: readonly string[]
  /** @default the key `aws/lambda` */
  readonly kmsKeyArn: string | undefined
  readonly role: FunctionRole
  /** Days. */
  readonly logRetention: number
  /** Whether X-Ray traces it. @default it does not */
  readonly tracing?: boolean
  /** @default outside of any VPC */
  readonly network?: Network
  /** Invocations at a time. @default as many as the account's quota has left */
  readonly reservedConcurrency?: number | undefined
  /** Execution environments kept warm, behind an alias `live`. @default none, and no alias */
  readonly provisionedConcurrency?: number | undefined
}

/** A Lambda function made from a container image, with a log group that does not keep its lines for ever. */
export class ImageFunction extends Construct {
  readonly name: string
  /** The alias that is invoked in place of the newest code, where there is one. */
  readonly qualifier: string | undefined
  readonly invokeArn: string
  readonly imageUri: string
  readonly logGroup: string
  readonly timeout: number
  /** For what goes with the function when that is made anew under its old name, as AWS does with permissions. */
  readonly replaceTriggeredBy: string[]

  constructor(scope: Construct, id: string, props: ImageFunctionProps) {
    super(scope, id)
    const { name, network, role, imageUri } = props
    const environment = defined(props.environment)
    this.node.addValidation({ validate: () => [...environmentProblems(name, environment), ...routeProblems(props)] })
    // Lambda would make the group at the first invocation, without a retention and beyond Terraform's reach.
    const logs = new CloudwatchLogGroup(this, 'logs', { name: logGroupOf(name), retentionInDays: props.logRetention })
    const lambda = new LambdaFunction(this, 'function', {
      functionName: name,
      packageType: 'Image',
      imageUri,
      ...(props.command && { imageConfig: { command: props.command } }),
      architectures: [props.architecture],
      memorySize: props.memorySize,
      timeout: props.timeout,
      environment: { variables: environment },
      ...(props.kmsKeyArn !== undefined && { kmsKeyArn: props.kmsKeyArn }),
      role: role.arn,
      ...(network && { vpcConfig: { subnetIds: network.subnetIds, securityGroupIds: network.securityGroupIds } }),
      ...(props.reservedConcurrency !== undefined && { reservedConcurrentExecutions: props.reservedConcurrency }),
      ...(props.provisionedConcurrency !== undefined && { publish: true }),
      ...(props.tracing && { tracingConfig: { mode: 'Active' } }),
      loggingConfig: { logFormat: 'JSON', logGroup: logs.name },
      lifecycle: {
        ...(network?.preconditions && { precondition: network.preconditions }),
        // Without its grant for the key, a role that was made anew could not decrypt the environment.
        replaceTriggeredBy: role.replaceTriggeredBy,
      },
      dependsOn: [...role.policies, logs],
    })
    const alias = this.keepWarm(lambda, props)
    this.replaceTriggeredBy = role.replaceTriggeredBy
    this.name = lambda.functionName
    this.qualifier = alias?.name
    this.invokeArn = (alias ?? lambda).invokeArn
    this.imageUri = lambda.imageUri
    this.logGroup = logs.name
    this.timeout = props.timeout
  }

  private keepWarm(
    { functionName, version: functionVersion }: LambdaFunction,
    { provisionedConcurrency: provisionedConcurrentExecutions, role }: ImageFunctionProps,
  ): LambdaAlias | undefined {
    if (provisionedConcurrentExecutions === undefined) return undefined
    const lifecycle = { replaceTriggeredBy: role.replaceTriggeredBy }
    const alias = new LambdaAlias(this, 'alias', { name: 'live', functionName, functionVersion, lifecycle })
    new LambdaProvisionedConcurrencyConfig(this, 'provisioned-concurrency', {
      functionName,
      qualifier: alias.name,
      provisionedConcurrentExecutions,
      lifecycle,
    })
    return alias
  }
}

const defined = (variables: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined))

/** A call into nowhere ends in a timeout, and says nothing of its cause. */
const routeProblems = ({ name, calls, network }: ImageFunctionProps): string[] =>
  calls
    .filter((service) => network && !network.routes.has(service))
    .map(
      (service) =>
        `function ${name} calls ${service} from a VPC that has no route to it: add an endpoint to terraform/network.ts, or take the function out of the VPC`,
    )
