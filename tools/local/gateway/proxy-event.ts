import { createHash } from 'node:crypto'
import type { Caller } from './authorization/access-control.ts'
import { isBinary } from './media-type.ts'
import { Multimap } from './multimap.ts'
import type { Route, Target } from './routing.ts'

/** The event of a Lambda proxy integration, payload version 1.0. */
export type ProxyEvent = ReturnType<typeof createEvent>

export interface EventSource {
  readonly route: Route
  readonly target: Target
  readonly httpMethod: string
  /** Names and values in turn, as `IncomingMessage.rawHeaders` has them. */
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
  readonly sourceIp: string
  readonly port: number
  readonly accountId: string
  readonly caller: Caller
  readonly requestId: string
  readonly extendedRequestId: string
  readonly trace: string
  readonly time: Date
}

/** API Gateway passes none of these on. */
const DROPPED = new Set([
  'connection',
  'content-length',
  'content-md5',
  'expect',
  'max-forwards',
  'proxy-authenticate',
  'server',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'www-authenticate',
])

/** API Gateway spells these names so, however the client does. */
const SPELLED = new Map(['Authorization', 'Host', 'User-Agent'].map((name) => [name.toLowerCase(), name]))

/** Builds the event as API Gateway does; what a request does not have is `null`. Never throws, whatever was sent. */
export function createEvent(source: EventSource) {
  const { route, target, httpMethod } = source
  const headers = eventHeaders(source)
  const query = new Multimap(parseQuery(target.query))
  const isBase64Encoded = source.body.length > 0 && isBinary(headers.last('content-type'), route.api.binaryMediaTypes)
  return {
    resource: route.method.resource,
    path: target.path,
    httpMethod,
    headers: headers.single(),
    multiValueHeaders: headers.multi(),
    queryStringParameters: query.single(),
    multiValueQueryStringParameters: query.multi(),
    pathParameters: route.pathParameters,
    stageVariables: null,
    requestContext: requestContext(source, headers),
    // Bytes that are no UTF-8 become U+FFFD for good, unless the API lists their type as binary.
    body: source.body.length === 0 ? null : source.body.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  }
}

function requestContext(source: EventSource, headers: Multimap) {
  const { route, target, httpMethod, time, caller } = source
  const domainName = headers.last('host') ?? 'localhost'
  return {
    accountId: source.accountId,
    apiId: apiId(route.api.name),
    ...(caller.authorizer && { authorizer: caller.authorizer }),
    deploymentId: shortId(`${route.api.name}/${route.api.stage}`, 6),
    domainName,
    domainPrefix: domainName.split('.')[0] ?? '',
    extendedRequestId: source.extendedRequestId,
    httpMethod,
    identity: {
      accessKey: null,
      accountId: null,
      caller: null,
      cognitoAuthenticationProvider: null,
      cognitoAuthenticationType: null,
      cognitoIdentityId: null,
      cognitoIdentityPoolId: null,
      principalOrgId: null,
      sourceIp: source.sourceIp,
      user: null,
      userAgent: headers.last('user-agent') ?? null,
      userArn: null,
      ...caller.identity,
    },
    path: target.contextPath,
    protocol: 'HTTP/1.1',
    requestId: source.requestId,
    requestTime: commonLogTime(time),
    requestTimeEpoch: time.getTime(),
    resourceId: shortId(`${route.api.name}${route.method.resource}`, 6),
    resourcePath: route.method.resource,
    stage: route.api.stage,
  }
}

function eventHeaders({ rawHeaders, sourceIp, port, trace }: EventSource): Multimap {
  const sent: [string, string][] = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2)
    const lower = name.toLowerCase()
    if (!DROPPED.has(lower)) sent.push([SPELLED.get(lower) ?? name, value])
  }
  const headers = new Multimap(sent, (name) => name.toLowerCase())
  const forwardedFor = headers.last('x-forwarded-for')
  headers.replace('X-Forwarded-For', forwardedFor ? `${forwardedFor}, ${sourceIp}` : sourceIp)
  headers.replace('X-Forwarded-Port', String(port))
  headers.replace('X-Forwarded-Proto', 'http')
  headers.replace('X-Amzn-Trace-Id', trace)
  return headers
}

/** Splits at `&` and, as API Gateway does, at `;`. Percent-encoding that is none stays as it is. */
function parseQuery(query: string): [string, string][] {
  return query
    .split(/[&;]/)
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=')
      return equals < 0 ? [decode(pair), ''] : [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))]
    })
}

/** `text` has a character for each byte, as request targets have. */
function decode(text: string): string {
  const bytes = text
    .replaceAll('+', ' ')
    .replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}

/** Of the API that has this name. */
export const apiId = (name: string): string => shortId(name, 10)

/** An id like AWS's, the same for the same name on every machine. */
function shortId(name: string, length: number): string {
  return BigInt(`0x${createHash('sha256').update(name).digest('hex')}`)
    .toString(36)
    .slice(0, length)
}

/** As in `10/Nov/2026:13:55:36 +0000`. */
function commonLogTime(time: Date): string {
  const [, day, month, year, clock] = /(\d\d) (\w{3}) (\d{4}) ([\d:]{8})/.exec(time.toUTCString()) ?? []
  return `${day}/${month}/${year}:${clock} +0000`
}
