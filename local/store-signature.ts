import type { IncomingHttpHeaders } from 'node:http'
import {
  ALGORITHM,
  type Authorization,
  type Credentials,
  encodePath,
  isSignedBy,
  parseAmzDate,
  parseAuthorization,
  type SignedRequest,
  stringToSign,
} from './signature.ts'
import { S3Error } from './store-errors.ts'

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
  const text = stringToSign(request, authorization, encodePath(decodeURIComponent(request.path)))
  verifySignature(text, authorization.credential, authorization.signature, credentials)
}

/** @throws S3Error where this is not the signature of that text by the key that the credential names. */
export function verifySignature(text: string, credential: string, signature: string, credentials: Credentials): void {
  const [accessKeyId] = credential.split('/')
  if (accessKeyId !== credentials.accessKeyId) {
    const message = 'The AWS Access Key Id you provided does not exist in our records.'
    throw new S3Error('InvalidAccessKeyId', message, { AWSAccessKeyId: accessKeyId ?? '' })
  }
  if (!isSignedBy(credentials, text, credential, signature)) {
    const message =
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.'
    throw new S3Error('SignatureDoesNotMatch', message, { AWSAccessKeyId: accessKeyId, StringToSign: text })
  }
}

function fromHeader(headers: IncomingHttpHeaders, now: number): Authorization {
  const parts = parseAuthorization(headers.authorization ?? '')
  if (!parts) throw new S3Error('AuthorizationHeaderMalformed', 'The authorization header is malformed.')
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
  return { ...parts, date, payloadHash }
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
