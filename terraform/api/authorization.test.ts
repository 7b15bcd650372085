import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cognito, jwt as settings, synthService } from '../../test/helpers/sample-service.ts'

const jwt = { ...settings, JWT_SCOPES: 'a,b' }
const byPool = { authorization: 'COGNITO_USER_POOLS' }
const modes: readonly [mode: string, variables: Record<string, string>, asks: object][] = [
  ['open', {}, { authorization: 'NONE' }],
  ['iam', { API_SECURITY: 'iam' }, { authorization: 'AWS_IAM' }],
  ['api-key', { API_SECURITY: 'api-key' }, { authorization: 'NONE', api_key_required: true }],
  // Accepts ID tokens of the pool.
  ['cognito', cognito, byPool],
  ['scopes', { ...cognito, COGNITO_SCOPES: 'a/r b' }, { ...byPool, authorization_scopes: ['a/r', 'b'] }],
  ['jwt', jwt, { authorization: 'CUSTOM' }],
]

for (const [mode, variables, expected] of modes) {
  test(`${mode}: every method requires the same authorization, and OPTIONS none`, () => {
    const stack = synthService(variables)
    for (const method of stack.all('api_gateway_method')) {
      const { http_method, resource_id, rest_api_id, authorizer_id, '//': _, ...asks } = method
      assert.deepEqual(asks, http_method === 'OPTIONS' ? { authorization: 'NONE' } : expected)
      // The authorizer belongs to the method's API.
      const isAuthorized = /CUSTOM|COGNITO/.test(String(asks.authorization))
      assert.equal(stack.target(authorizer_id)?.rest_api_id, isAuthorized ? rest_api_id : undefined)
    }
    for (const { provider_arns, identity_source } of stack.all('api_gateway_authorizer')) {
      assert.deepEqual(provider_arns, mode === 'jwt' ? undefined : [cognito.COGNITO_USER_POOL_ARN])
      assert.equal(identity_source, 'method.request.header.Authorization')
    }
    assert.equal(stack.values('lambda_function', 'function_name').includes('authorizer'), mode === 'jwt')
    assert.equal(stack.all('api_gateway_usage_plan').length, mode === 'api-key' ? 1 : 0)
  })
}

test('AWS generates the key’s value, which opens every API and is a sensitive output', () => {
  const stack = synthService({ API_SECURITY: 'api-key', THROTTLE_RATE: '7', THROTTLE_BURST: '9' })
  assert.equal(stack.one('api_gateway_api_key').value, undefined)
  const { api_stages, throttle_settings } = stack.one('api_gateway_usage_plan')
  assert.equal((api_stages as unknown[]).length, 2)
  assert.deepEqual(throttle_settings, { rate_limit: 7, burst_limit: 9 })
  assert.equal(Reflect.get(stack.output.api_key ?? {}, 'sensitive'), true)
})

test('the authorizer runs outside the VPC, may only write logs, and reads no secret', () => {
  const stack = synthService(jwt)
  const { vpc_config, image_config, role } = stack.one('lambda_function', { function_name: 'authorizer' })
  assert.deepEqual([vpc_config, image_config], [undefined, { command: ['authorize.handler'] }])
  const { JWT_ISSUER, JWT_AUDIENCE } = jwt
  const expected = { JWT_ISSUER, JWT_AUDIENCE, JWT_SCOPES: 'a b', LOG_LEVEL: 'info' }
  assert.deepEqual(stack.environment('authorizer'), expected)
  const policies = [...stack.all('iam_role_policy_attachment'), ...stack.all('iam_role_policy')]
  const own = policies.filter((policy) => stack.target(policy.role) === stack.target(role))
  const logs = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'
  assert.deepEqual(
    own.map(({ policy_arn, name }) => policy_arn ?? name),
    [logs, 'DenyLogGroups'],
  )
})

test('only the APIs’ authorizers may invoke the function, and only for a bearer token', () => {
  const stack = synthService(jwt)
  const permissions = stack.all('lambda_permission').filter((each) => /authorizer/.test(String(each.function_name)))
  assert.equal(permissions.length, 2)
  for (const { source_arn } of permissions)
    assert.match(String(source_arn), /execution_arn\}\/authorizers\/\$\{aws_api_gateway_authorizer\.[\w-]+\.id\}$/)
  for (const authorizer of stack.all('api_gateway_authorizer')) {
    const { type, identity_validation_expression, authorizer_result_ttl_in_seconds } = authorizer
    assert.deepEqual([type, authorizer_result_ttl_in_seconds], ['TOKEN', 60])
    const bearer = new RegExp(String(identity_validation_expression))
    for (const right of ['Bearer a.b-c_d.e=', 'bearer a']) assert.match(right, bearer)
    for (const wrong of ['', 'Bearer', 'Basic YTpi', 'Bearer a b', 'Bearer <a>']) assert.doesNotMatch(wrong, bearer)
  }
})
