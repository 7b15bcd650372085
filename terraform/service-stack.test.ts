import assert from 'node:assert/strict'
import { test } from 'node:test'
import { given, synthService } from '../test/helpers/stack.ts'

test('every function comes from its image by digest, is logged for a month, and runs as the role', () => {
  const stack = synthService()
  const tags = { rds: 'rds', s3: 's3', 'rds-migrate': 'rds' }
  for (const [name, tag] of Object.entries(tags)) {
    const block = stack.one('lambda_function', { function_name: name })
    const id = /^\$\{data\.aws_ecr_image\.([\w-]+)\.image_uri\}$/.exec(String(block.image_uri))?.[1]
    assert.ok(id, `${name} has ${block.image_uri}`)
    assert.equal(stack.data.aws_ecr_image?.[id]?.image_tag, tag)
    assert.ok(Number(block.timeout) < 29 || name === 'rds-migrate', `${name} outlasts the gateway`)
    assert.equal(stack.one('cloudwatch_log_group', { name: `/aws/lambda/${name}` }).retention_in_days, 30)
    const dependsOn = block.depends_on as string[]
    assert.ok(dependsOn.some((address) => address.startsWith('aws_cloudwatch_log_group.')))
    assert.equal(dependsOn.filter((address) => address.startsWith('aws_iam_role_polic')).length, 5)
  }
  assert.deepEqual(stack.one('lambda_function', { function_name: 'rds-migrate' }).image_config, {
    command: ['index.migrate'],
  })
})

test('only the functions that speak to the database are in the VPC', () => {
  const stack = synthService(given)
  const vpc = { subnet_ids: ['subnet-1', 'subnet-2'], security_group_ids: ['sg-1'] }
  for (const { function_name, vpc_config } of stack.all('lambda_function'))
    assert.deepEqual(vpc_config, /^rds/.test(String(function_name)) ? vpc : undefined)
})

test('subnets left out are two without RDS in their name, or an error that says what to do', () => {
  const stack = synthService({ VPC_ID: 'vpc-1' })
  assert.match(stack.json, /!strcontains\(lookup\(s\.tags, \\"Name\\", \\"\\"\), \\"RDS\\"\)/)
  const { precondition } = stack.one('lambda_function', { function_name: 'rds' }).lifecycle as {
    precondition: { error_message: string }[]
  }
  assert.match(String(precondition[0]?.error_message), /Set SUBNET_IDS/)
})
