import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TerraformResource, Testing } from 'cdktf'
import { images } from '../scripts/build/images.ts'
import { newServiceStack, SynthesizedStack, synthService } from '../test/helpers/stack.ts'

const jwt = { API_SECURITY: 'jwt', JWT_ISSUER: 'https://login.example.com/', JWT_AUDIENCE: 'my-api', JWT_SCOPES: 'a,b' }
const userPool = 'arn:aws:cognito-idp:ap-northeast-2:123456789012:userpool/ap-northeast-2_abc'
const modes: Record<string, Record<string, string>> = {
  open: {},
  iam: { API_SECURITY: 'iam' },
  'api-key': { API_SECURITY: 'api-key' },
  cognito: { API_SECURITY: 'cognito', COGNITO_USER_POOL_ARN: userPool, COGNITO_SCOPES: 'users/read users/write' },
  jwt,
}

/** What a method asks for, without references. */
const asks = ({ authorization, api_key_required, authorizer_id, authorization_scopes }: Record<string, unknown>) => ({
  authorization,
  ...(api_key_required !== undefined && { api_key_required }),
  ...(authorizer_id !== undefined && { authorizer: true }),
  ...(authorization_scopes !== undefined && { authorization_scopes }),
})
const expected: Record<string, object> = {
  open: { authorization: 'NONE' },
  iam: { authorization: 'AWS_IAM' },
  'api-key': { authorization: 'NONE', api_key_required: true },
  cognito: {
    authorization: 'COGNITO_USER_POOLS',
    authorizer: true,
    authorization_scopes: ['users/read', 'users/write'],
  },
  jwt: { authorization: 'CUSTOM', authorizer: true },
}

for (const [mode, variables] of Object.entries(modes)) {
  test(`${mode}: every method asks for the same, and OPTIONS for nothing`, () => {
    const stack = synthService(variables)
    for (const method of stack.all('api_gateway_method')) {
      const wanted = method.http_method === 'OPTIONS' ? { authorization: 'NONE' } : expected[mode]
      assert.deepEqual(asks(method), wanted)
    }
    const authorizers = stack.all('lambda_function').filter(({ function_name }) => function_name === 'authorizer')
    assert.equal(authorizers.length, mode === 'jwt' ? 1 : 0)
    const asking = mode === 'jwt' || mode === 'cognito' ? images.length : 0
    assert.equal(stack.all('api_gateway_authorizer').length, asking)
    assert.equal(stack.all('api_gateway_usage_plan').length, mode === 'api-key' ? 1 : 0)
  })

  test(`${mode}: a method asks the authorizer of its own API`, () => {
    const { resource } = synthService(variables)
    for (const { rest_api_id, authorizer_id } of Object.values(resource.aws_api_gateway_method ?? {})) {
      if (authorizer_id === undefined) continue
      const [, id = ''] = /^\$\{aws_api_gateway_authorizer\.([\w-]+)\.id\}$/.exec(String(authorizer_id)) ?? []
      assert.equal(resource.aws_api_gateway_authorizer?.[id]?.rest_api_id, rest_api_id)
    }
  })
}

test('cognito without scopes takes the ID tokens of the pool', () => {
  const stack = synthService({ API_SECURITY: 'cognito', COGNITO_USER_POOL_ARN: userPool })
  for (const { provider_arns, identity_source } of stack.all('api_gateway_authorizer')) {
    assert.deepEqual([provider_arns, identity_source], [[userPool], 'method.request.header.Authorization'])
  }
  for (const { authorization_scopes } of stack.all('api_gateway_method')) assert.equal(authorization_scopes, undefined)
})

test('the key’s value is made by AWS, opens every API, and is a sensitive output', () => {
  const stack = synthService({ API_SECURITY: 'api-key', THROTTLE_RATE: '7', THROTTLE_BURST: '9' })
  assert.equal(stack.one('api_gateway_api_key').value, undefined)
  const { api_stages, throttle_settings } = stack.one('api_gateway_usage_plan')
  assert.equal((api_stages as unknown[]).length, images.length)
  assert.deepEqual(throttle_settings, { rate_limit: 7, burst_limit: 9 })
  assert.equal(stack.one('api_gateway_usage_plan_key').key_type, 'API_KEY')
  assert.deepEqual(Reflect.get(stack.output.api_key ?? {}, 'sensitive'), true)
})

