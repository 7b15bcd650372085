import { DataAwsSubnet } from '@cdktf/provider-aws/lib/data-aws-subnet/index.js'
import { DataAwsSubnets } from '@cdktf/provider-aws/lib/data-aws-subnets/index.js'
import { Fn, Op, type Precondition, TerraformIterator, TerraformLocal } from 'cdktf'
import { Construct } from 'constructs'

/** Two of a VPC's subnets whose Name has no `RDS` (those that have it are the database's own), in two zones if they can be. */
export class ChosenSubnets extends Construct {
  readonly subnetIds: string[]
  /** That there are two. */
  readonly precondition: Precondition
  readonly inTwoZones: Precondition

  constructor(scope: Construct, id: string, { vpcId }: { readonly vpcId: string }) {
    super(scope, id)
    const all = new DataAwsSubnets(this, 'subnets', { filter: [{ name: 'vpc-id', values: [vpcId] }] })
    const each = TerraformIterator.fromList(all.ids)
    const subnet = new DataAwsSubnet(this, 'subnet', { forEach: each, id: each.value })
    const local = (name: string, expression: string) => new TerraformLocal(this, name, `\${${expression}}`).fqn
    // AWS has no filter for "does not contain". Sorted, so that the next plan takes the same two.
    const candidates = local(
      'candidates',
      `sort([for s in ${subnet.fqn} : s.id if !strcontains(lookup(s.tags, "Name", ""), "RDS")])`,
    )
    const zones = local('zones', `{for id in ${candidates} : ${subnet.fqn}[id].availability_zone => id...}`)
    const oneInEach = local('one-in-each-zone', `[for zone in sort(keys(${zones})) : ${zones}[zone][0]]`)
    const ordered = local('ordered', `distinct(concat(${oneInEach}, ${candidates}))`)
    this.inTwoZones = inTwoZones(subnet, `slice(${ordered}, 0, min(2, length(${ordered})))`)
    this.subnetIds = Fn.slice(ordered, 0, Fn.min([2, Fn.lengthOf(candidates)]))
    this.precondition = {
      condition: Op.gte(Fn.lengthOf(candidates), 2),
      errorMessage: `Subnets of ${vpcId} whose Name has no "RDS": ${Fn.lengthOf(candidates)}, and the functions need two. Set SUBNET_IDS to two subnets, in two zones.`,
    }
  }
}

/** RDS refuses a database whose subnets are in one zone. @param ids Terraform expression, a list. */
export const inTwoZones = ({ fqn }: DataAwsSubnet, ids: string): Precondition => ({
  condition: `\${length(distinct([for id in ${ids} : ${fqn}[id].availability_zone])) > 1}`,
  errorMessage:
    'The subnets are in one zone, and a database needs two. Set SUBNET_IDS to subnets in two zones, or DB_HOST to a database that exists.',
})
