// biome-ignore lint/suspicious/noExplicitAny: tests change any attribute of a block
export type Blocks = Record<string, Record<string, any>>
export type Stack = {
  data: Blocks
  resource: Blocks
  output?: Record<string, { value: unknown }>
  variable?: Blocks[string]
}

/** Reference in Terraform JSON. */
export const ref = (address: string) => `\${${address}}`
/** Attribute of resources in the fixture's REST API. */
export const api = { rest_api_id: ref('aws_api_gateway_rest_api.api.id') }

/** Fixture of cdktf output: one API of an image and a zip function, with alias, preflight and gateway response. */
export function terraform() {
  const rootId = ref('aws_api_gateway_rest_api.api.root_resource_id')
  const on = (id: string, http_method: string) => {
    return { ...api, http_method, resource_id: ref(`aws_api_gateway_resource.${id}.id`) }
  }
  const methods = {
    list: on('notes', 'GET'),
    one: on('note', 'GET'),
    preflight: on('notes', 'OPTIONS'),
    rest: on('rest', 'ANY'),
  }
  const origin = (of: string) => ({ [`${of}.header.Access-Control-Allow-Origin`]: "'*'" })
  const proxy = (uri: string) => ({ type: 'AWS_PROXY', integration_http_method: 'POST', uri })
  const byMethod = (attribute: string) => ref(`aws_api_gateway_method.one.${attribute}`)
  const image_uri = ref('data.aws_ecr_image.any.image_uri')
  const clock = `arn:aws:apigateway:${ref('data.aws_region.here.name')}:lambda:path/${ref('aws_lambda_function.clock.arn')}/invocations`
  const templates = { 'application/json': '{"statusCode": 204}' }
  return {
    data: { aws_ecr_image: { any: { repository_name: 'r', image_tag: 'notes' } }, aws_region: { here: {} } },
    resource: {
      aws_lambda_function: {
        notes: { function_name: 'notes', image_uri, memory_size: 512, timeout: 28 },
        prepare: { function_name: 'prepare', image_uri, image_config: [{ command: ['main.prepare'] }] },
        clock: { function_name: 'clock', filename: '../clock.zip', runtime: 'nodejs24.x', handler: 'src/clock.now' },
      },
      aws_lambda_alias: { live: { name: 'live', function_name: ref('aws_lambda_function.notes.function_name') } },
      aws_api_gateway_rest_api: { api: { name: 'mine', binary_media_types: ['multipart/form-data'] } },
      aws_api_gateway_resource: {
        notes: { ...api, parent_id: rootId, path_part: 'notes' },
        note: { ...api, parent_id: ref('aws_api_gateway_resource.notes.id'), path_part: '{id}' },
        rest: { ...api, parent_id: rootId, path_part: '{proxy+}' },
      },
      aws_api_gateway_method: methods,
      aws_api_gateway_integration: {
        list: { ...methods.list, ...proxy(ref('aws_lambda_function.notes.invoke_arn')) },
        one: {
          ...{ ...api, ...proxy(ref('aws_lambda_alias.live.invoke_arn')), timeout_milliseconds: 5000 },
          ...{ resource_id: byMethod('resource_id'), http_method: byMethod('http_method') },
        },
        preflight: { ...methods.preflight, type: 'MOCK', request_templates: templates },
        rest: { ...methods.rest, ...proxy(clock) },
      },
      aws_api_gateway_integration_response: {
        preflight: { ...methods.preflight, status_code: '204', response_parameters: origin('method.response') },
      },
      aws_api_gateway_stage: { stage: { ...api, stage_name: 'default' } },
      aws_api_gateway_gateway_response: {
        '4xx': { ...api, response_type: 'DEFAULT_4XX', response_parameters: origin('gatewayresponse') },
      },
    },
  } satisfies Stack
}
