/** What terraform/service.ts declares. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createStacks } from '../../terraform/stacks.ts'
import { given, synthRegistry, synthService } from '../helpers/stack.ts'

test('the names without an environment are the course’s; users and their migrations are in the VPC, files are not', () => {
  const stack = synthService(given)
  assert.equal(synthRegistry().one('ecr_repository').name, 'my_lambda')
  assert.deepEqual(stack.values('iam_role', 'name'), ['my_lambda-role'])
  assert.deepEqual(stack.values('api_gateway_rest_api', 'name').sort(), ['rds', 's3'])
  assert.deepEqual(stack.values('lambda_function', 'function_name').sort(), ['rds', 'rds-migrate', 's3'])
  for (const { function_name, vpc_config } of stack.all('lambda_function'))
    assert.equal(vpc_config !== undefined, String(function_name).startsWith('rds'))
  assert.deepEqual(stack.output.migrations?.value, ['rds-migrate'])
})

test('a host whose certificate no function could verify is refused before it is deployed, once', () => {
  const [problem, ...others] = createStacks({ DB_HOST: '10.0.0.5' }).problems
  assert.match(String(problem), /^DB_HOST=10\.0\.0\.5 must be a host name where DB_TLS is on/)
  assert.deepEqual(others, [])
})
