import { ApiGatewayIntegration } from '@cdktf/provider-aws/lib/api-gateway-integration/index.js'
import { ApiGatewayIntegrationResponse } from '@cdktf/provider-aws/lib/api-gateway-integration-response/index.js'
import { ApiGatewayMethod } from '@cdktf/provider-aws/lib/api-gateway-method/index.js'
import { ApiGatewayMethodResponse } from '@cdktf/provider-aws/lib/api-gateway-method-response/index.js'
import { Construct } from 'constructs'

/**
 * Headers that pages may send: those of functions, authorization, signatures and tracing. `*` allows any other (Datadog's, B3's) except
 * Authorization; older browsers ignore it. The APIs use no cookies, so it gives a page no further access.
 */
const ALLOWED_HEADERS = [
  ...['Authorization', 'Content-Type', 'Idempotency-Key', 'X-Api-Key', 'X-Requested-With'],
  ...['X-Amz-Date', 'X-Amz-Security-Token', 'X-Amz-Content-Sha256', 'X-Amzn-Trace-Id'],
  ...['Traceparent', 'Tracestate', 'Baggage', 'Sentry-Trace', '*'],
]

/** Adds the OPTIONS method of a resource. API Gateway answers it, so a preflight request invokes no function. */
export function addPreflight(
  parent: Construct,
  path: string,
  resource: { readonly restApiId: string; readonly resourceId: string },
  methods: readonly string[],
  corsOrigin: string,
): void {
  const scope = new Construct(parent, `OPTIONS ${path}`)
  const headers = Object.entries({
    'Access-Control-Allow-Origin': corsOrigin,
    'Access-Control-Allow-Methods': [...methods, 'OPTIONS'].join(','),
    'Access-Control-Allow-Headers': ALLOWED_HEADERS.join(','),
    // Seconds: the maximum that Chrome caches.
    'Access-Control-Max-Age': '7200',
  }).map(([name, value]) => [`method.response.header.${name}`, value] as const)
  const method = new ApiGatewayMethod(scope, 'method', { ...resource, httpMethod: 'OPTIONS', authorization: 'NONE' })
  const on = { ...resource, httpMethod: method.httpMethod }
  const integration = new ApiGatewayIntegration(scope, 'integration', {
    ...on,
    type: 'MOCK',
    requestTemplates: { 'application/json': '{"statusCode": 204}' },
  })
  const methodResponse = new ApiGatewayMethodResponse(scope, 'method-response', {
    ...on,
    statusCode: '204',
    responseParameters: Object.fromEntries(headers.map(([name]) => [name, true])),
  })
  new ApiGatewayIntegrationResponse(scope, 'integration-response', {
    ...on,
    statusCode: methodResponse.statusCode,
    // API Gateway needs quotes around a constant.
    responseParameters: Object.fromEntries(headers.map(([name, value]) => [name, `'${value}'`])),
    dependsOn: [integration],
  })
}
