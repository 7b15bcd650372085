import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { ACCOUNT_ID } from '../sigv4.ts'
import { isBinary } from './bodies.ts'
import type { Route, Target } from './route-matching.ts'

/** The event of a Lambda proxy integration, payload version 1.0. */
export type ProxyEvent = ReturnType<typeof createEvent>

/** A request, received completely. */
export interface Incoming {
  readonly request: IncomingMessage
  readonly target: Target
  readonly body: Buffer
  readonly requestId: string
  readonly extendedRequestId: string
}

/** Fields of `requestContext` that describe the caller. */
export interface Caller {
  readonly identity?: Readonly<Record<string, string>>
  readonly authorizer?: Readonly<Record<string, string | number | boolean>>
}

type Pairs = readonly (readonly [name: string, value: string])[]

/** Builds the event as API Gateway does, with `null` for absent parts. Never throws, for any request. */
export function createEvent(incoming: Incoming, route: Route, caller: Caller, trace: string) {
  const { target, request, body } = incoming
  const { api, method } = route
  const headers = eventHeaders(request, trace)
  // `;` separates too. The target is latin1: one character per byte. `&` keeps URLSearchParams from dropping a leading `?`.
  const query = [...new URLSearchParams(`&${Buffer.from(target.query.replaceAll(';', '&'), 'latin1')}`)]
  const isBase64Encoded = body.length > 0 && isBinary(request.headers['content-type'], api.binaryMediaTypes)
  return {
    resource: method.resource,
    path: target.path,
    httpMethod: request.method ?? '',
    headers: lastValues(headers),
    multiValueHeaders: allValues(headers),
    queryStringParameters: lastValues(query),
    multiValueQueryStringParameters: allValues(query),
    pathParameters: route.pathParameters,
    stageVariables: null,
    requestContext: requestContext(incoming, route, caller),
    // Invalid UTF-8 becomes U+FFFD, unless the API lists the media type as binary.
    body: body.length === 0 ? null : body.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  }
}

/** Identity fields that only IAM or Cognito set. */
const UNKNOWN_IDENTITY = {
  ...{ accessKey: null, accountId: null, caller: null, principalOrgId: null, user: null, userArn: null },
  ...{ cognitoAuthenticationProvider: null, cognitoAuthenticationType: null },
  ...{ cognitoIdentityId: null, cognitoIdentityPoolId: null },
}

function requestContext(incoming: Incoming, { api, method }: Route, { identity, authorizer }: Caller) {
  const { target, request, requestId, extendedRequestId } = incoming
  const { host: domainName = 'localhost', 'user-agent': userAgent = null } = request.headers
  const time = new Date()
  return {
    accountId: ACCOUNT_ID,
    apiId: apiId(api.name),
    ...(authorizer && { authorizer }),
    deploymentId: shortId(`${api.name}/${api.stage}`, 6),
    domainName,
    domainPrefix: domainName.split('.')[0] ?? '',
    extendedRequestId,
    httpMethod: request.method ?? '',
    identity: { ...UNKNOWN_IDENTITY, sourceIp: sourceIp(request), userAgent, ...identity },
    path: target.contextPath,
    protocol: 'HTTP/1.1',
    requestId,
    requestTime: commonLogTime(time),
    requestTimeEpoch: time.getTime(),
    resourceId: shortId(`${api.name}${method.resource}`, 6),
    resourcePath: method.resource,
    stage: api.stage,
  }
}

/** Headers that API Gateway does not pass on. */
const DROPPED =
  /^(connection|content-(length|md5)|expect|max-forwards|proxy-authenticate|server|te|trailer|transfer-encoding|upgrade|www-authenticate)$/
/** Names that API Gateway always spells this way. */
const SPELLED = ['Authorization', 'Host', 'User-Agent']
const SET_HERE = ['X-Forwarded-For', 'X-Forwarded-Port', 'X-Forwarded-Proto', 'X-Amzn-Trace-Id']

function eventHeaders(request: IncomingMessage, trace: string): Pairs {
  const { rawHeaders, headers, socket } = request
  // The first spelling of a name wins.
  const spellings = new Map([...SPELLED, ...SET_HERE].map((name) => [name.toLowerCase(), name]))
  const sent: [string, string][] = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2)
    const lower = name.toLowerCase()
    if (!spellings.has(lower)) spellings.set(lower, name)
    if (!DROPPED.test(lower)) sent.push([spellings.get(lower) ?? name, value])
  }
  return [
    ...sent.filter(([name]) => !SET_HERE.includes(name)),
    ['X-Forwarded-For', [headers['x-forwarded-for'], sourceIp(request)].flat().filter(Boolean).join(', ')],
    ['X-Forwarded-Port', String(socket.localPort ?? 0)],
    ['X-Forwarded-Proto', 'http'],
    ['X-Amzn-Trace-Id', trace],
  ]
}

const sourceIp = ({ socket }: IncomingMessage) => (socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '')

const lastValues = (pairs: Pairs): Record<string, string> | null =>
  pairs.length > 0 ? Object.fromEntries(pairs) : null

function allValues(pairs: Pairs): Record<string, string[]> | null {
  const groups = Map.groupBy(pairs, ([name]) => name)
  const values = [...groups].map(([name, group]) => [name, group.map(([, value]) => value)] as const)
  return pairs.length > 0 ? Object.fromEntries(values) : null
}

/** Id of the API with this name. */
export const apiId = (name: string): string => shortId(name, 10)

/** An AWS-like id, derived from the name: the same on every machine. */
function shortId(name: string, length: number): string {
  return BigInt(`0x${createHash('sha256').update(name).digest('hex')}`)
    .toString(36)
    .slice(0, length)
}

/** Formats a time as `10/Nov/2026:13:55:36 +0000`. */
function commonLogTime(time: Date): string {
  const [, day, month, year, clock] = /(\d\d) (\w{3}) (\d{4}) ([\d:]{8})/.exec(time.toUTCString()) ?? []
  return `${day}/${month}/${year}:${clock} +0000`
}
