import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity/index.js'
import { DataAwsSecurityGroup } from '@cdktf/provider-aws/lib/data-aws-security-group/index.js'
import { DataAwsSubnet } from '@cdktf/provider-aws/lib/data-aws-subnet/index.js'
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js'
import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint/index.js'
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js'
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js'
import { Construct } from 'constructs'
import type { DeploymentStack } from '../deployment-stack.ts'
import { policyDocument } from '../names.ts'
import { chooseSubnets } from './chosen-subnets.ts'
import { createVpc, slowDeletion } from './private-vpc.ts'

/**
 * A function's place in a VPC: two subnets, and the security groups that limit its connections. Settings can name the VPC, or
 * subnets or groups in it; without any of them, a VPC is created.
 */
export class Network extends Construct {
  readonly vpcId: string
  readonly subnetIds: string[]
  readonly securityGroupIds: string[]
  /** Preconditions of every function and every database in this network. */
  readonly preconditions: ReturnType<typeof chooseSubnets>['preconditions'] | undefined
  /** Variables that a function needs to reach Secrets Manager. */
  environment: Readonly<Record<string, string>> = {}
  /** AWS services that a function reaches from here, by the names of their SDK clients. */
  readonly routes = new Set<string>()
  readonly #stack: DeploymentStack
  readonly #ownGroup: SecurityGroup | undefined

  constructor(stack: DeploymentStack, id: string) {
    super(stack, id)
    this.#stack = stack
    const { settings, names } = stack
    const { SUBNET_IDS, SECURITY_GROUP_IDS, SECRETS_ENDPOINT } = settings
    const givenVpc = this.#givenVpc()
    if (givenVpc === undefined) {
      const vpc = createVpc(this, names.project)
      this.vpcId = vpc.id
      this.subnetIds = vpc.subnetIds
    } else {
      this.vpcId = givenVpc
      const chosen = SUBNET_IDS ? { subnetIds: SUBNET_IDS, preconditions: undefined } : chooseSubnets(this, givenVpc)
      this.subnetIds = chosen.subnetIds
      this.preconditions = chosen.preconditions
    }
    this.#ownGroup = SECURITY_GROUP_IDS
      ? undefined
      : new SecurityGroup(this, 'security-group', {
          name: `${names.project}-functions`,
          description: 'Lambda functions: out to what they use, nothing in',
          vpcId: this.vpcId,
          ...slowDeletion,
        })
    this.securityGroupIds = SECURITY_GROUP_IDS ?? (this.#ownGroup ? [this.#ownGroup.id] : [])
    if (SECRETS_ENDPOINT === 'existing' && givenVpc === undefined)
      stack.problems.add(
        'SECRETS_ENDPOINT',
        'must be left out or create: the created VPC has no other route to Secrets Manager',
      )
  }

  /** Gives functions a route to Secrets Manager, which is on the internet, out of reach of a VPC function. */
  readSecrets(): void {
    if (this.routes.has('secrets-manager')) return
    this.routes.add('secrets-manager')
    if (this.#stack.settings.SECRETS_ENDPOINT === 'existing') this.allowOut(443)
    else this.environment = this.#secretsEndpoint()
  }

  /**
   * Allows connections from the functions to another security group. Given groups stay unchanged. The rules are separate resources: inline
   * rules of two groups that name each other would be a cycle.
   */
  allowTo(group: SecurityGroup, port: number): void {
    const rule = tcp(port, 'from the functions')
    for (const [index, from] of this.securityGroupIds.entries()) {
      const inbound = { ...rule, securityGroupId: group.id, referencedSecurityGroupId: from }
      new VpcSecurityGroupIngressRule(group, `in-${port}-${index}`, inbound)
    }
    if (!this.#ownGroup) return
    const outbound = { ...rule, securityGroupId: this.#ownGroup.id, referencedSecurityGroupId: group.id }
    new VpcSecurityGroupEgressRule(this.#ownGroup, `to-${group.node.id}-${port}`, outbound)
  }

  /** Allows connections from the functions to a port of any address. */
  allowOut(port: number): void {
    if (!this.#ownGroup) return
    const outbound = { ...tcp(port, 'to any address'), securityGroupId: this.#ownGroup.id, cidrIpv4: '0.0.0.0/0' }
    new VpcSecurityGroupEgressRule(this.#ownGroup, `out-${port}`, outbound)
  }

  #givenVpc(): string | undefined {
    const { VPC_ID, SUBNET_IDS: [subnet] = [], SECURITY_GROUP_IDS: [group] = [] } = this.#stack.settings
    if (VPC_ID !== undefined) return VPC_ID
    if (subnet !== undefined) return new DataAwsSubnet(this, 'given-subnet', { id: subnet }).vpcId
    return group === undefined ? undefined : new DataAwsSecurityGroup(this, 'given-group', { id: group }).vpcId
  }

  /**
   * Creates a VPC endpoint for Secrets Manager, only if needed: it is billed by the hour. It has no private DNS name: a VPC can have that
   * only once, and it would route all other calls to Secrets Manager here.
   */
  #secretsEndpoint(): Readonly<Record<string, string>> {
    const { names, settings } = this.#stack
    const group = new SecurityGroup(this, 'endpoint-security-group', {
      name: `${names.project}-secrets-endpoint`,
      description: 'Endpoint of Secrets Manager: HTTPS from the functions',
      vpcId: this.vpcId,
    })
    this.allowTo(group, 443)
    const { accountId } = new DataAwsCallerIdentity(this, 'account')
    const endpoint = new VpcEndpoint(this, 'secrets-endpoint', {
      vpcId: this.vpcId,
      vpcEndpointType: 'Interface',
      serviceName: `com.amazonaws.${settings.AWS_REGION}.secretsmanager`,
      subnetIds: this.subnetIds,
      securityGroupIds: [group.id],
      privateDnsEnabled: false,
      policy: policyDocument({
        Effect: 'Allow',
        Principal: '*',
        Action: 'secretsmanager:GetSecretValue',
        Resource: '*',
        Condition: { ArnEquals: { 'aws:PrincipalArn': `${names.arn}:iam::${accountId}:role/${names.role}` } },
      }),
      tags: { Name: `${names.project}-secrets` },
    })
    return { AWS_ENDPOINT_URL_SECRETS_MANAGER: `https://${endpoint.dnsEntry.get(0).dnsName}` }
  }
}

const tcp = (port: number, direction: string) => {
  return { ipProtocol: 'tcp', fromPort: port, toPort: port, description: `TCP ${port} ${direction}` }
}
