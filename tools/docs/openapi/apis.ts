import { globSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { ApiDefinition } from '../../../functions/http/api-definition.ts'
import type { Settings } from '../../../terraform/settings.ts'
import { resourcePath } from '../../local/wiring/methods.ts'
import type { Resource, TerraformJson } from '../../local/wiring/terraform.ts'
import { ROOT } from '../../process/command.ts'

/** Reads the APIs that `api.ts` files in functions/ define, by folder name. */
export async function readApis(): Promise<ReadonlyMap<string, ApiDefinition>> {
  const apis = new Map<string, ApiDefinition>()
  for (const file of globSync('functions/*/api.ts', { cwd: ROOT }).sort()) {
    const { api }: { api?: ApiDefinition } = await import(join(ROOT, file))
    if (api) apis.set(basename(dirname(file)), api)
  }
  return apis
}

/** Authentication of an API's callers. */
export type Access = Settings['API_SECURITY']

/**
 * Finds a route in Terraform: access and stage of its REST API.
 * @throws Error if Terraform has no such route.
 */
export function placeOf(terraform: TerraformJson, route: string) {
  const [name = '', path = ''] = route.split(' ')
  const apiOf = (resource: Resource) => terraform.follow(resource, 'rest_api_id')
  const serves = (method: Resource) => {
    const [prefix = '', ...greedy] = resourcePath(terraform, method).split(/\{\w+\+\}$/)
    return greedy.length > 0 ? path.startsWith(prefix) : path === prefix
  }
  const methods = terraform.all('aws_api_gateway_method')
  const method = [name, 'ANY'].flatMap((each) => methods.filter(({ block }) => block.http_method === each)).find(serves)
  if (!method)
    throw new Error(`Terraform has no ${route}, which an api.ts in functions/ defines: add its API to terraform/`)
  const api = apiOf(method)
  const stage = terraform.all('aws_api_gateway_stage').find((each) => apiOf(each) === api)
  if (!stage) throw new Error(`${api.address} has no aws_api_gateway_stage`)
  const { authorization, api_key_required: key } = method.block
  const access = key === true ? 'api-key' : (ACCESS[String(authorization)] ?? 'open')
  return { access, stage: terraform.text(stage, 'stage_name') }
}

const ACCESS: Readonly<Record<string, Access>> = { AWS_IAM: 'iam', CUSTOM: 'jwt', COGNITO_USER_POOLS: 'cognito' }

const apiKey = (name: string, description: string) => ({ type: 'apiKey', in: 'header', name, description })
const bearer = (description: string) => ({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description })

/** Security requirement of each API_SECURITY. */
export const securitySchemes: Readonly<Record<Exclude<Access, 'open'>, object>> = {
  iam: {
    ...apiKey('Authorization', '`API_SECURITY=iam`: AWS Signature Version 4 for the service `execute-api`.'),
    'x-amazon-apigateway-authtype': 'awsSigv4',
  },
  'api-key': apiKey('x-api-key', '`API_SECURITY=api-key`: a key of the usage plan.'),
  cognito: bearer('`API_SECURITY=cognito`: a token of the user pool.'),
  jwt: bearer('`API_SECURITY=jwt`: a token of `JWT_ISSUER`.'),
}
