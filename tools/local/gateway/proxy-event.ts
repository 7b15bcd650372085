import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { ACCOUNT_ID } from '../sigv4.ts'
import type { Caller } from './authorization/access-control.ts'
import { isBinary } from './binary-media-types.ts'
import type { Route, Target } from './route-matching.ts'

/** The event of a Lambda proxy integration, payload version 1.0. */
export type ProxyEvent = ReturnType<typeof createEvent>

export interface EventSource {
  readonly route: Route
  readonly target: Target
  readonly request: IncomingMessage
  readonly body: Buffer
  readonly caller: Caller
  readonly requestId: string
  readonly extendedRequestId: string
  readonly trace: string
  readonly time: Date
}

/** Headers that API Gateway keeps to itself. */
const DROPPED =
  /^(connection|content-(length|md5)|expect|max-forwards|proxy-authenticate|server|te|trailer|transfer-encoding|upgrade|www-authenticate)$/

/** API Gateway's spelling of these names, whatever the client's. */
const SPELLED = ['Authorization', 'Host', 'User-Agent']
const SET_HERE = ['X-Forwarded-For', 'X-Forwarded-Port', 'X-Forwarded-Proto', 'X-Amzn-Trace-Id']

type Pairs = readonly (readonly [name: string, value: string])[]

/** Builds the event as API Gateway does, with `null` for what a request does not have. Never throws, whatever was sent. */
export function createEvent(source: EventSource) {
  const { route, target, request, body } = source
  const headers = eventHeaders(source)
  const query = parseQuery(target.query)
  const isBase64Encoded = body.length > 0 && isBinary(lastOf(headers, 'content-type'), route.api.binaryMediaTypes)
  return {
    resource: route.method.resource,
    path: target.path,
    httpMethod: request.method ?? '',
    headers: lastValues(headers),
    multiValueHeaders: allValues(headers),
    queryStringParameters: lastValues(query),
    multiValueQueryStringParameters: allValues(query),
    pathParameters: route.pathParameters,
    stageVariables: null,
    requestContext: requestContext(source, headers),
    // Bytes that are no UTF-8 become U+FFFD for good, unless the API lists their type as binary.
    body: body.length === 0 ? null : body.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  }
}

function requestContext(source: EventSource, headers: Pairs) {
  const { route, target, request, time, caller } = source
  const domainName = lastOf(headers, 'host') ?? 'localhost'
  return {
    accountId: ACCOUNT_ID,
    apiId: apiId(route.api.name),
    ...(caller.authorizer && { authorizer: caller.authorizer }),
    deploymentId: shortId(`${route.api.name}/${route.api.stage}`, 6),
    domainName,
    domainPrefix: domainName.split('.')[0] ?? '',
    extendedRequestId: source.extendedRequestId,
    httpMethod: request.method ?? '',
    identity: {
      accessKey: null,
      accountId: null,
      caller: null,
      cognitoAuthenticationProvider: null,
      cognitoAuthenticationType: null,
      cognitoIdentityId: null,
      cognitoIdentityPoolId: null,
      principalOrgId: null,
      sourceIp: sourceIp(request),
      user: null,
      userAgent: lastOf(headers, 'user-agent') ?? null,
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

function eventHeaders({ request, trace }: EventSource): Pairs {
  const { rawHeaders, socket } = request
  // A name that comes in several spellings has the first.
  const spellings = new Map([...SPELLED, ...SET_HERE].map((name) => [name.toLowerCase(), name]))
  const sent: [string, string][] = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2)
    const lower = name.toLowerCase()
    if (!spellings.has(lower)) spellings.set(lower, name)
    if (!DROPPED.test(lower)) sent.push([spellings.get(lower) ?? name, value])
  }
  const forwardedFor = lastOf(sent, 'x-forwarded-for')
  return [
    ...sent.filter(([name]) => !SET_HERE.includes(name)),
    ['X-Forwarded-For', [forwardedFor, sourceIp(request)].filter(Boolean).join(', ')],
    ['X-Forwarded-Port', String(socket.localPort ?? 0)],
    ['X-Forwarded-Proto', 'http'],
    ['X-Amzn-Trace-Id', trace],
  ]
}

const sourceIp = ({ socket }: IncomingMessage) => (socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '')

/** The last value of a header, by its name in lower case. */
const lastOf = (headers: Pairs, lower: string) => headers.findLast(([name]) => name.toLowerCase() === lower)?.[1]

const lastValues = (pairs: Pairs): Record<string, string> | null =>
  pairs.length > 0 ? Object.fromEntries(pairs) : null

function allValues(pairs: Pairs): Record<string, string[]> | null {
  const groups = Map.groupBy(pairs, ([name]) => name)
  const values = [...groups].map(([name, group]) => [name, group.map(([, value]) => value)] as const)
  return pairs.length > 0 ? Object.fromEntries(values) : null
}

/** Splits at `&` and, as API Gateway does, at `;`. Malformed percent-encoding stays as it is. */
function parseQuery(query: string): Pairs {
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

/** The id of an API by its name. */
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
