import type { Settings } from '../../../terraform/settings.ts'
import { signedFor } from '../apis/caller.ts'
import type { Finding } from './finding.ts'

/** Whether functions find Secrets Manager by an endpoint that their VPC has already; else their first invocation would notice. */
export async function secretsEndpoint({ SECRETS_ENDPOINT, VPC_ID, ...settings }: Settings): Promise<Finding[]> {
  if (SECRETS_ENDPOINT !== 'existing' || VPC_ID === undefined) return []
  const { AWS_REGION: region, SECURITY_GROUP_IDS: groups = ["the functions' group"] } = settings
  const note = (text: string): Finding[] => [{ name: 'Endpoint', text, unsure: true }]
  const query = new URLSearchParams({
    Action: 'DescribeVpcEndpoints',
    Version: '2016-11-15',
    'Filter.1.Name': 'vpc-id',
    'Filter.1.Value.1': VPC_ID,
    'Filter.2.Name': 'service-name',
    'Filter.2.Value.1': `com.amazonaws.${region}.secretsmanager`,
  })
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  const url = process.env.AWS_ENDPOINT_URL || `https://ec2.${region}.${domain}`
  const response = await signedFor('ec2', region)(`${url}/?${query}`).catch((error: Error) => error)
  if (response instanceof Error || !response.ok)
    return note(`cannot be seen (${response instanceof Error ? response.message : response.status})`)
  const xml = await response.text()
  const all = (tag: string) => [...xml.matchAll(new RegExp(`<${tag}>([^<]+)`, 'g'))].map(([, text = '']) => text)
  const [id] = all('vpcEndpointId')
  if (id === undefined)
    return note(`${VPC_ID} has none for Secrets Manager: without a NAT gateway, leave SECRETS_ENDPOINT out`)
  if (!all('privateDnsEnabled').includes('true'))
    return note(`${id} has no private DNS name, so the functions do not find it: leave SECRETS_ENDPOINT out`)
  return note(`${id} has to let ${groups.join(', ')} in on port 443: see its groups, ${all('groupId').join(', ')}`)
}
