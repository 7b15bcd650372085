import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import { DataAwsEcrImage } from '@cdktf/provider-aws/lib/data-aws-ecr-image/index.js'
import { LambdaAlias } from '@cdktf/provider-aws/lib/lambda-alias/index.js'
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function/index.js'
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission/index.js'
import { LambdaProvisionedConcurrencyConfig } from '@cdktf/provider-aws/lib/lambda-provisioned-concurrency-config/index.js'
import { Lazy } from 'cdktf'
import { Construct } from 'constructs'
import type { Database } from '../database/mysql.ts'
import type { ServiceStack } from '../service-stack.ts'
import { imageSettings } from '../settings/fields.ts'
import type { FunctionRole } from './role.ts'
import { checkLimits, type EnvironmentDefinition, variablesOf } from './variables.ts'

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
  /**
   * The database that it uses. It is in that one's network then, from where it reaches the database and Secrets Manager alone: for another
   * service of AWS add an endpoint to network/network.ts. @default none, and outside of any VPC
   */
  readonly database?: Database
  /** @default that of all functions */
  readonly role?: FunctionRole
  /** Invocations at a time. @default as many as the account's quota has left */
  readonly reservedConcurrency?: number | undefined
  /** Execution environments kept warm, behind an alias `live`. @default none, and no alias */
  readonly provisionedConcurrency?: number | undefined
  /** Whether it brings a database up to date: invoked once after each deployment, and watched by nobody. @default false */
  readonly migrates?: boolean
}

/** A Lambda function made from a container image, with a log group that does not keep its lines for ever. */
export class ImageFunction extends Construct {
  readonly name: string
  /** As Terraform knows it: whoever uses it waits for the function. */
  readonly functionName: string
  readonly invokeArn: string
  readonly logGroup: string
  readonly timeout: number
  readonly migrates: boolean
  /** Invocations at a time that it may have, of its own or for its database; none where it shares the account's quota. */
  readonly mostAtOnce: number | undefined
  /** The alias that is invoked in place of the newest code, where there is one. */
  readonly #alias: LambdaAlias | undefined
  /** Lifecycle of the function's permissions: AWS deletes them with the function, even when the new one has its name. */
  readonly #lifecycle: { readonly replaceTriggeredBy: string[] }

