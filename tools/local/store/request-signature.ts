import type { IncomingHttpHeaders } from 'node:http'
import {
  ALGORITHM,
  type Authorization,
  type Credentials,
  encodePath,
  isSignedBy,
  parseAmzDate,
  parseAuthorization,
  REGION,
  type SignedRequest,
  stringToSign,
} from '../sigv4.ts'
import { S3Error } from './s3-error.ts'

/** Of clocks; milliseconds. */
const MAX_SKEW = 15 * 60_000
/** Seven days; seconds. */
const MAX_EXPIRY = 604_800

const PARAMETERS = ['Algorithm', 'Credential', 'Signature', 'Date', 'SignedHeaders', 'Expires']
const MALFORMED = {
  AuthorizationHeaderMalformed: 'The authorization header is malformed',
  AuthorizationQueryParametersError: 'Error parsing the X-Amz-Credential parameter',
} as const

/**
 * Checks AWS Signature Version 4 as S3 does, in the Authorization header or in a presigned URL; a bucket is private, so one is needed.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 * @throws S3Error as S3 answers it.
 */
export function verifyRequest(
  request: SignedRequest,
  credentials: Credentials,
  { now = Date.now(), region = REGION } = {},
): void {
  const { headers, query } = request
  const presigned = PARAMETERS.some((name) => query.has(`X-Amz-${name}`))
  const mechanisms = [headers.authorization !== undefined, presigned, query.has('Signature')].filter(Boolean)
  if (mechanisms.length === 0) throw new S3Error('AccessDenied', 'Access Denied')
  if (mechanisms.length > 1) {
    const message =
      'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified'
    throw authorizationArgument(message, headers)
  }
  const authorization = presigned ? fromQuery(query, headers, now) : fromHeader(headers, now)
  const code = presigned ? 'AuthorizationQueryParametersError' : 'AuthorizationHeaderMalformed'
  verifyScope(code, authorization.credential, authorization.date, region)
  // A presigned URL has said what it signs for the hash.
  const exempt = presigned ? 'x-amz-content-sha256' : ''
  const unsigned = Object.keys(headers).filter(
    (name) => /^(host$|x-amz-)/.test(name) && name !== exempt && !authorization.signedHeaders.includes(name),
  )
  if (unsigned.length > 0) {
    const message = 'There were headers present in the request which were not signed'
    throw new S3Error('AccessDenied', message, { HeadersNotSigned: unsigned.join(', ') })
  }
  const text = stringToSign(request, authorization, encodePath(decodeURIComponent(request.path)))
  verifySignature(text, authorization.credential, authorization.signature, credentials)
}

/** @throws S3Error with that code where the credential is not for S3 in this region on that date. */
export function verifyScope(code: keyof typeof MALFORMED, credential: string, date: string, region = REGION): void {
  const [, day, place, service, terminal, ...others] = credential.split('/')
  const refuse = (reason: string) => new S3Error(code, `${MALFORMED[code]}; ${reason}`)
  if (terminal === undefined || others.length > 0)
    throw refuse('the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".')
  if (place !== region) throw refuse(`the region '${place}' is wrong; expecting '${region}'`)
  if (service !== 's3') throw refuse(`incorrect service "${service}". This endpoint belongs to "s3".`)
  if (terminal !== 'aws4_request') throw refuse(`incorrect terminal "${terminal}". This endpoint uses "aws4_request".`)
  if (!date.startsWith(`${day}T`)) throw refuse(`the date "${day}" is not the same as that of X-Amz-Date: "${date}".`)
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
  const { authorization = '' } = headers
  if (authorization === '' || authorization.startsWith('AWS '))
    throw new S3Error(
      'InvalidRequest',
      `The authorization mechanism you have provided is not supported. Please use ${ALGORITHM}.`,
    )
  if (!authorization.startsWith(ALGORITHM)) throw authorizationArgument('Unsupported Authorization Type', headers)
  const parts = parseAuthorization(authorization)
  if (!parts) throw new S3Error('AuthorizationHeaderMalformed', `${MALFORMED.AuthorizationHeaderMalformed}.`)
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
  const refuse = (message: string) => new S3Error('AuthorizationQueryParametersError', message)
  if (!PARAMETERS.every(get))
    throw refuse(
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
    )
  if (get('Algorithm') !== ALGORITHM) throw refuse(`X-Amz-Algorithm only supports "${ALGORITHM}"`)
  const time = parseAmzDate(get('Date'))
  if (Number.isNaN(time)) throw refuse(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`)
  const expires = Number(get('Expires'))
  if (!Number.isInteger(expires)) throw refuse('X-Amz-Expires should be a number')
  if (expires < 0) throw refuse('X-Amz-Expires must be non-negative')
  if (expires > MAX_EXPIRY)
    throw refuse(
      `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${MAX_EXPIRY} seconds`,
    )
  if (time - now > MAX_SKEW) throw new S3Error('AccessDenied', 'Request is not yet valid')
  if (now > time + expires * 1000) {
    const details = { 'X-Amz-Expires': get('Expires'), Expires: new Date(time + expires * 1000).toISOString() }
    throw new S3Error('AccessDenied', 'Request has expired', details)
  }
  const signedHeaders = get('SignedHeaders').split(';')
  const hash = signedHeaders.includes('x-amz-content-sha256') && headers['x-amz-content-sha256']
  return {
    credential: get('Credential'),
    signedHeaders,
    signature: get('Signature'),
    date: get('Date'),
    payloadHash: query.get('X-Amz-Content-Sha256') ?? (typeof hash === 'string' ? hash : 'UNSIGNED-PAYLOAD'),
  }
}

function authorizationArgument(message: string, { authorization = '' }: IncomingHttpHeaders): S3Error {
  return new S3Error('InvalidArgument', message, { ArgumentName: 'Authorization', ArgumentValue: authorization })
}
