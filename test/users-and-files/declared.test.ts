/** Declarations of terraform/service.ts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { Database } from '../../terraform/database/mysql.ts'
import { ImageFunction } from '../../terraform/lambda/image-function.ts'
import { environmentOf } from '../../terraform/lambda/variables.ts'
import { createStacks } from '../../terraform/stacks.ts'
import { given, synthRegistry, synthService } from '../helpers/stack.ts'

test('has the course’s names without ENVIRONMENT, and only users and their migrations in the VPC', () => {
  const stack = synthService(given)
  assert.equal(synthRegistry().one('ecr_repository').name, 'my_lambda')
  assert.deepEqual(stack.values('iam_role', 'name'), ['my_lambda-role'])
  assert.deepEqual(stack.values('api_gateway_rest_api', 'name').sort(), ['rds', 's3'])
  assert.deepEqual(stack.values('lambda_function', 'function_name').sort(), ['rds', 'rds-migrate', 's3'])
  for (const { function_name, vpc_config } of stack.all('lambda_function'))
    assert.equal(vpc_config !== undefined, String(function_name).startsWith('rds'))
  assert.deepEqual(stack.output.migrations?.value, ['rds-migrate'])
})

test('refuses a function with an S3 client in the database’s VPC, which has no route to S3, unless allowed', () => {
  const problemsOf = (image: string, ...routes: readonly string[]) =>
    createStacks({}, (service) => {
      const database = new Database(service, 'database')
      for (const each of routes) service.network.routes.add(each)
      new ImageFunction(service, image, { database, environment: environmentOf(v.object({})), timeout: 1 })
    }).problems
  assert.match(
    problemsOf('s3').join(),
    /^function s3 is in its database's VPC, .* no route to s3 \(functions\/s3\/.*\.ts\)/,
  )
  assert.deepEqual([problemsOf('s3', 's3'), problemsOf('rds')], [[], []])
})
