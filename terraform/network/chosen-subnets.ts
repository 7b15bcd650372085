import { DataAwsSubnet } from '@cdktf/provider-aws/lib/data-aws-subnet/index.js'
import { DataAwsSubnets } from '@cdktf/provider-aws/lib/data-aws-subnets/index.js'
import { Fn, Op, TerraformIterator, TerraformLocal } from 'cdktf'
import { Construct } from 'constructs'

/**
 * Chooses two of a VPC's subnets, in two zones if possible. Skips those with `RDS` in their Name, which are the database's own.
 * @returns their ids, and preconditions for functions and databases in them.
 */
export function chooseSubnets(parent: Construct, vpcId: string) {
  const scope = new Construct(parent, 'choice')
  const all = new DataAwsSubnets(scope, 'subnets', { filter: [{ name: 'vpc-id', values: [vpcId] }] })
  const each = TerraformIterator.fromList(all.ids)
  const subnet = new DataAwsSubnet(scope, 'subnet', { forEach: each, id: each.value })
  const local = (name: string, expression: string) => new TerraformLocal(scope, name, `\${${expression}}`).fqn
  // AWS has no filter for "does not contain". Sorted, so that every plan chooses the same two.
  const candidates = local(
    'candidates',
    `sort([for s in ${subnet.fqn} : s.id if !strcontains(lookup(s.tags, "Name", ""), "RDS")])`,
  )
  const zones = local('zones', `{for id in ${candidates} : ${subnet.fqn}[id].availability_zone => id...}`)
  const oneInEach = local('one-in-each-zone', `[for zone in sort(keys(${zones})) : ${zones}[zone][0]]`)
  const ordered = local('ordered', `distinct(concat(${oneInEach}, ${candidates}))`)
  const count = Fn.lengthOf(candidates)
  const found = `Subnets of ${vpcId} whose Name has no "RDS"`
  const enough = {
    condition: Op.gte(count, 2),
    errorMessage: `${found}: ${count}, but the functions need two. Set SUBNET_IDS to two subnets, in two zones.`,
  }
  const inTwoZones = {
    condition: Op.neq(Fn.lengthOf(zones), 1),
    errorMessage: `${found} are in one zone, but a database needs two. Set SUBNET_IDS, or DB_HOST to an existing one.`,
  }
  const subnetIds: string[] = Fn.slice(ordered, 0, Fn.min([2, count]))
  return { subnetIds, preconditions: { functions: [enough], databases: [enough, inTwoZones] } }
}
