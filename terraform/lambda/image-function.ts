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
  /** Seconds, 1 to 900; behind an API at most 29, the gateway's timeout. */
  readonly timeout: number
  /** MB. CPU, and so the cold start, scales with it. @default the setting MEMORY_<image> */
  readonly memorySize?: number
  /**
   * Database that the function uses. The function then runs in its VPC, and reaches only the database and Secrets Manager. To reach another
   * AWS service, add an endpoint to network/network.ts. @default none, and outside of any VPC
   */
  readonly database?: Database
  /** @default the role that all functions share */
  readonly role?: FunctionRole
  /** Maximum concurrency. @default the rest of the account's quota */
  readonly reservedConcurrency?: number | undefined
  /** Execution environments kept warm, behind an alias `live`. @default none, and no alias */
  readonly provisionedConcurrency?: number | undefined
  /** Whether it applies migrations: invoked once after each deployment, and not monitored. @default false */
  readonly migrates?: boolean
}

/** A Lambda function from a container image, with a log group of limited retention. */
export class ImageFunction extends Construct {
  readonly name: string
  /** Terraform reference: a resource that uses it depends on the function. */
  readonly functionName: string
  readonly invokeArn: string
  readonly logGroup: string
  readonly timeout: number
  readonly migrates: boolean
  /** Maximum concurrency, reserved or by the database's connections; `undefined` if only the account's quota applies. */
  readonly mostAtOnce: number | undefined
  /** Alias that callers invoke instead of the newest code, if it exists. */
  readonly #alias: LambdaAlias | undefined
  /** Lifecycle of the function's permissions: AWS deletes them with the function, even if its replacement has the same name. */
  readonly #lifecycle: { readonly replaceTriggeredBy: string[] }

  /** @param id name without the prefix ENVIRONMENT. */
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
    // Replaced with the role: a new role lacks the grant for the key, and could not decrypt the environment.
    this.#lifecycle = { replaceTriggeredBy: role.replaceTriggeredBy }
    this.logGroup = `/aws/lambda/${this.name}`
    checkConcurrency(service, props)
    if (network) checkClients(service, this.name, image)
    const variables = { ...variablesOf(props.environment, service), ...network?.environment }
    checkLimits(this.name, variables, service.problems)
    // Lambda would create the group at the first invocation, without a retention and outside of Terraform.
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
    // Lazy: later declarations may add policies to the role.
    lambda.dependsOn = Lazy.listValue({
      produce: () => [...role.dependencies, `${logs.terraformResourceType}.${logs.friendlyUniqueId}`],
    })
    this.#alias = this.#keepWarm(lambda, props.provisionedConcurrency)
    this.functionName = lambda.functionName
    this.invokeArn = (this.#alias ?? lambda).invokeArn
  }

  /** Permits API Gateway to invoke the function. @param sourceArn limits the permission to a part of an API. */
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

/** Image URI with a digest. Every plan resolves the tag, so a push changes the function. */
function imageUri({ scopeOfFunctions: scope, names, settings }: ServiceStack, image: string): string {
  const id = `${image}-image`
  const known = scope.node.tryFindChild(id) as DataAwsEcrImage | undefined
  if (known) return known.imageUri
  const imageDigest = settings[imageSettings(image).digest]
  const which = imageDigest === undefined ? { imageTag: image } : { imageDigest }
  const found = new DataAwsEcrImage(scope, id, { repositoryName: names.project, ...which })
  // `make dev` finds the sources by this id, even if a digest replaces the tag.
  found.overrideLogicalId(image)
  return found.imageUri
}

function checkConcurrency(
  { problems }: ServiceStack,
  { database, reservedConcurrency: reserved, provisionedConcurrency: warm }: ImageFunctionProps,
): void {
  if (reserved === undefined) return
  const { connections = reserved, maxConnections = reserved } = database ?? {}
  // Each execution environment has one connection: docs/decisions/0003.
  if (reserved > connections)
    problems.add(
      'RESERVED_CONCURRENCY',
      `must be at most ${connections}: each invocation has a connection. Of the server's ${maxConnections} (DB_MAX_CONNECTIONS), ${maxConnections - connections} are reserved for migrations, RDS and people. Lower it, or raise DB_MAX_CONNECTIONS to the server's limit`,
    )
  if (warm !== undefined && warm > reserved)
    problems.add(
      'PROVISIONED_CONCURRENCY',
      `must be at most RESERVED_CONCURRENCY, which is ${reserved}: lower it, or raise RESERVED_CONCURRENCY`,
    )
}

/** Import of an SDK client; a type import makes no calls. */
const CLIENT = /\bimport\b(?!\s+type\b)[^'"]*['"]@aws-sdk\/client-([\w-]+)['"]/g

/** Reports SDK clients without a route from the VPC: their calls would time out without naming the cause. */
function checkClients({ network, problems }: ServiceStack, name: string, image: string): void {
  const cwd = resolve(import.meta.dirname, '../../functions', image)
  for (const file of globSync('**/*.ts', { cwd, exclude: ['**/*.test.ts', '**/smoke.ts'] }))
    for (const [, client = ''] of readFileSync(resolve(cwd, file), 'utf8').matchAll(CLIENT)) {
      const advice = `is in its database's VPC, which has no route to ${client} (functions/${image}/${file}): add an endpoint to terraform/network/network.ts, or call it from a function without a database. If a NAT provides a route, declare it: service.network.routes.add('${client}')`
      if (!network.routes.has(client)) problems.add(`function ${name}`, advice)
    }
}
