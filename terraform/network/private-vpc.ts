import { DataAwsAvailabilityZones } from '@cdktf/provider-aws/lib/data-aws-availability-zones/index.js'
import { DefaultSecurityGroup } from '@cdktf/provider-aws/lib/default-security-group/index.js'
import { Subnet } from '@cdktf/provider-aws/lib/subnet/index.js'
import { Vpc } from '@cdktf/provider-aws/lib/vpc/index.js'
import { Fn } from 'cdktf'
import { Construct } from 'constructs'

/** Lambda releases its network interfaces 20 to 40 minutes after a function's deletion. Until then, their subnets and groups cannot be deleted. */
export const slowDeletion = { timeouts: { delete: '60m' } }

/** One block per subnet; the rest of 10.0.0.0/16 is free for yours. */
const cidrBlocks = ['10.0.0.0/20', '10.0.16.0/20']

/** Creates a VPC with two private subnets in two zones. Without a gateway, it is isolated from the internet. */
export function createVpc(parent: Construct, name: string): { id: string; subnetIds: string[] } {
  const scope = new Construct(parent, 'vpc')
  const vpc = new Vpc(scope, 'vpc', {
    cidrBlock: '10.0.0.0/16',
    // The private DNS name of an endpoint needs both.
    enableDnsSupport: true,
    enableDnsHostnames: true,
    tags: { Name: name },
  })
  // Without rules: a resource that names no group must not reach everything.
  new DefaultSecurityGroup(scope, 'default-security-group', { vpcId: vpc.id })
  const zones = new DataAwsAvailabilityZones(scope, 'zones', {
    state: 'available',
    // Excludes local zones, which are opt-in and have neither Lambda nor RDS.
    filter: [{ name: 'opt-in-status', values: ['opt-in-not-required'] }],
  })
  const subnets = cidrBlocks.map(
    (cidrBlock, index) =>
      new Subnet(scope, `subnet-${index}`, {
        vpcId: vpc.id,
        cidrBlock,
        availabilityZone: Fn.element(zones.names, index),
        tags: { Name: `${name}-private-${index}` },
        // AWS's list of zones changes: the loss of a zone would replace the subnet under database and functions.
        lifecycle: { ignoreChanges: ['availability_zone'] },
        ...slowDeletion,
      }),
  )
  return { id: vpc.id, subnetIds: subnets.map(({ id }) => id) }
}