  /** @param id its name, without the environment's prefix. */
  constructor(service: ServiceStack, id: string, props: ImageFunctionProps) {
    super(service.scopeOfFunctions, id)
    const { settings } = service
    const { image = id, database, role = service.role } = props
    const network = database && service.network
    const precondition = network?.preconditions?.functions
    this.name = service.names.of(id)
    this.timeout = props.timeout
    this.migrates = props.migrates ?? false
    this.mostAtOnce = props.reservedConcurrency ?? database?.connections
    // Without its grant for the key, a role that was replaced could not decrypt the environment.
    this.#lifecycle = { replaceTriggeredBy: role.replaceTriggeredBy }
    this.logGroup = `/aws/lambda/${this.name}`
    checkConcurrency(service, props)
    if (network) checkClients(service, this.name, image)
    const variables = { ...variablesOf(props.environment, service), ...network?.environment }
    checkLimits(this.name, variables, service.problems)
    // Lambda would make the group at the first invocation, without a retention and beyond Terraform's reach.
    const retentionInDays = settings.LOG_RETENTION
    const logs = new CloudwatchLogGroup(this, 'logs', { name: this.logGroup, retentionInDays })
    const lambda = new LambdaFunction(this, 'function', {
      functionName: this.name,
      packageType: 'Image',
      imageUri: imageUri(service, image),
      ...(props.handler !== undefined && { imageConfig: { command: [props.handler] } }),
      architectures: [settings.ARCHITECTURE],
      memorySize: props.memorySize ?? settings[imageSettings(image).memory] ?? 512,
      timeout: props.timeout,
      environment: { variables },
      ...(service.kmsKeyArn !== undefined && { kmsKeyArn: service.kmsKeyArn }),
      role: role.arn,
      ...(network && { vpcConfig: { subnetIds: network.subnetIds, securityGroupIds: network.securityGroupIds } }),
      ...(props.reservedConcurrency !== undefined && { reservedConcurrentExecutions: props.reservedConcurrency }),
      ...(props.provisionedConcurrency !== undefined && { publish: true }),
      ...(settings.TRACING && { tracingConfig: { mode: 'Active' } }),
      loggingConfig: { logFormat: 'JSON', logGroup: logs.name },
      lifecycle: { ...(precondition && { precondition }), ...this.#lifecycle },
    })
    // Known once the service is declared: what is declared later may add to the role.
    lambda.dependsOn = Lazy.listValue({
      produce: () => [...role.dependencies, `${logs.terraformResourceType}.${logs.friendlyUniqueId}`],
    })
    this.#alias = this.#keepWarm(lambda, props.provisionedConcurrency)
    this.functionName = lambda.functionName
    this.invokeArn = (this.#alias ?? lambda).invokeArn
  }

  /** Permits API Gateway to invoke the function. @param sourceArn limits which API may. */
  allowGateway(scope: Construct, id: string, sourceArn: string): void {
    new LambdaPermission(scope, id, {
      functionName: this.functionName,
      ...(this.#alias && { qualifier: this.#alias.name }),
      action: 'lambda:InvokeFunction',
      principal: 'apigateway.amazonaws.com',
      sourceArn,
      lifecycle: this.#lifecycle,
    })
  }

  #keepWarm({ functionName, version: functionVersion }: LambdaFunction, environments: number | undefined) {
    if (environments === undefined) return undefined
    const lifecycle = this.#lifecycle
    const alias = new LambdaAlias(this, 'alias', { name: 'live', functionName, functionVersion, lifecycle })
    new LambdaProvisionedConcurrencyConfig(this, 'provisioned-concurrency', {
      functionName,
      qualifier: alias.name,
      provisionedConcurrentExecutions: environments,
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
  const imageDigest = settings[imageSettings(image).digest]
  const which = imageDigest === undefined ? { imageTag: image } : { imageDigest }
  const found = new DataAwsEcrImage(scope, id, { repositoryName: names.project, ...which })
  // By it `make dev` finds the sources, also where a digest has taken the place of the tag.
  found.overrideLogicalId(image)
  return found.imageUri
}

function checkConcurrency(
  { problems }: ServiceStack,
  { database, reservedConcurrency: reserved, provisionedConcurrency: warm }: ImageFunctionProps,
): void {
  if (reserved === undefined) return
  const { connections = reserved, maxConnections = reserved } = database ?? {}
  // One connection an execution environment: docs/decisions/0003.
  if (reserved > connections)
    problems.add(
      'RESERVED_CONCURRENCY',
      `must be at most ${connections}: each invocation has a connection, the server takes ${maxConnections} (DB_MAX_CONNECTIONS), and ${maxConnections - connections} are for migrations, RDS and people. Lower it, or raise DB_MAX_CONNECTIONS to what the server has`,
    )
  if (warm !== undefined && warm > reserved)
    problems.add(
      'PROVISIONED_CONCURRENCY',
      `must be at most RESERVED_CONCURRENCY, which is ${reserved}: lower it, or raise that`,
    )
}

/** An import of an SDK client; types alone call nothing. */
const CLIENT = /\bimport\b(?!\s+type\b)[^'"]*['"]@aws-sdk\/client-([\w-]+)['"]/g

/** A call from the VPC into nowhere ends in a timeout, and says nothing of its cause. */
function checkClients({ network, problems }: ServiceStack, name: string, image: string): void {
  const cwd = resolve(import.meta.dirname, '../../functions', image)
  for (const file of globSync('**/*.ts', { cwd, exclude: ['**/*.test.ts', '**/smoke.ts'] }))
    for (const [, client = ''] of readFileSync(resolve(cwd, file), 'utf8').matchAll(CLIENT)) {
      const advice = `is in its database's VPC, which has no route to ${client} (functions/${image}/${file}): add an endpoint to terraform/network/network.ts, or call it from a function without a database; where a NAT leads there, service.network.routes.add('${client}') says so`
      if (!network.routes.has(client)) problems.add(`function ${name}`, advice)
    }
}
