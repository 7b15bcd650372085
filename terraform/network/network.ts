import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity/index.js'
import { DataAwsSecurityGroup } from '@cdktf/provider-aws/lib/data-aws-security-group/index.js'
import { DataAwsSubnet } from '@cdktf/provider-aws/lib/data-aws-subnet/index.js'
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js'
import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint/index.js'
import { type Precondition, TerraformIterator } from 'cdktf'
import { Construct } from 'constructs'
import { partitionOf, policyDocument } from '../arn.ts'
import type { Names } from '../names.ts'
import { brokenRules } from '../settings/rules.ts'
import type { Settings } from '../settings.ts'
import { PrivateVpc } from './private-vpc.ts'
import { allowOut, allowTraffic, slowDeletion } from './security-groups.ts'
import { ChosenSubnets, inTwoZones } from './subnets.ts'

export interface NetworkProps {
  readonly settings: Settings
  readonly names: Names
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
  /** Variables that a function needs to reach those services. */
  environment: Readonly<Record<string, string>> = {}
  /** Services of AWS that a function reaches from here, as the SDK's packages are named. */
  readonly routes = new Set<string>()
  readonly #props: NetworkProps
  readonly #ownGroup: SecurityGroup | undefined
  readonly #chosen: ChosenSubnets | undefined

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id)
    this.#props = props
    const { settings, names } = props
    const { SUBNET_IDS, SECURITY_GROUP_IDS } = settings
    const givenVpc = this.#givenVpc(settings)
    if (givenVpc === undefined) {
      const vpc = new PrivateVpc(this, 'vpc', { name: names.project })
      this.vpcId = vpc.id
      this.subnetIds = vpc.subnetIds
    } else {
      this.vpcId = givenVpc
      this.#chosen = SUBNET_IDS ? undefined : new ChosenSubnets(this, 'choice', { vpcId: givenVpc })
      this.subnetIds = SUBNET_IDS ?? this.#chosen?.subnetIds ?? []
      this.preconditions = this.#chosen && [this.#chosen.precondition]
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
    const advice = 'must be left out or create: the VPC that is created has no route to Secrets Manager without it'
    const broken = settings.SECRETS_ENDPOINT === 'existing' && givenVpc === undefined
    this.node.addValidation({ validate: () => brokenRules(settings, [[broken, 'SECRETS_ENDPOINT', advice]]) })
  }

  /** What must hold before a database is put there, which RDS wants in two zones. */
  requireTwoZones(): Precondition[] | undefined {
    if (this.#chosen) return [this.#chosen.precondition, this.#chosen.inTwoZones]
    const { SUBNET_IDS } = this.#props.settings
    if (!SUBNET_IDS) return undefined
    const each = TerraformIterator.fromList(SUBNET_IDS)
    const subnet = new DataAwsSubnet(this, 'subnet', { forEach: each, id: each.value })
    return [inTwoZones(subnet, JSON.stringify(SUBNET_IDS))]
  }

  /** Lets functions read secrets: Secrets Manager is on the internet, and a VPC function is not. */
  readSecrets(): void {
    if (this.routes.has('secrets-manager')) return
    this.routes.add('secrets-manager')
    if (this.#props.settings.SECRETS_ENDPOINT === 'existing') this.allowOut(443)
    else this.environment = this.#secretsEndpoint(this.#props)
  }

  /** Lets the functions speak to what is in another security group. Groups that are given are not changed. */
  allowTo(group: SecurityGroup, port: number): void {
    allowTraffic(group, { port, from: this.securityGroupIds, ...(this.#ownGroup && { ownFrom: this.#ownGroup }) })
  }

  /** Lets the functions out to a port of any address. */
  allowOut(port: number): void {
    if (this.#ownGroup) allowOut(this.#ownGroup, port)
  }

  #givenVpc({ VPC_ID, SUBNET_IDS, SECURITY_GROUP_IDS }: Settings): string | undefined {
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
  #secretsEndpoint({ names, settings: { AWS_REGION: region } }: NetworkProps): Readonly<Record<string, string>> {
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
