import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { jwt } from '../../test/helpers/settings.ts'
import { given, synthService } from '../../test/helpers/stack.ts'
import { TerraformJson } from '../local/wiring/terraform.ts'
import { draw } from './diagram/draw.ts'
import { type Graph, readGraph } from './diagram/graph.ts'
import { readStack } from './synthesized.ts'

const graphOf = (settings?: Readonly<Record<string, string>>) =>
  readGraph(readStack(synthService(settings).json).terraform)
const REGION = 'ap-northeast-2'

/** `rds → my-lambda (TCP 3306)` */
function ways({ nodes, edges }: Graph): string[] {
  const titles = new Map(nodes.map(({ id, title }) => [id, title]))
  return edges.map(({ from, to, label }) => `${titles.get(from)} → ${titles.get(to)}${label ? ` (${label})` : ''}`)
}

test('docs/architecture.svg is what Terraform makes of the default settings', async () => {
  const committed = readFileSync(new URL('../../docs/architecture.svg', import.meta.url), 'utf8')
  assert.ok(committed === (await draw(graphOf(), REGION)), 'it is stale: run `make docs`')
})

test('what is there by the settings is drawn, and what is given is outside', () => {
  const standard = graphOf()
  assert.deepEqual(ways(standard).sort(), [
    'Callers → my-lambda-files-…-ap-northeast-2 (presigned links)',
    'Callers → rds',
    'Callers → s3',
    'rds → my-lambda (TCP 3306)',
    'rds → rds',
    'rds → secretsmanager (TCP 443)',
    'rds-migrate → my-lambda (TCP 3306)',
    'rds-migrate → secretsmanager (TCP 443)',
    's3 → my-lambda-files-…-ap-northeast-2',
    's3 → s3',
  ])
  const own = graphOf(given)
  for (const way of ['rds → db.example.com', 'rds-migrate → db.example.com', 's3 → my-files'])
    assert.ok(ways(own).includes(way), way)
  const outside = own.nodes.filter(({ place }) => place === 'outside').map(({ title }) => title)
  assert.deepEqual(outside, ['Callers', 'db.example.com', 'my-files'])
})

test('it says what callers have to show, and who verifies it', () => {
  const callers = (settings: Readonly<Record<string, string>>) => graphOf(settings).nodes[0]?.lines
  assert.deepEqual(callers({}), ['open to anyone'])
  assert.deepEqual(callers({ API_SECURITY: 'api-key' }), ['with an API key'])
  assert.deepEqual(callers(jwt), ['with a token'])
  assert.ok(ways(graphOf(jwt)).includes('s3 → authorizer (who calls?)'))
})

/** A stack that has nothing of ours. */
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
        environment: {
          variables: { TABLE: `\${aws_dynamodb_table.orders.name}`, STREAM: `\${aws_kinesis_stream.audit.name}` },
        },
      },
      mailer: { function_name: 'mailer', timeout: 60 },
    },
    aws_dynamodb_table: { orders: { name: 'Orders' } },
    aws_kinesis_stream: { audit: { name: 'audit' } },
    aws_sqs_queue: { mails: { name: 'mails' } },
    aws_lambda_event_source_mapping: {
      mails: { event_source_arn: `\${aws_sqs_queue.mails.arn}`, function_name: `\${aws_lambda_function.mailer.arn}` },
    },
    aws_kms_key: { key: {} },
  },
}

test('a stack of other functions, APIs and stores is drawn as well', async () => {
  const graph = readGraph(new TerraformJson(other))
  assert.deepEqual(ways(graph).sort(), [
    'Callers → shop <web>',
    'mails → mailer (events)',
    'orders → Orders',
    'orders → audit',
    'shop <web> → orders',
  ])
  assert.deepEqual(graph.beside, ['KMS key'])
  const svg = await draw(graph, REGION)
  for (const text of ['shop &#60;web&#62;', '256 MB · 3 s', 'DynamoDB', 'kinesis stream', '128 MB · 60 s'])
    assert.ok(svg.includes(text), text)
  assert.equal(await draw(graph, REGION), svg)
})
