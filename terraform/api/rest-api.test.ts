import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TerraformResource, Testing } from 'cdktf'
import { resourcesOf } from '../../functions/http/api-definition.ts'
import { blobs, declareSample, items, jwt, SynthesizedStack, synthService } from '../../test/helpers/sample-service.ts'
import { createStacks } from '../stacks.ts'

const stack = synthService({ CORS_ORIGIN: 'https://example.com' })

function pathOf(reference: unknown): string {
  const { parent_id, path_part } = stack.target(reference) ?? {}
  return path_part === undefined ? '' : `${pathOf(parent_id)}/${path_part}`
}

const resources = [items, blobs].flatMap(resourcesOf)
const paths = resources.map(({ path }) => path)

/** Name of the function and the API of a path. */
const nameOf = (path: string) => path.split('/')[1]

test('every resource passes any method to its function, by POST, within 29 s; a preflight request invokes none', () => {
  const integrations = Object.groupBy(stack.all('api_gateway_integration'), ({ type }) => String(type))
  assert.deepEqual(Object.keys(integrations).sort(), ['AWS_PROXY', 'MOCK'])
  for (const ofType of Object.values(integrations))
    assert.deepEqual(ofType?.map(({ resource_id }) => pathOf(resource_id)).sort(), paths.toSorted())
  for (const { resource_id, integration_http_method, timeout_milliseconds, uri } of integrations.AWS_PROXY ?? []) {
    assert.deepEqual([integration_http_method, timeout_milliseconds], ['POST', 29_000])
    assert.equal(stack.target(uri)?.function_name, nameOf(pathOf(resource_id)))
  }
})

test("a browser can read the gateway's own answers: preflight and errors", () => {
  const declared = stack.values('api_gateway_method_response', 'response_parameters')
  for (const { resource_id, response_parameters } of stack.all('api_gateway_integration_response')) {
    const headers = response_parameters as Record<string, string>
    assert.equal(headers['method.response.header.Access-Control-Allow-Origin'], "'https://example.com'")
    const { methods = [] } = resources.find(({ path }) => path === pathOf(resource_id)) ?? {}
    assert.equal(headers['method.response.header.Access-Control-Allow-Methods'], `'${[...methods, 'OPTIONS']}'`)
    for (const each of declared) assert.deepEqual(Object.keys(Object(each)), Object.keys(headers))
    const names = headers['method.response.header.Access-Control-Allow-Headers']?.toLowerCase().split(/[',]/)
    const credentials = ['authorization', 'x-api-key', 'x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256']
    const tracing = ['traceparent', 'tracestate', 'baggage', 'sentry-trace', 'x-requested-with']
    for (const name of [...credentials, ...tracing, 'content-type', 'idempotency-key', '*'])
      assert.ok(names?.includes(name), name)
  }
  const types = stack.values('api_gateway_gateway_response', 'response_type').sort()
  assert.deepEqual(types, ['DEFAULT_4XX', 'DEFAULT_4XX', 'DEFAULT_5XX', 'DEFAULT_5XX'])
  for (const parameters of stack.values('api_gateway_gateway_response', 'response_parameters'))
    assert.deepEqual(parameters, {
      'gatewayresponse.header.Access-Control-Allow-Origin': "'https://example.com'",
      'gatewayresponse.header.Access-Control-Expose-Headers': "'x-amzn-ErrorType,x-amzn-RequestId'",
    })
})

test('an API may invoke its own function on its own paths only', () => {
  const sources = stack.all('lambda_permission').map(({ source_arn, function_name }) => {
    const path = String(source_arn).replace(/^.*\.execution_arn\}/, '')
    return `${stack.target(function_name)?.function_name} ${stack.target(source_arn)?.name} ${path}`
  })
  const own = paths.map((path) => `${nameOf(path)} ${nameOf(path)} /default/*${path.replaceAll(/\{\w+\}/g, '*')}`)
  assert.deepEqual(sources.sort(), own.sort())
})

test('a change of any attribute redeploys its API alone; the old deployment stays until then', () => {
  const { service } = createStacks(jwt, declareSample)
  const synthesized = () => new SynthesizedStack(Testing.synth(service))
  const { resource: resources } = synthesized()
  const hashes = () => [...synthesized().json.matchAll(/"definition": "(\w+)"/g)].map(([, hash]) => hash)
  const before = hashes()
  for (const lifecycle of synthesized().values('api_gateway_deployment', 'lifecycle'))
    assert.deepEqual(lifecycle, { create_before_destroy: true })
  const changeable = service.node
    .findAll()
    .filter((construct) => TerraformResource.isTerraformResource(construct))
    .filter(({ terraformResourceType: type }) => /^aws_api_gateway_(?!deployment|stage|method_settings)/.test(type))
  assert.ok(changeable.length >= 34, `${changeable.length} parts`)
  for (const resource of changeable) {
    const attributes = resources[resource.terraformResourceType]?.[resource.friendlyUniqueId] ?? {}
    for (const attribute of Object.keys(attributes)) {
      if (attribute === '//' || attribute === 'depends_on') continue
      resource.addOverride(attribute, 'changed')
      const changed = hashes().filter((hash) => !before.includes(hash))
      assert.equal(changed.length, 1, `${resource.node.path}: ${attribute}`)
      // Overrides are merged, so another override cannot restore the former value.
      Reflect.deleteProperty(Reflect.get(resource, 'rawOverrides'), attribute)
    }
  }
})