test('the authorizer is outside of the VPC, may write logs and nothing else, and knows no secret', () => {
  const stack = synthService(jwt)
  const authorizer = stack.one('lambda_function', { function_name: 'authorizer' })
  assert.equal(authorizer.vpc_config, undefined)
  assert.deepEqual(authorizer.image_config, { command: ['authorize.handler'] })
  assert.deepEqual(stack.environment('authorizer'), {
    JWT_ISSUER: jwt.JWT_ISSUER,
    JWT_AUDIENCE: 'my-api',
    JWT_SCOPES: 'a b',
    LOG_LEVEL: 'info',
  })
  const [, role = ''] = /^\$\{aws_iam_role\.([\w-]+)\.arn\}$/.exec(String(authorizer.role)) ?? []
  const of = (type: string) => stack.all(type).filter((block) => String(block.role).includes(`.${role}.`))
  assert.deepEqual(
    of('iam_role_policy_attachment').map(({ policy_arn }) => policy_arn),
    ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
  )
  assert.deepEqual(
    of('iam_role_policy').map(({ name }) => name),
    ['DenyLogGroups'],
  )
})

test('only the authorizers of the APIs may start the function; what is no bearer’s token starts nothing', () => {
  const stack = synthService(jwt)
  const [id] = Object.entries(stack.resource.aws_lambda_function ?? {}).find(
    ([, block]) => block.function_name === 'authorizer',
  ) ?? ['']
  const sources = stack
    .all('lambda_permission')
    .filter(({ function_name }) => String(function_name).includes(`.${id}.`))
    .map(({ source_arn }) => String(source_arn))
  assert.equal(sources.length, images.length)
  for (const source of sources) {
    assert.match(source, /execution_arn\}\/authorizers\/\$\{aws_api_gateway_authorizer\.[\w-]+\.id\}$/)
  }
  for (const { type, identity_validation_expression, authorizer_result_ttl_in_seconds } of stack.all(
    'api_gateway_authorizer',
  )) {
    assert.deepEqual([type, authorizer_result_ttl_in_seconds], ['TOKEN', 60])
    const bearer = new RegExp(String(identity_validation_expression))
    for (const right of ['Bearer a.b-c_d.e=', 'bearer a']) assert.match(right, bearer)
    for (const wrong of ['', 'Bearer', 'Basic YTpi', 'Bearer a b', 'Bearer <a>']) assert.doesNotMatch(wrong, bearer)
  }
})

test('both APIs are throttled, by default too', () => {
  for (const [variables, limits] of [
    [{}, [500, 1000]],
    [{ THROTTLE_RATE: '10', THROTTLE_BURST: '20' }, [10, 20]],
  ] as const) {
    const all = synthService(variables).all('api_gateway_method_settings')
    assert.equal(all.length, images.length)
    for (const { method_path, settings } of all) {
      const { throttling_rate_limit: rate, throttling_burst_limit: burst } = settings as Record<string, number>
      assert.deepEqual([method_path, rate, burst], ['*/*', ...limits])
    }
  }
})

test('another way in deploys the APIs again, and so does a change of an authorizer', () => {
  const triggersOf = (stack: SynthesizedStack) =>
    stack.all('api_gateway_deployment').map(({ triggers }) => JSON.stringify(triggers))
  const seen = Object.values(modes).flatMap((variables) => triggersOf(synthService(variables)))
  assert.equal(new Set(seen).size, Object.keys(modes).length * images.length)
  const stack = newServiceStack(jwt)
  const before = triggersOf(new SynthesizedStack(Testing.synth(stack)))
  const authorizers = stack.node
    .findAll()
    .filter((construct) => TerraformResource.isTerraformResource(construct))
    .filter(({ terraformResourceType }) => terraformResourceType === 'aws_api_gateway_authorizer')
  assert.equal(authorizers.length, images.length)
  authorizers[0]?.addOverride('authorizer_result_ttl_in_seconds', 0)
  const after = triggersOf(new SynthesizedStack(Testing.synth(stack)))
  assert.equal(after.filter((trigger) => !before.includes(trigger)).length, 1)
})
