import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function/index.js'
import { Construct } from 'constructs'
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
  /** Seconds, 1 to 900; behind an API at most 28, since its gateway waits 29. */
  readonly timeout: number
  readonly environment: Readonly<Record<string, string | undefined>>
  /** @default the key `aws/lambda` */
  readonly kmsKeyArn: string | undefined
  readonly role: FunctionRole
  /** @default outside of any VPC */
  readonly network?: Network
}

/** A Lambda function made from a container image, with a log group that does not keep its lines for ever. */
export class ImageFunction extends Construct {
  readonly name: string
  readonly invokeArn: string

  constructor(scope: Construct, id: string, props: ImageFunctionProps) {
    super(scope, id)
    // Lambda would make the group at the first invocation, without a retention and beyond Terraform's reach.
    const logs = new CloudwatchLogGroup(this, 'logs', { name: `/aws/lambda/${props.name}`, retentionInDays: 30 })
    const lambda = new LambdaFunction(this, 'function', {
      functionName: props.name,
      packageType: 'Image',
      imageUri: props.imageUri,
      ...(props.command && { imageConfig: { command: props.command } }),
      architectures: [props.architecture],
      memorySize: props.memorySize,
      timeout: props.timeout,
      environment: { variables: defined(props.environment) },
      ...(props.kmsKeyArn !== undefined && { kmsKeyArn: props.kmsKeyArn }),
      role: props.role.arn,
      ...(props.network && {
        vpcConfig: { subnetIds: props.network.subnetIds, securityGroupIds: props.network.securityGroupIds },
        lifecycle: { precondition: props.network.preconditions },
      }),
      loggingConfig: { logFormat: 'JSON', logGroup: logs.name },
      dependsOn: [...props.role.policies, logs],
    })
    this.name = lambda.functionName
    this.invokeArn = lambda.invokeArn
  }
}

const defined = (variables: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined))
