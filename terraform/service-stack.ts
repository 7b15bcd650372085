import { TerraformVariable } from 'cdktf'
import { Construct } from 'constructs'
import { DeploymentStack } from './deployment-stack.ts'
import { functionKey } from './lambda/encryption.ts'
import { FunctionRole, managed } from './lambda/role.ts'
import { Network } from './network/network.ts'
import { isSecret, meaningOf, type Problems } from './settings/rules.ts'
import type { Settings } from './settings.ts'

/** Everything but the image repository: what service.ts declares, and what follows from it. */
export class ServiceStack extends DeploymentStack {
  /** Execution role of every function without its own. */
  readonly role: FunctionRole
  /** Encrypts the functions' environment. @default the key `aws/lambda` */
  readonly kmsKeyArn: string | undefined
  readonly scopeOfFunctions = new Construct(this, 'functions')
  /** Names of their own: a variable may be called what a construct is. */
  readonly #variables = new Construct(this, 'variables')

  constructor(scope: Construct, id: string, settings: Settings, problems: Problems) {
    super(scope, id, settings, problems)
    this.role = new FunctionRole(this, 'role', this.names.role, this.names.arn)
    if (settings.TRACING) this.role.attach('traces', managed.traces)
    this.kmsKeyArn = functionKey(this)
  }

  /** The VPC of the functions that use a database, created or given. It exists once it is used. */
  get network(): Network {
    return (this.node.tryFindChild('network') as Network | undefined) ?? new Network(this, 'network')
  }

  /** Constructs of one class, in the order of their declaration. */
  all<T extends Construct>(kind: abstract new (...args: never[]) => T): T[] {
    return this.node.findAll().filter((construct): construct is T => construct instanceof kind)
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
}
