import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { everyOption, given, synthRegistry, synthService } from '../test/helpers/sample-service.ts'
import { synthService as synth } from '../test/helpers/stack.ts'
import { ImageFunction } from './lambda/image-function.ts'
import { environmentOf } from './lambda/variables.ts'
import { imageSettings, images } from './settings/fields.ts'

test('provisioned concurrency adds an alias, which the APIs invoke; without it no version is published', () => {
  const without = synthService()
  assert.deepEqual(without.all('lambda_alias'), [])
  assert.deepEqual(new Set(without.values('lambda_function', 'publish')), new Set([undefined]))
  const stack = synthService({ PROVISIONED_CONCURRENCY: '3' })
  assert.deepEqual(stack.values('lambda_provisioned_concurrency_config', 'provisioned_concurrent_executions'), [3, 3])
  for (const { function_name, publish } of stack.all('lambda_function'))
    assert.equal(publish, function_name === 'items-migrate' ? undefined : true)
  const uses = stack.values('api_gateway_integration', 'uri').filter(Boolean)
  for (const type of ['permission', 'provisioned_concurrency_config'])
    uses.push(...stack.values(`lambda_${type}`, 'qualifier'))
  for (const alias of uses) assert.equal(stack.target(alias)?.name, 'live')
})

test('reserved concurrency limits only the function with database connections', () => {
  const stack = synthService({ RESERVED_CONCURRENCY: '20' })
  for (const { function_name, reserved_concurrent_executions: reserved } of stack.all('lambda_function'))
    assert.equal(reserved, function_name === 'items' ? 20 : undefined)
})

test('each image has settings: the memory of its functions, and a digest instead of its tag, for rollbacks', () => {
  const [image = ''] = images
  const names = imageSettings(image)
  const digest = `sha256:${'0123456789abcdef'.repeat(4)}`
  const stack = synth({ [names.memory]: '1024', [names.digest]: `my_lambda@${digest}` }, (service) => {
    const props = { image, environment: environmentOf(v.object({})), timeout: 1 }
    new ImageFunction(service, 'one', props)
    new ImageFunction(service, 'two', { ...props, memorySize: 128 })
  })
  assert.deepEqual(stack.values('lambda_function', 'memory_size'), [1024, 128])
  // `make dev` finds the sources by the name of the block.
  const { [image]: found, ...others } = stack.data.aws_ecr_image ?? {}
  assert.deepEqual([found?.image_digest, found?.image_tag, others], [digest, undefined, {}])
})

test('a domain serves each API under its base path', () => {
  const stack = synthService(everyOption)
  for (const { base_path, api_id } of stack.all('api_gateway_base_path_mapping'))
    assert.match(String(api_id), new RegExp(`${base_path}-api`))
  const urls = { items: 'https://api.example.com/items', blobs: 'https://api.example.com/files' }
  assert.deepEqual(stack.output.api_urls?.value, urls)
})

/** Attributes that name a resource in AWS. */
const namesWith = (variables: Readonly<Record<string, string>> = {}) =>
  [synthRegistry(variables), synthService({ KMS_KEY: 'create', ...variables })]
    .flatMap(({ resource }) => Object.values(resource).flatMap((blocks) => Object.values(blocks)))
    .flatMap((block) => ['name', 'function_name', 'bucket', 'identifier'].map((attribute) => block[attribute]))
    .filter((name): name is string => typeof name === 'string' && !name.startsWith('${'))

test('an environment prefixes every name, so that two can coexist', () => {
  const fixed = /^(AllowPresignedUrls|ReadDatabaseSecret|DenyLogGroups|live)$/
  const expected = namesWith().map((name) =>
    fixed.test(name) ? name : name.replace(/^(alias\/|\/aws\/(lambda|rds\/instance)\/)?/, '$1staging-'),
  )
  assert.deepEqual(namesWith({ ENVIRONMENT: 'staging' }), expected)
  assert.ok(expected.length > 20)
})

test('each stack and environment has its own state object in STATE_BUCKET, encrypted and locked by S3', () => {
  const own = { bucket: 'my-state', region: 'ap-northeast-2', encrypt: true, use_lockfile: true }
  for (const [ENVIRONMENT, folder] of Object.entries({ '': 'default', staging: 'staging' })) {
    const settings = { STATE_BUCKET: 'my-state', ENVIRONMENT }
    const at = (stack: string) => ({ s3: { ...own, key: `my_lambda/${folder}/${stack}.tfstate` } })
    assert.deepEqual(synthRegistry(settings).terraform.backend, at('registry'))
    assert.deepEqual(synthService(settings).terraform.backend, at('service'))
  }
})

test('every function comes from its image by digest, keeps logs for 30 days, has the role, and joins the VPC for a database', () => {
  const stack = synthService(given)
  const vpc = { subnet_ids: ['subnet-1', 'subnet-2'], security_group_ids: ['sg-1'] }
  for (const [name, tag, command, vpc_config] of [
    ['items', 'items', undefined, vpc],
    ['items-migrate', 'items', ['index.migrate'], vpc],
    ['blobs', 'blobs', undefined, undefined],
  ] as const) {
    const block = stack.one('lambda_function', { function_name: name })
    assert.match(String(block.image_uri), /image_uri\}$/)
    assert.equal(stack.target(block.image_uri)?.image_tag, tag)
    assert.deepEqual([block.vpc_config, block.image_config], [vpc_config, command && { command }])
    assert.equal(stack.one('cloudwatch_log_group', { name: `/aws/lambda/${name}` }).retention_in_days, 30)
    const dependsOn = block.depends_on as string[]
    assert.ok(dependsOn.some((address) => address.startsWith('aws_cloudwatch_log_group.')))
    assert.equal(dependsOn.filter((address) => address.startsWith('aws_iam_role_polic')).length, 4)
  }
})
