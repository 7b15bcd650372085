import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity/index.js'
import { DataAwsSecurityGroup } from '@cdktf/provider-aws/lib/data-aws-security-group/index.js'
import { DataAwsSubnet } from '@cdktf/provider-aws/lib/data-aws-subnet/index.js'
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js'
import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint/index.js'
import { type Precondition, TerraformIterator } from 'cdktf'
import { Construct } from 'constructs'
import { partitionOf, policyDocument } from './arn.ts'
import type { Names } from './names.ts'
import { PrivateVpc } from './private-vpc.ts'
import { allowOut, allowTraffic, slowDeletion } from './security-groups.ts'
import type { Settings } from './settings.ts'
import { inTwoZones, SubnetChoice } from './subnet-choice.ts'

export interface NetworkProps {
  readonly settings: Settings
  readonly names: Names
  /** Whether a function in the VPC reads a secret: Secrets Manager is on the internet, and a VPC function is not. */
  readonly readsSecret: boolean
}

/**
 * Where in a VPC a function is: two subnets, and the security groups that decide whom it reaches. What is given is used, and
 * says which VPC it is; with nothing given there is a VPC of its own.
 */
export class Network extends Construct {
  readonly vpcId: string
  readonly subnetIds: string[]
  readonly securityGroupIds: string[]
  /** What must hold before something is put there. */
  readonly preconditions: Precondition[] | undefined
  /** What must hold before a database is put there, which RDS wants in two zones. */
  readonly forDatabase: Precondition[] | undefined
  /** What a function's environment needs from here. */
  readonly environment: Readonly<Record<string, string>>
  /** Services of AWS that a function reaches from here, as the SDK's packages are named. */
  readonly routes: ReadonlySet<string>
  private readonly ownGroup: SecurityGroup | undefined

  constructor(scope: Construct, id: string, { settings, names, readsSecret }: NetworkProps) {
    super(scope, id)
    const { SUBNET_IDS, SECURITY_GROUP_IDS, SECRETS_ENDPOINT, AWS_REGION, DB_HOST, DB_PORT } = settings
    const givenVpc = this.givenVpc(settings)
    if (givenVpc === undefined) {
      const vpc = new PrivateVpc(this, 'vpc', { name: names.project })
      this.vpcId = vpc.id
      this.subnetIds = vpc.subnetIds
    } else if (SUBNET_IDS) {
      this.vpcId = givenVpc
      this.subnetIds = SUBNET_IDS
      if (DB_HOST === undefined) {
        const each = TerraformIterator.fromList(SUBNET_IDS)
        const subnet = new DataAwsSubnet(this, 'subnet', { forEach: each, id: each.value })
        this.forDatabase = [inTwoZones(subnet, JSON.stringify(SUBNET_IDS))]
      }
    } else {
      const choice = new SubnetChoice(this, 'choice', { vpcId: givenVpc })
      this.vpcId = givenVpc
      this.subnetIds = choice.subnetIds
      this.preconditions = [choice.precondition]
      this.forDatabase = [choice.precondition, choice.inTwoZones]
    }

    this.ownGroup = SECURITY_GROUP_IDS
      ? undefined
      : new SecurityGroup(this, 'security-group', {
          name: `${names.project}-functions`,
          description: 'Lambda functions: out to what they use, nothing in',
          vpcId: this.vpcId,
          ...slowDeletion,
        })
    this.securityGroupIds = SECURITY_GROUP_IDS ?? (this.ownGroup ? [this.ownGroup.id] : [])
    // Of a database that is given only the host's name is known, so its port is open to any address.
    if (DB_HOST !== undefined) this.allowOut(DB_PORT)

    this.routes = new Set(readsSecret ? ['secrets-manager'] : [])
    this.environment = readsSecret && SECRETS_ENDPOINT === 'create' ? this.secretsEndpoint(AWS_REGION, names) : {}
    if (readsSecret && SECRETS_ENDPOINT === 'existing') this.allowOut(443)
  }

  /** Lets the functions speak to what is in another security group. Groups that are given are not changed. */
  allowTo(group: SecurityGroup, port: number): void {
    allowTraffic(group, { port, from: this.securityGroupIds, ...(this.ownGroup && { ownFrom: this.ownGroup }) })
  }

  private allowOut(port: number): void {
    if (this.ownGroup) allowOut(this.ownGroup, port)
  }

  private givenVpc({ VPC_ID, SUBNET_IDS, SECURITY_GROUP_IDS }: Settings): string | undefined {
    const [subnet] = SUBNET_IDS ?? []
    const [group] = SECURITY_GROUP_IDS ?? []
    if (VPC_ID !== undefined) return VPC_ID
    if (subnet !== undefined) return new DataAwsSubnet(this, 'given-subnet', { id: subnet }).vpcId
    return group === undefined ? undefined : new DataAwsSecurityGroup(this, 'given-group', { id: group }).vpcId
  }

  /**
   * An address of Secrets Manager inside of the VPC. It costs by the hour, so only where it is needed. Under a name of its own: the usual
   * one can be had once in a VPC, and would bring here whatever else there asks Secrets Manager.
   */
  private secretsEndpoint(region: string, names: Names): Readonly<Record<string, string>> {
    const group = new SecurityGroup(this, 'endpoint-security-group', {
      name: `${names.project}-secrets-endpoint`,
      description: 'Endpoint of Secrets Manager: HTTPS from the functions',
      vpcId: this.vpcId,
    })
    this.allowTo(group, 443)
    const { accountId } = new DataAwsCallerIdentity(this, 'account')
    const role = `arn:${partitionOf(region)}:iam::${accountId}:role/${names.role}`
    const endpoint = new VpcEndpoint(this, 'secrets-endpoint', {
      vpcId: this.vpcId,
      vpcEndpointType: 'Interface',
      serviceName: `com.amazonaws.${region}.secretsmanager`,
      subnetIds: this.subnetIds,
      securityGroupIds: [group.id],
      privateDnsEnabled: false,
      policy: policyDocument({
        Effect: 'Allow',
        Principal: '*',
        Action: 'secretsmanager:GetSecretValue',
        Resource: '*',
        Condition: { ArnEquals: { 'aws:PrincipalArn': role } },
      }),
      tags: { Name: `${names.project}-secrets` },
    })
    return { AWS_ENDPOINT_URL_SECRETS_MANAGER: `https://${endpoint.dnsEntry.get(0).dnsName}` }
  }
}
