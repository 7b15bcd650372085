import { createHash } from 'node:crypto'
import {
  type Credentials,
  encodePath,
  isSignedBy,
  parseAmzDate,
  parseAuthorization,
  type SignedRequest,
  stringToSign,
} from '../../sigv4.ts'
import type { GatewayErrorType } from '../gateway-response.ts'

/** Clock skew tolerated, in milliseconds. S3 allows 15 minutes, other services 5. */
const MAX_SKEW = 5 * 60_000

/**
 * Checks the AWS Signature Version 4 in the Authorization header, as API Gateway does for AWS_IAM methods. IAM policies are unknown here:
 * the credentials alone admit a caller.
 * @returns the error, if any.
 */
export function checkSignature(
  request: SignedRequest,
  body: Buffer,
  credentials: Credentials,
  now = Date.now(),
  service = 'execute-api',
): GatewayErrorType | undefined {
  const { headers, path } = request
  if (headers.authorization === undefined) return 'noRoute'
  const parts = parseAuthorization(headers.authorization)
  const date = String(headers['x-amz-date'] ?? '')
  if (!parts || date === '') return 'incompleteSignature'
  if (parts.credential.split('/')[0] !== credentials.accessKeyId) return 'unknownAccessKey'
  const isForService = new RegExp(`^[^/]+/\\d{8}/[^/]+/${service}/aws4_request$`).test(parts.credential)
  const time = parseAmzDate(date)
  if (!isForService || !date.startsWith(parts.credential.split('/')[1] ?? '')) return 'invalidSignature'
  // Negated, so NaN counts as expired too.
  if (!(Math.abs(now - time) <= MAX_SKEW)) return 'signatureExpired'
  if (!parts.signedHeaders.includes('host')) return 'invalidSignature'
  const payloadHash = createHash('sha256').update(body).digest('hex')
  const text = stringToSign(request, { ...parts, date, payloadHash }, encodePath(path))
  return isSignedBy(credentials, text, parts.credential, parts.signature) ? undefined : 'invalidSignature'
}
