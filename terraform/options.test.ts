import assert from 'node:assert/strict'
import { test } from 'node:test'
import { given, type SynthesizedStack, synthRegistry, synthService } from '../test/helpers/stack.ts'
import { images } from '../tools/build/images.ts'

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`

/** Every attribute by which AWS knows a resource. */
const namesIn = (stack: SynthesizedStack) =>
  Object.values(stack.resource)
    .flatMap((blocks) => Object.values(blocks))
    .flatMap((block) => ['name', 'function_name', 'bucket', 'identifier'].map((attribute) => block[attribute]))
    .filter((name): name is string => typeof name === 'string' && !name.startsWith('${'))

test('provisioned concurrency is behind an alias, and the APIs invoke that; without it no version is kept', () => {
  const without = synthService()
  assert.equal(without.all('lambda_alias').length, 0)
  for (const { publish } of without.all('lambda_function')) assert.equal(publish, undefined)
  const stack = synthService({ PROVISIONED_CONCURRENCY: '3' })
  assert.equal(stack.all('lambda_alias').length, 2)
  for (const { provisioned_concurrent_executions, qualifier } of stack.all('lambda_provisioned_concurrency_config')) {
    assert.equal(provisioned_concurrent_executions, 3)
    assert.match(String(qualifier), /^\$\{aws_lambda_alias\./)
  }
  for (const [name, publish] of Object.entries({ rds: true, s3: true, 'rds-migrate': undefined }))
    assert.equal(stack.one('lambda_function', { function_name: name }).publish, publish)
  const ofTwo = (type: string) =>
    Object.entries(stack.resource[type] ?? {}).filter(([id]) => /^(users|files)-api/.test(id))
  for (const [, { type, uri }] of ofTwo('aws_api_gateway_integration'))
    if (type === 'AWS_PROXY') assert.match(String(uri), /^\$\{aws_lambda_alias\.[\w-]+\.invoke_arn\}$/)
  for (const [, { qualifier }] of ofTwo('aws_lambda_permission'))
    assert.match(String(qualifier), /^\$\{aws_lambda_alias\./)
})

test('reserved concurrency limits the function that has connections, and no other', () => {
  const stack = synthService({ RESERVED_CONCURRENCY: '20' })
  for (const { function_name, reserved_concurrent_executions: reserved } of stack.all('lambda_function'))
    assert.equal(reserved, function_name === 'rds' ? 20 : undefined)
})

test('memory is a setting; the migrations take their time', () => {
  const stack = synthService({ MEMORY_S3: '1024' })
  const { timeout, memory_size } = stack.one('lambda_function', { function_name: 'rds' })
  assert.deepEqual([timeout, memory_size], [15, 512])
  assert.equal(stack.one('lambda_function', { function_name: 's3' }).memory_size, 1024)
  assert.equal(stack.one('lambda_function', { function_name: 'rds-migrate' }).timeout, 300)
})

test('an image that is given by its digest is that one, to roll back', () => {
  const stack = synthService({ IMAGE_RDS: `123.dkr.ecr.ap-northeast-2.amazonaws.com/my_lambda@${digest}` })
  const found = Object.values(stack.data.aws_ecr_image ?? {})
  assert.deepEqual(
    found.map(({ image_digest, image_tag }) => image_digest ?? image_tag).sort(),
    images.map((image) => (image === 'rds' ? digest : image)).sort(),
  )
})

test('a domain is in front of the APIs, each under its base path', () => {
  const stack = synthService({
    DOMAIN_NAME: 'api.example.com',
    CERTIFICATE_ARN: 'arn:aws:acm:ap-northeast-2:123456789012:certificate/1',
  })
  const { security_policy, endpoint_configuration } = stack.one('api_gateway_domain_name')
  assert.deepEqual([security_policy, endpoint_configuration], ['TLS_1_2', { types: ['REGIONAL'] }])
  const paths = stack.all('api_gateway_base_path_mapping').map(({ base_path, api_id }) => [base_path, String(api_id)])
  assert.match(String(Object.fromEntries(paths).users), /users-api/)
  assert.match(String(Object.fromEntries(paths).files), /files-api/)
  for (const api of stack.all('api_gateway_rest_api')) assert.equal(api.disable_execute_api_endpoint, true)
  assert.equal(stack.output.rds_url?.value, 'https://api.example.com/users/rds')
})

test('a firewall that is given is before both stages', () => {
  const WEB_ACL_ARN = 'arn:aws:wafv2:ap-northeast-2:123456789012:regional/webacl/mine/1'
  const associations = synthService({ WEB_ACL_ARN }).all('wafv2_web_acl_association')
  assert.equal(associations.length, 2)
  for (const { resource_arn, web_acl_arn } of associations) {
    assert.equal(web_acl_arn, WEB_ACL_ARN)
    assert.match(String(resource_arn), /^\$\{aws_api_gateway_stage\./)
  }
  assert.equal(synthService().all('wafv2_web_acl_association').length, 0)
})

test('an environment prefixes every name, so that two stand side by side', () => {
  const stacks = (variables: Record<string, string>) =>
    [synthRegistry(variables), synthService({ KMS_KEY: 'create', ...variables })].flatMap(namesIn)
  const fixed = /^(AllowPresignedUrls|ReadDatabaseSecret|DenyLogGroups|live)$/
  const expected = stacks({}).map((name) =>
    fixed.test(name) ? name : name.replace(/^(alias\/|\/aws\/(lambda|rds\/instance)\/)?/, '$1staging-'),
  )
  assert.deepEqual(stacks({ ENVIRONMENT: 'staging' }), expected)
  assert.ok(expected.length > 20)
})

test('the names without an environment are the course’s', () => {
  const stack = synthService(given)
  assert.equal(synthRegistry().one('ecr_repository').name, 'my_lambda')
  assert.equal(stack.one('iam_role').name, 'my_lambda-role')
  const named = (type: string, attribute: string) => stack.all(type).map((block) => block[attribute])
  assert.deepEqual(named('api_gateway_rest_api', 'name').sort(), [...images].sort())
  assert.deepEqual(named('lambda_function', 'function_name').sort(), [...images, 'rds-migrate'].sort())
})

test('outputs name each API’s URL, each function, and those that migrate', () => {
  const { api_urls, functions, migrations } = synthService({ ...given, ENVIRONMENT: 'staging' }).output
  const urls = Object.entries(api_urls?.value ?? {})
  assert.deepEqual(urls.map(([name]) => name).sort(), [...images].sort())
  for (const [, url] of urls) assert.match(String(url), /^\$\{aws_api_gateway_stage\.[\w-]+\.invoke_url\}$/)
  const reference = /^\$\{aws_lambda_function\.[\w-]+\.function_name\}$/
  assert.deepEqual(Object.keys(functions?.value ?? {}).sort(), ['rds', 'rds-migrate', 's3'])
  for (const name of Object.values(functions?.value ?? {})) assert.match(String(name), reference)
  assert.deepEqual(migrations?.value, ['rds-migrate'])
})

test('what scripts need to go on from is in the outputs', () => {
  const names = Object.keys(synthService(given).output)
  for (const name of ['rds_url', 's3_url', 'migrate_function_name', 'rds_image', 's3_image'])
    assert.ok(names.includes(name), name)
  assert.deepEqual(Object.keys(synthRegistry().output), ['repository_url'])
})
