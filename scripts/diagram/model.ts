import type { TerraformJson } from '../../local/wiring/terraform-json.ts'
import { readRoutes } from '../openapi/routes.ts'
import type { Stack } from '../synthesized.ts'
import { aroundThem } from './around.ts'
import { type Edge, type Group, readNetwork } from './network.ts'
import { referred, variablesOf } from './references.ts'
import { apiThing, bucketThing, functionThing, secretThing, type Thing } from './things.ts'

/** What a reader wants to see of a deployment. */
export interface Architecture {
  readonly region: string
  /** Who gets in. */
  readonly callers: string
  /** Both APIs, that of the function in the VPC first. */
  readonly apis: readonly Thing[]
  readonly authorizer: Thing | undefined
  readonly vpc: { readonly title: string; readonly subnets: string }
  /** Those in the VPC. */
  readonly functions: Group
  /** What they reach there, from top to bottom. */
  readonly reached: readonly Group[]
  readonly secret: Thing | undefined
  /** The function outside of the VPC, and what it uses. */
  readonly files: Thing
  readonly bucket: Thing
  /** What all of them use, and what watches them. */
  readonly around: readonly Thing[]
  readonly edges: readonly Edge[]
}

const CALLERS = {
  open: 'open to anyone',
  iam: 'signed with AWS credentials',
  'api-key': 'with an API key',
  cognito: 'with a token of the user pool',
  jwt: 'with a token of the issuer',
}

/** Reads a deployment from its Terraform. */
export function readArchitecture({ terraform, region }: Stack): Architecture {
  const all = terraform.all('aws_lambda_function')
  const withCommand = (wanted: boolean, inVpc: boolean) =>
    all.find(({ block }) => (block.image_config !== undefined) === wanted && (block.vpc_config !== undefined) === inVpc)
  const [rds, s3, authorizer] = [withCommand(false, true), withCommand(false, false), withCommand(true, false)]
  if (!rds || !s3)
    throw new Error('scripts/diagram/ draws one function in a VPC and one outside of it: Terraform has not both')
  const routes = readRoutes(terraform)
  const order = [rds.address, s3.address]
  // Other functions than these two are not drawn.
  const calls = integrations(terraform).filter(({ to }) => order.includes(to))
  const { vpc, functions, reached, edges } = readNetwork(terraform, rds)
  const secretId = variablesOf(rds).DB_SECRET_ID
  return {
    region,
    callers: CALLERS[routes[0]?.access ?? 'open'],
    apis: calls
      .toSorted((a, b) => order.indexOf(a.to) - order.indexOf(b.to))
      .flatMap(({ from }) => terraform.all('aws_api_gateway_rest_api').filter(({ address }) => address === from))
      .map((api) => apiThing(terraform, api, routes)),
    authorizer: authorizer && functionThing(terraform, authorizer),
    vpc,
    functions,
    reached,
    secret: secretId === undefined ? undefined : secretThing(secretId),
    files: functionThing(terraform, s3),
    bucket: bucketThing(terraform, s3),
    around: aroundThem(terraform, rds),
    edges: [...calls, ...edges],
  }
}

/** From each API to the function behind its routes. */
function integrations(terraform: TerraformJson): Edge[] {
  const edges = terraform
    .all('aws_api_gateway_integration')
    .filter(({ block }) => block.type === 'AWS_PROXY')
    .map((integration) => {
      const uri = terraform.follow(integration, 'uri')
      const target = uri.type === 'aws_lambda_alias' ? referred(terraform, uri.block.function_name) : uri
      return { from: terraform.follow(integration, 'rest_api_id').address, to: target?.address ?? uri.address }
    })
  return [...new Map(edges.map((edge) => [edge.from, edge])).values()]
}
