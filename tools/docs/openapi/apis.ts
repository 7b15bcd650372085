import { globSync } from 'node:fs'
import { join } from 'node:path'
import type { ApiDefinition } from '../../../functions/http/api-definition.ts'
import { resourcePath } from '../../local/wiring/resources.ts'
import type { Resource, TerraformJson } from '../../local/wiring/terraform-json.ts'
import { ROOT } from '../../process/command.ts'

/** The API of every folder of functions/ whose `api.ts` defines one. */
export async function readApis(): Promise<ApiDefinition[]> {
  const files = globSync('functions/*/api.ts', { cwd: ROOT }).sort()
  const modules = await Promise.all(files.map((file): Promise<{ api?: ApiDefinition }> => import(join(ROOT, file))))
  return modules.flatMap(({ api }) => api ?? [])
}

/** How an API knows its callers: the values of API_SECURITY. */
export type Access = 'open' | 'iam' | 'api-key' | 'cognito' | 'jwt'

/** Where Terraform puts a resource of an API. */
export interface Place {
  readonly access: Access
  readonly stage: string
  /** Host and base path of a custom domain. */
  readonly domain: string | undefined
}

/** @throws Error where Terraform has no such resource. */
export function placeOf(terraform: TerraformJson, path: string): Place {
  const apiOf = (resource: Resource) => terraform.follow(resource, 'rest_api_id')
  const method = terraform
    .all('aws_api_gateway_method')
    .find((each) => each.block.http_method !== 'OPTIONS' && resourcePath(terraform, apiOf(each), each) === path)
  if (!method)
    throw new Error(
      `Terraform has no resource ${path}, which an api.ts of functions/ defines: add its API to terraform/`,
    )
  const api = apiOf(method)
  const stage = terraform.all('aws_api_gateway_stage').find((each) => apiOf(each) === api)
  if (!stage) throw new Error(`${api.address} has no aws_api_gateway_stage`)
  const mapping = terraform
    .all('aws_api_gateway_base_path_mapping')
    .find((each) => terraform.follow(each, 'api_id') === api)
  return {
    access: accessOf(method),
    stage: terraform.text(stage, 'stage_name'),
    domain: mapping && `${terraform.text(mapping, 'domain_name')}/${terraform.text(mapping, 'base_path')}`,
  }
}

const ACCESS: Readonly<Record<string, Access>> = { AWS_IAM: 'iam', CUSTOM: 'jwt', COGNITO_USER_POOLS: 'cognito' }

const accessOf = ({ block: { authorization, api_key_required: key } }: Resource): Access =>
  key === true ? 'api-key' : (ACCESS[String(authorization)] ?? 'open')

const apiKey = (name: string, description: string) => ({ type: 'apiKey', in: 'header', name, description })
const bearer = (description: string) => ({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description })

/** What API_SECURITY asks of callers. */
export const securitySchemes: Readonly<Record<Exclude<Access, 'open'>, object>> = {
  iam: {
    ...apiKey('Authorization', '`API_SECURITY=iam`: AWS Signature Version 4 for the service `execute-api`.'),
    'x-amazon-apigateway-authtype': 'awsSigv4',
  },
  'api-key': apiKey('x-api-key', '`API_SECURITY=api-key`: a key of the usage plan.'),
  cognito: bearer('`API_SECURITY=cognito`: a token of the user pool.'),
  jwt: bearer('`API_SECURITY=jwt`: a token of `JWT_ISSUER`.'),
}
