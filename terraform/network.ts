import { DataAwsSubnet } from '@cdktf/provider-aws/lib/data-aws-subnet/index.js'
import { DataAwsSubnets } from '@cdktf/provider-aws/lib/data-aws-subnets/index.js'
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js'
import { Fn, Op, type Precondition, TerraformIterator, TerraformLocal } from 'cdktf'
import { Construct } from 'constructs'
import { givenOrAsked } from './given-or-asked.ts'
import type { Settings } from './settings.ts'

/** Where in a VPC a function is: two subnets, and the security groups that decide whom it reaches. */
export class Network extends Construct {
  readonly subnetIds: string[]
  readonly securityGroupIds: string[]
  /** What must hold before a function is put there. */
  readonly preconditions: Precondition[] = []

  constructor(scope: Construct, id: string, { PROJECT, VPC_ID, SUBNET_IDS, SECURITY_GROUP_IDS }: Settings) {
    super(scope, id)
    if (SUBNET_IDS && SECURITY_GROUP_IDS) {
      this.subnetIds = SUBNET_IDS
      this.securityGroupIds = SECURITY_GROUP_IDS
      return
    }
    const vpcId = givenOrAsked(this, 'VPC_ID', VPC_ID, 'VPC that the database is in')
    this.subnetIds = SUBNET_IDS ?? this.subnetsWithoutDatabase(vpcId)
    this.securityGroupIds = SECURITY_GROUP_IDS ?? [this.securityGroup(`${PROJECT}-functions`, vpcId)]
  }

  /** Two of the VPC's subnets whose Name has no `RDS`: those that have it are the database's own. */
  private subnetsWithoutDatabase(vpcId: string): string[] {
    const all = new DataAwsSubnets(this, 'subnets', { filter: [{ name: 'vpc-id', values: [vpcId] }] })
    const each = TerraformIterator.fromList(all.ids)
    const subnet = new DataAwsSubnet(this, 'subnet', { forEach: each, id: each.value })
    // AWS has no filter for "does not contain". Sorted, so that the next plan takes the same two.
    const candidates = new TerraformLocal(
      this,
      'candidates',
      `\${sort([for s in ${subnet.fqn} : s.id if !strcontains(lookup(s.tags, "Name", ""), "RDS")])}`,
    )
    this.preconditions.push({
      condition: Op.gte(Fn.lengthOf(candidates.expression), 2),
      errorMessage:
        'The VPC has fewer than two subnets whose Name has no "RDS". Set SUBNET_IDS to two subnets, in two zones, for the functions.',
    })
    return Fn.slice(candidates.expression, 0, 2)
  }

  private securityGroup(name: string, vpcId: string): string {
    return new SecurityGroup(this, 'security-group', {
      name,
      description: 'Lambda functions: out to the database and to AWS, nothing in',
      vpcId,
      egress: [{ protocol: '-1', fromPort: 0, toPort: 0, cidrBlocks: ['0.0.0.0/0'] }],
    }).id
  }
}
