import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import { DataAwsEcrImage } from '@cdktf/provider-aws/lib/data-aws-ecr-image/index.js'
import { LambdaAlias } from '@cdktf/provider-aws/lib/lambda-alias/index.js'
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function/index.js'
import { LambdaProvisionedConcurrencyConfig } from '@cdktf/provider-aws/lib/lambda-provisioned-concurrency-config/index.js'
import { Lazy } from 'cdktf'
import { Construct } from 'constructs'
import type { Database } from '../database/mysql.ts'
import { logGroupOf } from '../names.ts'
import type { ServiceStack } from '../service-stack.ts'
import { imageSetting, memorySetting } from '../settings/fields.ts'
import { brokenRules, type Rule } from '../settings/rules.ts'
import type { FunctionRole } from './role.ts'
import { sdkClients } from './sdk-clients.ts'
import { type EnvironmentDefinition, limitProblems, schemaProblems, variablesOf } from './variables.ts'

export interface ImageFunctionProps {
  /** Name of the image: `Dockerfile_<image>`, with the code of `functions/<image>/`. @default the function's id */
  readonly image?: string
  /** @default the image's own CMD, `index.handler` */
  readonly handler?: string
  readonly environment: EnvironmentDefinition
  /** Seconds, 1 to 900; behind an API at most 29, for which its gateway waits. */
  readonly timeout: number
  /** MB. @default the setting MEMORY_<image>: CPU comes with memory, and a cold start is CPU */
  readonly memorySize?: number
  /** The database that it uses: it is in that one's network then. @default none, and outside of any VPC */
  readonly database?: Database
  /** @default that of all functions */
  readonly role?: FunctionRole
  /** Invocations at a time. @default as many as the account's quota has left */
  readonly reservedConcurrency?: number | undefined
  /** Execution environments kept warm, behind an alias `live`. @default none, and no alias */
  readonly provisionedConcurrency?: number | undefined
  /** Services of AWS that its code calls, as the SDK's packages are named. @default those whose clients its sources import */
  readonly clients?: readonly string[]
  /** Whether it brings a database up to date: invoked once after each deployment, and watched by nobody. @default false */
  readonly migrates?: boolean
}

/** A Lambda function made from a container image, with a log group that does not keep its lines for ever. */
export class ImageFunction extends Construct {
  readonly id: string
  readonly name: string
  /** As Terraform knows it: whoever uses it waits for the function. */
  readonly functionName: string
  /** The alias that is invoked in place of the newest code, where there is one. */
  readonly qualifier: string | undefined
  readonly invokeArn: string
  readonly logGroup: string
  readonly timeout: number
  readonly migrates: boolean
  /** How many invocations at a time something stands for, and the setting that says so. */
  readonly concurrency: { readonly most: number; readonly of: string } | undefined
  /** For what goes with the function when that is replaced under its old name, as AWS does with permissions. */
  readonly replaceTriggeredBy: string[]

