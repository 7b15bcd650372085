import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js'
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js'
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js'
import { Lazy, type TerraformResource } from 'cdktf'
import type { Construct } from 'constructs'
import { assumedBy, policyDocument } from '../names.ts'

/** Managed policies of AWS. */
export const managed = {
  logs: 'service-role/AWSLambdaBasicExecutionRole',
  /** Includes `logs`. */
  vpc: 'service-role/AWSLambdaVPCAccessExecutionRole',
  traces: 'AWSXRayDaemonWriteAccess',
  database: 'AmazonRDSDataFullAccess',
}

/** Execution role of functions, with only the permissions that are added here. */
export class FunctionRole {
  readonly arn: string
  /** For resources that must be replaced with the role: Lambda's grants belong to its unique id, not to its name. */
  readonly replaceTriggeredBy: string[]
  readonly #scope: Construct
  readonly #role: IamRole
  readonly #arn: string
  readonly #policies: TerraformResource[] = []
  readonly #statements = new Map<string, object[]>()

  /** @param arn prefix of an ARN, e.g. `arn:aws`. */
  constructor(scope: Construct, id: string, name: string, arn: string) {
    this.#scope = scope
    this.#arn = arn
    this.#role = new IamRole(scope, id, { name, assumeRolePolicy: assumedBy('lambda') })
    this.arn = this.#role.arn
    // Only the attribute: a reference to the role would also react to a change of its tags.
    this.replaceTriggeredBy = [`${addressOf(this.#role)}.unique_id`]
    // Log lines after `make destroy` would recreate a log group, without a retention, and block the next deployment.
    this.#add(`${id}-no-log-groups`, 'DenyLogGroups', { Effect: 'Deny', Action: 'logs:CreateLogGroup', Resource: '*' })
  }

  /** Attaches a managed policy of AWS. */
  attach(id: string, policy: string): void {
    const policyArn = `${this.#arn}:iam::aws:policy/${policy}`
    this.#policies.push(new IamRolePolicyAttachment(this.#scope, id, { role: this.#role.name, policyArn }))
  }

  /** Allows actions in an inline policy; statements with the same id share a policy. */
  allow(id: string, name: string, statement: { readonly Action: string | string[]; readonly Resource: unknown }): void {
    this.#add(id, name, { Effect: 'Allow', ...statement })
  }

  /** Addresses of the policies, for `dependsOn`: when Lambda creates a function, it checks that the role may enter a VPC. */
  get dependencies(): string[] {
    return this.#policies.map(addressOf)
  }

  #add(id: string, name: string, statement: object): void {
    const statements = this.#statements.get(id)
    if (statements) {
      statements.push(statement)
      return
    }
    const all = [statement]
    this.#statements.set(id, all)
    const policy = Lazy.stringValue({ produce: () => policyDocument(...all) })
    this.#policies.push(new IamRolePolicy(this.#scope, id, { name, role: this.#role.id, policy }))
  }
}

const addressOf = ({ terraformResourceType, friendlyUniqueId }: TerraformResource): string =>
  `${terraformResourceType}.${friendlyUniqueId}`
