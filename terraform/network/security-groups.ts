import type { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js'
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js'
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js'

/** Lambda gives its network interfaces back some 20 to 40 minutes after the function is gone; until then nothing under them can go. */
export const slowDeletion = { timeouts: { delete: '60m' } }

interface Traffic {
  /** TCP. */
  readonly port: number
  /** Ids of the groups that may come in. */
  readonly from: readonly string[]
  /** The one of them that is made here, and so has to be let out. */
  readonly ownFrom?: SecurityGroup
}

/** Lets one side speak to the other. Rules of their own: inline, two groups that name each other would be a circle. */
export function allowTraffic(to: SecurityGroup, { port, from, ownFrom }: Traffic): void {
  const rule = { ipProtocol: 'tcp', fromPort: port, toPort: port, description: `TCP ${port} from the functions` }
  from.forEach((groupId, index) => {
    new VpcSecurityGroupIngressRule(to, `in-${port}-${index}`, {
      ...rule,
      securityGroupId: to.id,
      referencedSecurityGroupId: groupId,
    })
  })
  if (!ownFrom) return
  new VpcSecurityGroupEgressRule(ownFrom, `to-${to.node.id}-${port}`, {
    ...rule,
    securityGroupId: ownFrom.id,
    referencedSecurityGroupId: to.id,
  })
}

/** Lets a group out to a port of any address. */
export function allowOut(group: SecurityGroup, port: number): void {
  new VpcSecurityGroupEgressRule(group, `out-${port}`, {
    securityGroupId: group.id,
    ipProtocol: 'tcp',
    fromPort: port,
    toPort: port,
    cidrIpv4: '0.0.0.0/0',
    description: `TCP ${port} to any address`,
  })
}
