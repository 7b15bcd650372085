import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { S3Error } from './store-errors.ts'

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** What of an HTTP request is signed. */
export interface SignedRequest {
  readonly method: string
  /** As it was sent, percent-encoded. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
}

interface Authorization {
  /** `ACCESSKEY/20260131/region/s3/aws4_request`. */
  readonly credential: string
  readonly signedHeaders: readonly string[]
  readonly signature: string
  /** `20260131T235959Z`. */
  readonly date: string
  readonly payloadHash: string
}

const ALGORITHM = 'AWS4-HMAC-SHA256'
/** Of clocks; milliseconds. */
const MAX_SKEW = 15 * 60_000
/** Seven days; seconds. */
const MAX_EXPIRY = 604_800

/**
 * Checks AWS Signature Version 4 as S3 does, in the Authorization header or in a presigned URL; a bucket is private, so one is needed.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 * @throws S3Error as S3 answers it.
 */
export function verifyRequest(request: SignedRequest, credentials: Credentials, now = Date.now()): void {
  const { headers, query } = request
  if (!headers.authorization && !query.has('X-Amz-Algorithm')) throw new S3Error('AccessDenied', 'Access Denied')
  const authorization = headers.authorization ? fromHeader(headers, now) : fromQuery(query, headers, now)
  const unsigned = Object.keys(headers).filter(
    (name) => (name === 'host' || name.startsWith('x-amz-')) && !authorization.signedHeaders.includes(name),
  )
  if (unsigned.length > 0) {
    const message = 'There were headers present in the request which were not signed'
    throw new S3Error('AccessDenied', message, { HeadersNotSigned: unsigned.join(', ') })
  }
  const canonical = createHash('sha256').update(canonicalRequest(request, authorization)).digest('hex')
  const scope = authorization.credential.split('/').slice(1).join('/')
  const stringToSign = [ALGORITHM, authorization.date, scope, canonical].join('\n')
  verifySignature(stringToSign, authorization.credential, authorization.signature, credentials)
}

/** @throws S3Error where this is not the signature of that text by the key that the credential names. */
export function verifySignature(text: string, credential: string, signature: string, credentials: Credentials): void {
  const [accessKeyId, date = '', region = '', service = ''] = credential.split('/')
  if (accessKeyId !== credentials.accessKeyId) {
    const message = 'The AWS Access Key Id you provided does not exist in our records.'
    throw new S3Error('InvalidAccessKeyId', message, { AWSAccessKeyId: accessKeyId ?? '' })
  }
  const key = [date, region, service, 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${credentials.secretAccessKey}`,
  )
  const expected = hmac(key, text)
  const given = Buffer.from(signature, 'hex')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    const message =
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.'
    throw new S3Error('SignatureDoesNotMatch', message, { AWSAccessKeyId: accessKeyId, StringToSign: text })
  }
}

/** Milliseconds since 1970 of `20260131T235959Z`; NaN where it is not such a date. */
export function parseAmzDate(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
}

function fromHeader(headers: IncomingHttpHeaders, now: number): Authorization {
  const match = /^AWS4-HMAC-SHA256\s+Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=(\w+)$/.exec(
    headers.authorization ?? '',
  )
  if (!match) throw new S3Error('AuthorizationHeaderMalformed', 'The authorization header is malformed.')
  const [, credential = '', signedHeaders = '', signature = ''] = match
  const payloadHash = headers['x-amz-content-sha256']
  if (typeof payloadHash !== 'string') {
    throw new S3Error('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256')
  }
  const date = String(headers['x-amz-date'] ?? '')
  const time = parseAmzDate(date)
  if (Number.isNaN(time)) {
    throw new S3Error('AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header')
  }
  if (Math.abs(now - time) > MAX_SKEW) {
    const message = 'The difference between the request time and the current time is too large.'
    throw new S3Error('RequestTimeTooSkewed', message, { RequestTime: date, ServerTime: new Date(now).toISOString() })
  }
  return { credential, signedHeaders: signedHeaders.split(';'), signature, date, payloadHash }
}

function fromQuery(query: URLSearchParams, headers: IncomingHttpHeaders, now: number): Authorization {
  const get = (name: string) => query.get(`X-Amz-${name}`) ?? ''
  const names = ['Algorithm', 'Credential', 'Date', 'Expires', 'SignedHeaders', 'Signature']
  if (!names.every(get)) {
    const message = `Query-string authentication version 4 requires the ${names.map((name) => `X-Amz-${name}`).join(', ')} parameters.`
    throw new S3Error('AuthorizationQueryParametersError', message)
  }
  if (get('Algorithm') !== ALGORITHM) {
    throw new S3Error('AuthorizationQueryParametersError', `X-Amz-Algorithm only supports "${ALGORITHM}"`)
  }
  const time = parseAmzDate(get('Date'))
  if (Number.isNaN(time)) {
    throw new S3Error(
      'AuthorizationQueryParametersError',
      "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"",
    )
  }
  const expires = /^\d+$/.test(get('Expires')) ? Number(get('Expires')) : Number.NaN
  if (!(expires <= MAX_EXPIRY)) {
    throw new S3Error('AuthorizationQueryParametersError', 'X-Amz-Expires must be a number of seconds, at most 604800')
  }
  if (time - now > MAX_SKEW) throw new S3Error('AccessDenied', 'Request is not yet valid')
  if (now > time + expires * 1000) {
    const details = { 'X-Amz-Expires': get('Expires'), Expires: new Date(time + expires * 1000).toISOString() }
    throw new S3Error('AccessDenied', 'Request has expired', details)
  }
  const hash = query.get('X-Amz-Content-Sha256') ?? headers['x-amz-content-sha256']
  return {
    credential: get('Credential'),
    signedHeaders: get('SignedHeaders').split(';'),
    signature: get('Signature'),
    date: get('Date'),
    payloadHash: typeof hash === 'string' ? hash : 'UNSIGNED-PAYLOAD',
  }
}

function canonicalRequest({ method, path, query, headers }: SignedRequest, authorization: Authorization): string {
  const parameters = [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
  const lines = authorization.signedHeaders.map((name) => `${name}:${headerValue(headers[name])}\n`)
  const uri = decodeURIComponent(path).split('/').map(encode).join('/')
  return [
    method,
    uri,
    parameters.join('&'),
    lines.join(''),
    authorization.signedHeaders.join(';'),
    authorization.payloadHash,
  ].join('\n')
}

function headerValue(value: string | string[] | undefined): string {
  return [value ?? ''].flat().join(',').trim().replace(/ +/g, ' ')
}

/** Everything but RFC 3986's unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest()
}
