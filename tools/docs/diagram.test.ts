import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TerraformJson } from '../local/wiring/terraform.ts'
import { draw } from './diagram/draw.ts'
import { readGraph, waysOf } from './diagram/graph.ts'

const api = `\${aws_api_gateway_rest_api.shop.id}`
const root = `\${aws_api_gateway_rest_api.shop.root_resource_id}`
/** A stack without any resource of ours. */
const other = {
  resource: {
    aws_apigatewayv2_api: { web: { name: 'shop <web>' } },
    aws_apigatewayv2_integration: {
      orders: { api_id: `\${aws_apigatewayv2_api.web.id}`, integration_uri: `\${aws_lambda_alias.live.invoke_arn}` },
    },
    aws_lambda_alias: { live: { function_name: `\${aws_lambda_function.orders.function_name}` } },
    aws_lambda_function: {
      orders: {
        function_name: 'orders',
        memory_size: 256,
        environment: { variables: { STREAM: `\${aws_kinesis_stream.audit.name}` } },
      },
      mailer: { function_name: 'mailer', timeout: 60 },
    },
    aws_kinesis_stream: { audit: { name: 'audit' } },
    aws_sqs_queue: { mails: { name: 'mails' } },
    aws_lambda_event_source_mapping: {
      mails: { event_source_arn: `\${aws_sqs_queue.mails.arn}`, function_name: `\${aws_lambda_function.mailer.arn}` },
    },
    aws_kms_key: { key: {} },
    aws_api_gateway_rest_api: { shop: { name: 'old shop' } },
    aws_api_gateway_method: {
      key: { rest_api_id: api, resource_id: root, http_method: 'GET', authorization: 'NONE', api_key_required: true },
      token: { rest_api_id: api, resource_id: root, http_method: 'POST', authorization: 'CUSTOM' },
    },
    aws_api_gateway_authorizer: {
      jwt: { rest_api_id: api, authorizer_uri: `\${aws_lambda_function.mailer.invoke_arn}` },
    },
  },
}

test('draws a stack of other functions, APIs and stores', async () => {
  const graph = readGraph(new TerraformJson(other))
  assert.deepEqual(waysOf(graph).sort(), [
    'Callers → old shop',
    'Callers → shop <web>',
    'mails → mailer (events)',
    'old shop → mailer (who calls?)',
    'orders → audit',
    'shop <web> → orders',
  ])
  assert.deepEqual(graph.nodes[0]?.lines, ['with an API key', 'with a token'])
  assert.deepEqual(graph.beside, ['KMS key'])
  const svg = await draw(graph, 'eu-west-1')
  for (const text of ['shop &#60;web&#62;', '256 MB · 3 s', 'POST /', 'kinesis stream', '128 MB · 60 s'])
    assert.ok(svg.includes(text), text)
})
