import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TerraformResource, type TerraformStack, Testing } from 'cdktf'
import { resourcesOf } from '../../functions/http/api-definition.ts'
import { blobs, items, newServiceStack } from '../../test/helpers/sample-service.ts'
import { jwt } from '../../test/helpers/settings.ts'
import { SynthesizedStack } from '../../test/helpers/stack.ts'

const resources = (stack: TerraformStack) => new SynthesizedStack(Testing.synth(stack)).resource

const { aws_api_gateway_rest_api: apis = {}, ...parts } = resources(
  newServiceStack({ CORS_ORIGIN: 'https://example.com' }),
)
const blocks = (type: string) => Object.values(parts[type] ?? {})

const tree = parts.aws_api_gateway_resource ?? {}

function pathOf(reference: unknown): string {
  const resource = tree[/^\$\{aws_api_gateway_resource\.([\w-]+)\.id\}$/.exec(String(reference))?.[1] ?? '']
  return resource ? `${pathOf(resource.parent_id)}/${resource.path_part}` : ''
}

/** Paths by the reference that methods have to a resource. */
const paths = new Map<unknown, string>(
  Object.keys(tree)
    .map((id) => `\${aws_api_gateway_resource.${id}.id}`)
    .map((reference) => [reference, pathOf(reference)]),
)

/** Of the function and the API that a path belongs to. */
const nameOf = (path = '') => path.split('/')[1]

/** What the OPTIONS method of each path says is allowed. */
const allowed = Object.fromEntries(
  blocks('aws_api_gateway_integration_response').map(({ resource_id, response_parameters }) => [
    paths.get(resource_id),
    (response_parameters as Record<string, string>)['method.response.header.Access-Control-Allow-Methods'],
  ]),
)

test('multipart bodies are binary to the files API, and to no other', () => {
  const types = Object.values(apis).flatMap(({ name, binary_media_types }) =>
    binary_media_types === undefined ? [] : [[name, binary_media_types]],
  )
  assert.deepEqual(types, [['blobs', ['multipart/form-data']]])
})

test('every route of the APIs is there, and its preflight answer lists its methods', () => {
  const defined = [items, blobs]
    .flatMap((api) => resourcesOf(api))
    .map(({ path, methods }) => [path, ['OPTIONS', ...methods].sort()])
  const methods = Object.entries(allowed).map(([path, list]) => [
    path,
    String(list).replaceAll("'", '').split(',').sort(),
  ])
  assert.deepEqual(Object.fromEntries(methods), Object.fromEntries(defined))
})

test('every resource passes any method to its function, by POST, within 29 s', () => {
  const integrations = blocks('aws_api_gateway_integration').filter(({ type }) => type === 'AWS_PROXY')
  assert.equal(integrations.length, paths.size)
  for (const { resource_id, integration_http_method, timeout_milliseconds, uri } of integrations) {
    assert.deepEqual([integration_http_method, timeout_milliseconds], ['POST', 29_000])
    assert.match(
      String(uri),
      new RegExp(`^\\$\\{aws_lambda_function\\.functions_${nameOf(paths.get(resource_id))}_function_`),
    )
  }
})

test('a preflight request starts no function, and its answer names the origin', () => {
  const mocks = blocks('aws_api_gateway_integration').filter(({ type }) => type === 'MOCK')
  assert.equal(mocks.length, paths.size)
  const declared = blocks('aws_api_gateway_method_response').map(({ response_parameters }) => response_parameters)
  for (const { response_parameters } of blocks('aws_api_gateway_integration_response')) {
    const headers = response_parameters as Record<string, string>
    assert.equal(headers['method.response.header.Access-Control-Allow-Origin'], "'https://example.com'")
    for (const each of declared) assert.deepEqual(Object.keys(Object(each)), Object.keys(headers))
  }
})

test("a browser can read the gateway's own errors", () => {
  const responses = blocks('aws_api_gateway_gateway_response')
  for (const type of ['DEFAULT_4XX', 'DEFAULT_5XX'])
    assert.equal(responses.filter(({ response_type }) => response_type === type).length, Object.keys(apis).length)
  for (const { response_parameters } of responses) {
    assert.deepEqual(response_parameters, {
      'gatewayresponse.header.Access-Control-Allow-Origin': "'https://example.com'",
      'gatewayresponse.header.Access-Control-Expose-Headers': "'x-amzn-ErrorType,x-amzn-RequestId'",
    })
  }
})

test('an API may invoke its own function on its own paths only', () => {
  const sources = blocks('aws_lambda_permission').map(({ source_arn, function_name }) => {
    const [, api, path] = /^\$\{aws_api_gateway_rest_api\.([\w-]+)\.execution_arn\}(.*)$/.exec(String(source_arn)) ?? []
    const name = String(function_name).replace(/.*functions_(\w+)_function.*/, '$1')
    return `${name} ${apis[String(api)]?.name} ${path}`
  })
  const own = Object.keys(allowed).map(
    (path) => `${nameOf(path)} ${nameOf(path)} /default/*${path.replaceAll(/\{\w+\}/g, '*')}`,
  )
  assert.deepEqual(sources.sort(), own.sort())
})

test('stage default, and the old deployment stays until the new one exists', () => {
  for (const { stage_name } of blocks('aws_api_gateway_stage')) assert.equal(stage_name, 'default')
  for (const { lifecycle } of blocks('aws_api_gateway_deployment'))
    assert.deepEqual(lifecycle, { create_before_destroy: true })
})

test('a change of any attribute of any part of an API deploys that API again, and no other', () => {
  const stack = newServiceStack(jwt)
  const triggers = () =>
    Object.values(resources(stack).aws_api_gateway_deployment ?? {}).map(({ triggers }) => JSON.stringify(triggers))
  const before = triggers()
  const changeable = stack.node
    .findAll()
    .filter((construct) => TerraformResource.isTerraformResource(construct))
    .filter(({ terraformResourceType: type }) => /^aws_api_gateway_(?!deployment|stage|method_settings)/.test(type))
  assert.ok(changeable.length >= 34, `${changeable.length} parts`)
  for (const resource of changeable) {
    const attributes = resources(stack)[resource.terraformResourceType]?.[resource.friendlyUniqueId] ?? {}
    for (const attribute of Object.keys(attributes)) {
      if (attribute === '//' || attribute === 'depends_on') continue
      resource.addOverride(attribute, 'changed')
      const changed = triggers().filter((hash) => !before.includes(hash))
      assert.equal(changed.length, 1, `${resource.node.path}: ${attribute}`)
      // An override is merged into what was there before, so it cannot put that back.
      Reflect.deleteProperty(Reflect.get(resource, 'rawOverrides'), attribute)
    }
  }
})
