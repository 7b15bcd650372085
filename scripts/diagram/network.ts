import { nested, type Resource, type TerraformJson } from '../../local/wiring/terraform-json.ts'
import { listOf, referred, variablesOf } from './references.ts'
import { databaseThing, functionThing, type Thing } from './things.ts'

/** Things that a security group holds together; without a name where Terraform knows of none. */
export interface Group {
  readonly id: string
  readonly name?: string
  readonly things: readonly Thing[]
}

/** From a thing or a group to another. */
export interface Edge {
  readonly from: string
  readonly to: string
  readonly label?: string
}

interface Network {
  readonly vpc: { readonly title: string; readonly subnets: string }
  readonly functions: Group
  readonly reached: readonly Group[]
  readonly edges: readonly Edge[]
}

/** Where the functions of a VPC are, and what the security groups let them reach. */
export function readNetwork(terraform: TerraformJson, fn: Resource): Network {
  const functions = functionsGroup(terraform, fn)
  const own = new Set(securityGroupsOf(fn))
  const groups = terraform.all('aws_security_group').filter(({ address }) => !own.has(addressed(address)))
  const held = groups.map((group) => ({
    id: group.address,
    name: String(group.block.name),
    things: thingsIn(terraform, group),
  }))
  const given = givenThings(terraform, fn)
  const reached = [...held, ...given.map((thing): Group => ({ id: thing.id, things: [thing] }))]
    .filter(({ things }) => things.length > 0)
    .sort((a, b) => rank(a) - rank(b))
  const edges = [
    ...allowed(terraform, own),
    ...given.map(({ id }) => ({ from: functions.id, to: id, label: portOf(id, fn) })),
  ]
  const endpoint = reached.find(({ things }) => things.some(({ id }) => id === 'endpoint'))
  if (endpoint) edges.push({ from: endpoint.id, to: 'secret', label: '' })
  return { vpc: vpcOf(terraform, fn), functions, reached, edges }
}

const ORDER = ['proxy', 'database', 'endpoint']
const rank = ({ things }: Group) => ORDER.indexOf(things[0]?.id ?? '')

const addressed = (address: string) => `\${${address}.id}`
const securityGroupsOf = (fn: Resource) => listOf(nested(fn, 'vpc_config').security_group_ids)
const portOf = (id: string, fn: Resource) => `TCP ${id === 'endpoint' ? 443 : variablesOf(fn).DB_PORT}`

function functionsGroup(terraform: TerraformJson, fn: Resource): Group {
  const ids = securityGroupsOf(fn)
  const names = ids.map((id) => referred(terraform, id)?.block.name ?? id)
  const inside = terraform.all('aws_lambda_function').filter(({ block }) => block.vpc_config !== undefined)
  const things = [fn, ...inside.filter((each) => each !== fn)].map((each) => functionThing(terraform, each))
  return {
    id: 'functions',
    name: names.length > 2 ? `${names[0]} and ${names.length - 1} others` : names.join(', '),
    things,
  }
}

/** What the functions use and Terraform does not make: a database, or the way to Secrets Manager. */
function givenThings(terraform: TerraformJson, fn: Resource): Thing[] {
  const { DB_HOST = '', DB_SECRET_ID } = variablesOf(fn)
  const things = referred(terraform, DB_HOST) ? [] : [databaseThing(undefined, DB_HOST)]
  if (DB_SECRET_ID === undefined || terraform.all('aws_vpc_endpoint').length > 0) return things
  return [
    ...things,
    { id: 'endpoint', tone: 'guard', title: 'Way to Secrets Manager', lines: ['yours: endpoint or NAT'] },
  ]
}

function thingsIn(terraform: TerraformJson, { address }: Resource): Thing[] {
  const inGroup = (resource: Resource, attribute: string) =>
    listOf(resource.block[attribute]).includes(addressed(address))
  const things: Thing[] = []
  for (const proxy of terraform.all('aws_db_proxy'))
    if (inGroup(proxy, 'vpc_security_group_ids'))
      things.push({ id: 'proxy', tone: 'data', title: 'RDS Proxy', lines: ['shares connections'] })
  for (const instance of terraform.all('aws_db_instance'))
    if (inGroup(instance, 'vpc_security_group_ids')) things.push(databaseThing(instance, ''))
  for (const endpoint of terraform.all('aws_vpc_endpoint'))
    if (inGroup(endpoint, 'security_group_ids')) {
      const service = String(endpoint.block.service_name).split('.').at(-1)
      things.push({
        id: 'endpoint',
        tone: 'guard',
        title: 'Interface endpoint',
        lines: [String(service)],
      })
    }
  return things
}

/** What the rules of the security groups let in, one edge for each pair of groups and port. */
function allowed(terraform: TerraformJson, own: ReadonlySet<string>): Edge[] {
  const edges = terraform.all('aws_vpc_security_group_ingress_rule').map((rule): Edge => {
    const from = String(rule.block.referenced_security_group_id)
    return {
      from: own.has(from) ? 'functions' : (referred(terraform, from)?.address ?? from),
      to: terraform.follow(rule, 'security_group_id').address,
      label: `TCP ${rule.block.from_port}`,
    }
  })
  return [...new Map(edges.map((edge) => [JSON.stringify(edge), edge])).values()]
}

function vpcOf(terraform: TerraformJson, fn: Resource): Network['vpc'] {
  const [vpc] = terraform.all('aws_vpc')
  const subnets = terraform.all('aws_subnet')
  if (vpc) {
    const blocks = subnets.map(({ block }) => block.cidr_block).join(' and ')
    return {
      title: `VPC ${(vpc.block.tags as Record<string, string>).Name} · ${vpc.block.cidr_block}`,
      subnets: `private subnets in two zones, without internet · ${blocks}`,
    }
  }
  const ids = nested(fn, 'vpc_config').subnet_ids
  const [group] = terraform.all('aws_security_group')
  const [chosen] = terraform.all('data.aws_subnets')
  const filter = (chosen?.block.filter as { values: string[] }[] | undefined)?.[0]?.values[0]
  const id = filter ?? (group && !String(group.block.vpc_id).includes('${') ? String(group.block.vpc_id) : undefined)
  return {
    title: id === undefined ? 'VPC · yours' : `VPC ${id} · yours`,
    subnets: Array.isArray(ids) ? `subnets ${ids.join(' and ')}` : 'two of its subnets, those for databases left out',
  }
}
