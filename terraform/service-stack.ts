import { TerraformVariable } from 'cdktf'
import { Construct } from 'constructs'
import { DeploymentStack } from './deployment-stack.ts'
import { functionKey } from './lambda/encryption.ts'
import { FunctionRole, managed } from './lambda/role.ts'
import { Network } from './network/network.ts'
import { isSecret, meaningOf, type Problems } from './settings/rules.ts'
import type { Settings } from './settings.ts'

/** All resources but the image repository: those that service.ts declares, and those that follow from them. */
export class ServiceStack extends DeploymentStack {
  /** Execution role of every function without its own. */
  readonly role: FunctionRole
  /** Encrypts the functions' environment. @default the key `aws/lambda` */
  readonly kmsKeyArn: string | undefined
  readonly scopeOfFunctions = new Construct(this, 'functions')
  /** A scope of their own: a variable may have the name of a construct. */
  readonly #variables = new Construct(this, 'variables')

  constructor(scope: Construct, id: string, settings: Settings, problems: Problems) {
    super(scope, id, settings, problems)
    this.role = new FunctionRole(this, 'role', this.names.role, this.names.arn)
    if (settings.TRACING) this.role.attach('traces', managed.traces)
    this.kmsKeyArn = functionKey(this)
  }

  /** Network of the functions that use a database, in a created or given VPC. Declared on first use. */
  get network(): Network {
    return (this.node.tryFindChild('network') as Network | undefined) ?? new Network(this, 'network')
  }

  /** Constructs of one class, in the order of their declaration. */
  all<T extends Construct>(kind: abstract new (...args: never[]) => T): T[] {
    return this.node.findAll().filter((construct): construct is T => construct instanceof kind)
  }

  /**
   * Declares a Terraform variable, whose value no synthesized file contains: `make deploy` passes DB_PASS of the environment as
   * TF_VAR_db_pass, and names missing values.
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
