import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after } from 'node:test'
import type { Wiring } from '../../tools/local/wiring/wiring.ts'
import { readWiring } from '../../tools/local/wiring/wiring.ts'

export type Blocks = Record<string, Record<string, Record<string, unknown>>>

export const folder = mkdtempSync(path.join(tmpdir(), 'wiring-'))
after(() => rmSync(folder, { recursive: true }))

/** A reference as Terraform JSON has it. */
export const ref = (address: string) => `\${${address}}`

/** As cdktf writes it: one function behind one API, with an alias, a preflight and a gateway response. */
export function terraform(): { data: Blocks; resource: Blocks } {
  const api = { rest_api_id: ref('aws_api_gateway_rest_api.api.id') }
  const root = { ...api, resource_id: ref('aws_api_gateway_rest_api.api.root_resource_id') }
  const users = { ...api, resource_id: ref('aws_api_gateway_resource.rds.id') }
  const user = { ...api, resource_id: ref('aws_api_gateway_resource.rds-id.id') }
  const preflight = { ...users, http_method: 'OPTIONS' }
  const origin = (of: string) => ({ [`${of}.header.Access-Control-Allow-Origin`]: "'*'" })
  const proxy = { type: 'AWS_PROXY', integration_http_method: 'POST' }
  return {
    data: { aws_ecr_image: { rds: { repository_name: 'my_lambda' } } },
    resource: {
      aws_lambda_function: {
        rds: {
          function_name: 'rds',
          image_uri: ref('data.aws_ecr_image.rds.image_uri'),
          memory_size: 512,
          timeout: 28,
          environment: { variables: { DB_HOST: ref('aws_db_instance.users.address'), DB_PORT: '3306' } },
        },
        migrate: {
          function_name: 'rds-migrate',
          image_uri: ref('data.aws_ecr_image.rds.image_uri'),
          image_config: [{ command: ['index.migrate'] }],
        },
      },
      aws_lambda_alias: { live: { name: 'live', function_name: ref('aws_lambda_function.rds.function_name') } },
      aws_api_gateway_rest_api: { api: { name: 'users', binary_media_types: ['multipart/form-data'] } },
      aws_api_gateway_resource: {
        rds: { ...api, parent_id: ref('aws_api_gateway_rest_api.api.root_resource_id'), path_part: 'rds' },
        'rds-id': { ...api, parent_id: ref('aws_api_gateway_resource.rds.id'), path_part: '{id}' },
      },
      aws_api_gateway_method: {
        list: { ...users, http_method: 'GET' },
        one: { ...user, http_method: 'GET' },
        preflight,
        root: { ...root, http_method: 'ANY' },
      },
      aws_api_gateway_integration: {
        list: { ...users, ...proxy, http_method: 'GET', uri: ref('aws_lambda_function.rds.invoke_arn') },
        one: {
          ...proxy,
          ...api,
          resource_id: ref('aws_api_gateway_method.one.resource_id'),
          http_method: ref('aws_api_gateway_method.one.http_method'),
          timeout_milliseconds: 5000,
          uri: ref('aws_lambda_alias.live.invoke_arn'),
        },
        preflight: { ...preflight, type: 'MOCK', request_templates: { 'application/json': '{"statusCode": 204}' } },
        root: { ...root, ...proxy, http_method: 'ANY', uri: ref('aws_lambda_function.rds.invoke_arn') },
      },
      aws_api_gateway_integration_response: {
        preflight: { ...preflight, status_code: '204', response_parameters: origin('method.response') },
      },
      aws_api_gateway_stage: { stage: { ...api, stage_name: 'default' } },
      aws_api_gateway_gateway_response: {
        '4xx': { ...api, response_type: 'DEFAULT_4XX', response_parameters: origin('gatewayresponse') },
      },
    },
  }
}

export function read(json: unknown): Wiring {
  const file = path.join(folder, 'cdk.tf.json')
  writeFileSync(file, JSON.stringify(json))
  return readWiring(file)
}

/** The fixture with one attribute changed, or one block removed where `value` is undefined. */
export function broken(type: string, id: string, attribute?: string, value?: unknown): unknown {
  const json = terraform()
  const blocks = type.startsWith('data.') ? json.data[type.slice(5)] : json.resource[type]
  const block = blocks?.[id]
  assert.ok(blocks && block, `${type}.${id}`)
  if (attribute === undefined) delete blocks[id]
  else block[attribute] = value
  return json
}
