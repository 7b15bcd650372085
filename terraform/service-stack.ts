import { Wafv2WebAclAssociation } from '@cdktf/provider-aws/lib/wafv2-web-acl-association/index.js'
import { TerraformOutput, TerraformVariable } from 'cdktf'
import { Construct } from 'constructs'
import { AccessLogs } from './api/access-log.ts'
import { CustomDomain } from './api/custom-domain.ts'
import { UsagePlan } from './api/usage-plan.ts'
import { partitionOf } from './arn.ts'
import type { DeclaredApi, DeclaredAuthorizer, DeclaredDatabase, DeclaredFunction } from './declared.ts'
import { DeploymentStack } from './deployment-stack.ts'
import { functionKey } from './lambda/encryption.ts'
import { FunctionRole, managed } from './lambda/role.ts'
import { Monitoring } from './monitoring/monitoring.ts'
import { Network } from './network/network.ts'
import { isSecret, meaningOf } from './settings/rules.ts'
import type { Settings } from './settings.ts'

/** Everything but the image repository: what is declared (see service.ts), and what follows from it. */
export class ServiceStack extends DeploymentStack {
  readonly functions: DeclaredFunction[] = []
  readonly apis: DeclaredApi[] = []
  readonly databases: DeclaredDatabase[] = []
  /** Verifies the tokens of callers, where API_SECURITY asks for it. */
  authorizer: DeclaredAuthorizer | undefined
  /** What functions run as, unless one has a role of its own. */
  readonly role: FunctionRole
  /** Encrypts the functions' environment. @default the key `aws/lambda` */
  readonly kmsKeyArn: string | undefined
  readonly accessLogs: AccessLogs
  readonly scopeOfFunctions: Construct
  /** Names of their own: a variable or an output may be called what a construct is. */
  readonly #variables = new Construct(this, 'variables')
  #network: Network | undefined

  constructor(scope: Construct, id: string, settings: Settings, declare: (service: ServiceStack) => void) {
    super(scope, id, settings)
    const { names } = this
    this.scopeOfFunctions = new Construct(this, 'functions')
    this.role = new FunctionRole(this, 'role', { name: names.role, partition: partitionOf(settings.AWS_REGION) })
    if (settings.TRACING) this.role.attach('traces', managed.traces)
    this.kmsKeyArn = functionKey(this, settings, names)
    this.accessLogs = new AccessLogs(this)
    declare(this)
    if (this.#network) this.role.attach('vpc-access', managed.vpc)
    else this.role.attach('role-logs', managed.logs)
    this.#follow()
  }

  /** The VPC of the functions that use a database, created or given. It exists once it is used. */
  get network(): Network {
    this.#network ??= new Network(this, 'network', this)
    return this.#network
  }

  /**
   * A value that Terraform is given when it works, and no synthesized file holds: `make deploy` passes the environment's DB_PASS as
   * TF_VAR_db_pass, and names what is missing.
   */
  ask(name: string): string {
    const id = name.toLowerCase()
    const known = this.#variables.node.tryFindChild(id) as TerraformVariable | undefined
    if (known) return known.stringValue
    const variable = new TerraformVariable(this.#variables, id, {
      type: 'string',
      sensitive: isSecret(name),
      description: [name, meaningOf(name)].join(': '),
      validation: [{ condition: `\${length(var.${id}) > 0}`, errorMessage: `${name} must not be empty.` }],
    })
    variable.overrideLogicalId(id)
    return variable.stringValue
  }

  #follow(): void {
    const { settings, apis, functions } = this
    const { API_SECURITY, CERTIFICATE_ARN: certificateArn, DOMAIN_NAME: domainName, WEB_ACL_ARN: webAclArn } = settings
    if (API_SECURITY === 'api-key') new UsagePlan(this, 'usage-plan', this)
    if (webAclArn !== undefined)
      for (const { id, stageArn: resourceArn } of apis)
        new Wafv2WebAclAssociation(this, `${id}-firewall`, { resourceArn, webAclArn })
    const domain =
      domainName !== undefined && certificateArn !== undefined
        ? new CustomDomain(this, 'domain', { domainName, certificateArn, apis })
        : undefined
    const monitoring = new Monitoring(this, 'monitoring', this)

    const scope = new Construct(this, 'outputs')
    const outputs = {
      api_urls: Object.fromEntries(
        apis.map((api) => [api.id, domain ? `https://${domainName}/${api.basePath}` : api.invokeUrl]),
      ),
      functions: Object.fromEntries(functions.map(({ id, functionName }) => [id, functionName])),
      migrations: functions.flatMap(({ id, migrates }) => (migrates ? [id] : [])),
      ...(domain && { domain_target: domain.target }),
      ...monitoring.outputs,
    }
    for (const [name, value] of Object.entries(outputs)) new TerraformOutput(scope, name, { value, staticId: true })
  }
}
