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

/** Clock skew tolerated, in milliseconds. */
const MAX_SKEW = 15 * 60_000
/** Seven days; seconds. */
const MAX_EXPIRY = 604_800

const PARAMETERS_ERROR = 'AuthorizationQueryParametersError'
const PARAMETERS = ['Algorithm', 'Credential', 'Signature', 'Date', 'SignedHeaders', 'Expires']

/**
 * Verifies AWS Signature Version 4 as S3 does, in the Authorization header or a presigned URL. Buckets are private, so one is required.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 * @throws S3Error with S3's own code.
 */
export function verifyRequest(
  request: SignedRequest,
  credentials: Credentials,
  { now = Date.now(), region = REGION } = {},
): void {
  const { headers, query } = request
  const presigned = PARAMETERS.some((name) => query.has(`X-Amz-${name}`))
  if (!presigned && headers.authorization === undefined) throw new S3Error('AccessDenied', 'Access Denied')
  if (presigned && headers.authorization !== undefined)
    throw new S3Error('InvalidArgument', 'Only one auth mechanism allowed: a presigned URL or the Authorization header')
  const authorization = presigned ? fromQuery(query, headers, now) : fromHeader(headers, now)
  const { credential, date, signedHeaders, signature } = authorization
  verifyScope(presigned ? PARAMETERS_ERROR : 'AuthorizationHeaderMalformed', credential, date, region)
  // A presigned URL states its payload hash in the query.
  const exempt = presigned ? 'x-amz-content-sha256' : ''
  const unsigned = Object.keys(headers).filter(
    (name) => /^(host$|x-amz-)/.test(name) && name !== exempt && !signedHeaders.includes(name),
  )
  if (unsigned.length > 0) throw new S3Error('AccessDenied', `Headers were not signed: ${unsigned.join(', ')}`)
  const text = stringToSign(request, authorization, encodePath(decodeURIComponent(request.path)))
  verifySignature(text, credential, signature, credentials)
}

/** @throws S3Error with this code unless the credential is for S3 in this region on this date. */
export function verifyScope(code: string, credential: string, date: string, region = REGION): void {
  const [, ...scope] = credential.split('/')
  const expected = `${date.slice(0, 8)}/${region}/s3/aws4_request`
  if (scope.join('/') !== expected)
    throw new S3Error(code, `The scope '${scope.join('/')}' of the credential is wrong; expecting '${expected}'`)
}

/** Verifies the access key and the signature of a text. @throws S3Error if either is wrong. */
export function verifySignature(text: string, credential: string, signature: string, credentials: Credentials): void {
  if (credential.split('/')[0] !== credentials.accessKeyId)
    throw new S3Error('InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.')
  if (!isSignedBy(credentials, text, credential, signature))
    throw new S3Error('SignatureDoesNotMatch', `The signature does not match that of ${JSON.stringify(text)}`)
}

function fromHeader({ authorization = '', ...headers }: IncomingHttpHeaders, now: number): Authorization {
  if (!authorization.startsWith(ALGORITHM)) throw new S3Error('InvalidArgument', 'Unsupported Authorization Type')
  const parts = parseAuthorization(authorization)
  if (!parts) throw new S3Error('AuthorizationHeaderMalformed', 'The authorization header is malformed.')
  const date = String(headers['x-amz-date'])
  const time = parseAmzDate(date)
  if (Number.isNaN(time))
    throw new S3Error('AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header')
  if (Math.abs(now - time) > MAX_SKEW)
    throw new S3Error('RequestTimeTooSkewed', `The request time ${date} is not within 15 minutes of the current time`)
  return { ...parts, date, payloadHash: String(headers['x-amz-content-sha256']) }
}

function fromQuery(query: URLSearchParams, headers: IncomingHttpHeaders, now: number): Authorization {
  const get = (name: string) => query.get(`X-Amz-${name}`) ?? ''
  const time = parseAmzDate(get('Date'))
  const expires = Number(get('Expires'))
  const refuse = (message: string) => new S3Error(PARAMETERS_ERROR, message)
  if (!PARAMETERS.every(get)) throw refuse(`A URL requires ${PARAMETERS.map((name) => `X-Amz-${name}`).join(', ')}`)
  if (get('Algorithm') !== ALGORITHM) throw refuse(`X-Amz-Algorithm only supports "${ALGORITHM}"`)
  if (Number.isNaN(time)) throw refuse(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`)
  if (!Number.isInteger(expires) || expires < 0 || expires > MAX_EXPIRY)
    throw refuse(`X-Amz-Expires must be a number of seconds from 0 to ${MAX_EXPIRY}`)
  if (time - now > MAX_SKEW) throw new S3Error('AccessDenied', 'Request is not yet valid')
  if (now > time + expires * 1000) throw new S3Error('AccessDenied', 'Request has expired')
  const signedHeaders = get('SignedHeaders').split(';')
  const hash = signedHeaders.includes('x-amz-content-sha256') ? headers['x-amz-content-sha256'] : undefined
  const payloadHash = query.get('X-Amz-Content-Sha256') ?? String(hash ?? 'UNSIGNED-PAYLOAD')
  return { credential: get('Credential'), signedHeaders, signature: get('Signature'), date: get('Date'), payloadHash }
}
