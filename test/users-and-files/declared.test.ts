/** What terraform/service.ts declares. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createStacks } from '../../terraform/stacks.ts'
import { given, synthRegistry, synthService } from '../helpers/stack.ts'

const named = (type: string, attribute: string) =>
  synthService(given)
    .all(type)
    .map((block) => String(block[attribute]))
    .sort()

test('the names without an environment are the course’s', () => {
  assert.equal(synthRegistry().one('ecr_repository').name, 'my_lambda')
  assert.deepEqual(named('iam_role', 'name'), ['my_lambda-role'])
  assert.deepEqual(named('api_gateway_rest_api', 'name'), ['rds', 's3'])
  assert.deepEqual(named('lambda_function', 'function_name'), ['rds', 'rds-migrate', 's3'])
})

test('users and their migrations are in the VPC, files are not', () => {
  const stack = synthService(given)
  for (const { function_name, vpc_config } of stack.all('lambda_function'))
    assert.equal(vpc_config !== undefined, String(function_name).startsWith('rds'))
  assert.deepEqual(stack.output.migrations?.value, ['rds-migrate'])
})

test('each API answers under its own base path of a domain', () => {
  const CERTIFICATE_ARN = 'arn:aws:acm:ap-northeast-2:123456789012:certificate/1'
  const { api_urls } = synthService({ DOMAIN_NAME: 'api.example.com', CERTIFICATE_ARN }).output
  const expected = { rds: 'https://api.example.com/users', s3: 'https://api.example.com/files' }
  assert.deepEqual(api_urls?.value, expected)
})

test('a host whose certificate no function could verify is refused before it is deployed, once', () => {
  const [problem, ...others] = createStacks({ DB_HOST: '10.0.0.5' }).problems
  assert.match(String(problem), /^DB_HOST=10\.0\.0\.5 must be a host name where DB_TLS is on/)
  assert.deepEqual(others, [])
})
