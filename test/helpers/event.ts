import { randomUUID } from 'node:crypto'
import type { APIGatewayProxyEvent, Context } from 'aws-lambda'

export interface EventOptions {
  readonly method?: string
  /** Path template, e.g. `/rds/{id}`. */
  readonly resource?: string
  readonly path?: Readonly<Record<string, string>> | null
  readonly query?: Readonly<Record<string, string>> | null
  readonly headers?: Readonly<Record<string, string>> | null
  /** Text as it is; bytes in base64, as API Gateway sends them for binary media types. */
  readonly body?: string | Uint8Array | null
}

/** The event that a REST API's Lambda proxy integration sends (payload version 1), with everything that AWS puts there. */
export function proxyEvent(options: EventOptions = {}): APIGatewayProxyEvent {
  const { method = 'GET', resource = '/rds', path = null, query = null, headers = {}, body = null } = options
  const requestPath = resource.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path?.[name] ?? ''))
  const many = (values: Readonly<Record<string, string>> | null) =>
    values && Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]))
  return {
    resource,
    path: requestPath,
    httpMethod: method,
    headers,
    multiValueHeaders: many(headers),
    queryStringParameters: query,
    multiValueQueryStringParameters: many(query),
    pathParameters: path,
    stageVariables: null,
    requestContext: {
      accountId: '123456789012',
      apiId: 'a1b2c3d4e5',
      authorizer: undefined,
      deploymentId: 'd1e2p3',
      domainName: 'a1b2c3d4e5.execute-api.ap-northeast-2.amazonaws.com',
      domainPrefix: 'a1b2c3d4e5',
      extendedRequestId: 'JKJaXmPLvHcESHA=',
      httpMethod: method,
      identity: { sourceIp: '192.0.2.1', userAgent: 'test' },
      path: `/default${requestPath}`,
      protocol: 'HTTP/1.1',
      requestId: randomUUID(),
      requestTime: '22/Nov/2026:10:00:00 +0000',
      requestTimeEpoch: 1795341600000,
      resourceId: 'r1e2s3',
      resourcePath: resource,
      stage: 'default',
    },
    body: body instanceof Uint8Array ? Buffer.from(body).toString('base64') : body,
    isBase64Encoded: body instanceof Uint8Array,
  } as unknown as APIGatewayProxyEvent
}

/** The second argument of a Lambda handler. @param timeout seconds that are left from now on. */
export function lambdaContext(timeout = 10): Context {
  const end = Date.now() + timeout * 1000
  return {
    awsRequestId: randomUUID(),
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'rds',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:ap-northeast-2:123456789012:function:rds',
    logGroupName: '/aws/lambda/rds',
    logStreamName: '2026/11/22/[$LATEST]0123456789abcdef0123456789abcdef',
    memoryLimitInMB: '256',
    getRemainingTimeInMillis: () => end - Date.now(),
  } as Context
}