  constructor(service: ServiceStack, id: string, props: ImageFunctionProps) {
    super(service.scopeOfFunctions, id)
    const { settings } = service
    const { image = id, database, role = service.role } = props
    const network = database && service.network
    this.id = id
    this.name = service.names.of(id)
    this.timeout = props.timeout
    this.migrates = props.migrates ?? false
    this.replaceTriggeredBy = role.replaceTriggeredBy
    this.concurrency =
      props.reservedConcurrency === undefined
        ? database && { most: database.connections, of: 'DB_MAX_CONNECTIONS' }
        : { most: props.reservedConcurrency, of: 'RESERVED_CONCURRENCY' }
    const variables = {
      ...variablesOf(props.environment, settings, (name) => service.ask(name)),
      ...network?.environment,
    }
    this.node.addValidation({
      validate: () => [
        ...schemaProblems(props.environment, variables),
        ...limitProblems(this.name, variables),
        ...brokenRules(settings, concurrencyRules(props)),
        // A call into nowhere ends in a timeout, and says nothing of its cause.
        ...(network ? (props.clients ?? sdkClients(image)) : [])
          .filter((client) => !network?.routes.has(client) && !database?.unused.includes(client))
          .map(
            (client) =>
              `function ${this.name} calls ${client} from a VPC that has no route to it: add an endpoint to terraform/network/network.ts, or take the function out of the VPC`,
          ),
      ],
    })
    // Lambda would make the group at the first invocation, without a retention and beyond Terraform's reach.
    const logs = new CloudwatchLogGroup(this, 'logs', {
      name: logGroupOf(this.name),
      retentionInDays: settings.LOG_RETENTION,
    })
    this.logGroup = logs.nameInput ?? ''
    const lambda = new LambdaFunction(this, 'function', {
      functionName: this.name,
      packageType: 'Image',
      imageUri: imageUri(service, image),
      ...(props.handler !== undefined && { imageConfig: { command: [props.handler] } }),
      architectures: [settings.ARCHITECTURE],
      memorySize: props.memorySize ?? settings[memorySetting(image)] ?? 512,
      timeout: props.timeout,
      environment: { variables },
      ...(service.kmsKeyArn !== undefined && { kmsKeyArn: service.kmsKeyArn }),
      role: role.arn,
      ...(network && { vpcConfig: { subnetIds: network.subnetIds, securityGroupIds: network.securityGroupIds } }),
      ...(props.reservedConcurrency !== undefined && { reservedConcurrentExecutions: props.reservedConcurrency }),
      ...(props.provisionedConcurrency !== undefined && { publish: true }),
      ...(settings.TRACING && { tracingConfig: { mode: 'Active' } }),
      loggingConfig: { logFormat: 'JSON', logGroup: logs.name },
      lifecycle: {
        ...(network?.preconditions && { precondition: network.preconditions }),
        // Without its grant for the key, a role that was replaced could not decrypt the environment.
        replaceTriggeredBy: role.replaceTriggeredBy,
      },
    })
    // Known once the service is declared: what is declared later may add to the role.
    lambda.dependsOn = Lazy.listValue({
      produce: () => [...role.dependencies, `${logs.terraformResourceType}.${logs.friendlyUniqueId}`],
    })
    const alias = this.#keepWarm(lambda, props)
    this.functionName = lambda.functionName
    this.qualifier = alias?.name
    this.invokeArn = (alias ?? lambda).invokeArn
    service.functions.push(this)
  }

  #keepWarm(
    { functionName, version: functionVersion }: LambdaFunction,
    { provisionedConcurrency: provisionedConcurrentExecutions }: ImageFunctionProps,
  ): LambdaAlias | undefined {
    if (provisionedConcurrentExecutions === undefined) return undefined
    const lifecycle = { replaceTriggeredBy: this.replaceTriggeredBy }
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

/** The image's URI with its digest. A tag is looked up whenever Terraform plans, so a push changes the function. */
function imageUri({ scopeOfFunctions: scope, names, settings }: ServiceStack, image: string): string {
  const id = `${image}-image`
  const known = scope.node.tryFindChild(id) as DataAwsEcrImage | undefined
  if (known) return known.imageUri
  const imageDigest = settings[imageSetting(image)]
  const which = imageDigest === undefined ? { imageTag: image } : { imageDigest }
  const found = new DataAwsEcrImage(scope, id, { repositoryName: names.repository, ...which })
  // By it `make dev` finds the sources, also where a digest has taken the place of the tag.
  found.overrideLogicalId(image)
  return found.imageUri
}

function concurrencyRules(props: ImageFunctionProps): Rule[] {
  const { database, reservedConcurrency: reserved, provisionedConcurrency: warm } = props
  const { connections: most = 0, maxConnections: all = 0 } = database ?? {}
  return [
    [
      // One connection an execution environment: docs/decisions/0003.
      database !== undefined && reserved !== undefined && reserved > most,
      'RESERVED_CONCURRENCY',
      `must be at most ${most}: each invocation has a connection, the server takes ${all} (DB_MAX_CONNECTIONS), and ${all - most} are for migrations, RDS and people. Lower it, or raise DB_MAX_CONNECTIONS to what the server has`,
    ],
    [
      warm !== undefined && reserved !== undefined && warm > reserved,
      'PROVISIONED_CONCURRENCY',
      `must be at most RESERVED_CONCURRENCY, which is ${reserved}: lower it, or raise that`,
    ],
  ]
}
