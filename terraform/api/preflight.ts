import { ApiGatewayIntegration } from '@cdktf/provider-aws/lib/api-gateway-integration/index.js'
import { ApiGatewayIntegrationResponse } from '@cdktf/provider-aws/lib/api-gateway-integration-response/index.js'
import { ApiGatewayMethod } from '@cdktf/provider-aws/lib/api-gateway-method/index.js'
import { ApiGatewayMethodResponse } from '@cdktf/provider-aws/lib/api-gateway-method-response/index.js'
import { Construct } from 'constructs'

export interface PreflightProps {
  readonly restApiId: string
  readonly resourceId: string
  /** `*` or one origin. */
  readonly corsOrigin: string
  readonly methods: readonly string[]
}

/**
 * Headers that pages may send: those of the functions, of each kind of access, of a signature, and of tracing. The last one stands for any
 * other (Datadog's, B3's), except Authorization; older browsers do not know it. The APIs use no cookies, so a page gains nothing by it.
 */
const ALLOWED_HEADERS = [
  ...['Authorization', 'Content-Type', 'Idempotency-Key', 'X-Api-Key', 'X-Requested-With'],
  ...['X-Amz-Date', 'X-Amz-Security-Token', 'X-Amz-Content-Sha256', 'X-Amzn-Trace-Id'],
  ...['Traceparent', 'Tracestate', 'Baggage', 'Sentry-Trace', '*'],
]

/** The OPTIONS method of a resource: the gateway answers it, so a browser's preflight request starts no function. */
export class Preflight extends Construct {
  constructor(scope: Construct, id: string, { restApiId, resourceId, corsOrigin, methods }: PreflightProps) {
    super(scope, id)
    const headers = {
      'Access-Control-Allow-Origin': corsOrigin,
      'Access-Control-Allow-Methods': [...methods, 'OPTIONS'].join(','),
      'Access-Control-Allow-Headers': ALLOWED_HEADERS.join(','),
      // Seconds. Chrome remembers an answer no longer than this.
      'Access-Control-Max-Age': '7200',
    }
    const method = new ApiGatewayMethod(this, 'method', {
      restApiId,
      resourceId,
      httpMethod: 'OPTIONS',
      authorization: 'NONE',
    })
    const on = { restApiId, resourceId, httpMethod: method.httpMethod }
    const integration = new ApiGatewayIntegration(this, 'integration', {
      ...on,
      type: 'MOCK',
      requestTemplates: { 'application/json': '{"statusCode": 204}' },
    })
    const methodResponse = new ApiGatewayMethodResponse(this, 'method-response', {
      ...on,
      statusCode: '204',
      responseParameters: forEachHeader(headers, () => true),
    })
    new ApiGatewayIntegrationResponse(this, 'integration-response', {
      ...on,
      statusCode: methodResponse.statusCode,
      // Quotes mark a constant.
      responseParameters: forEachHeader(headers, (value) => `'${value}'`),
      dependsOn: [integration],
    })
  }
}

const forEachHeader = <T>(headers: Readonly<Record<string, string>>, map: (value: string) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [`method.response.header.${name}`, map(value)]))
