import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export const newCredentials = (): Credentials => ({
  accessKeyId: 'AKIALOCALDEVELOPMENT',
  secretAccessKey: randomBytes(30).toString('base64url'),
})

/** The parts of an HTTP request that a signature covers. */
export interface SignedRequest {
  readonly method: string
  /** Percent-encoded as sent. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
}

/** Region and account of local resources. */
export const REGION = 'ap-northeast-2'
export const ACCOUNT_ID = '123456789012'

export const ALGORITHM = 'AWS4-HMAC-SHA256'

/** Parses `20260131T235959Z` to epoch milliseconds; NaN if malformed. */
export function parseAmzDate(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
}

/** Parses an Authorization header; `undefined` if malformed. */
export function parseAuthorization(header: string) {
  const match = /^AWS4-HMAC-SHA256\s+Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=(\w+)$/.exec(header)
  if (!match) return undefined
  const [, credential = '', signedHeaders = '', signature = ''] = match
  return { credential, signedHeaders: signedHeaders.split(';'), signature }
}

/** `credential` is like `ACCESSKEY/20260131/region/s3/aws4_request`. */
export interface Authorization extends NonNullable<ReturnType<typeof parseAuthorization>> {
  /** `20260131T235959Z`. */
  readonly date: string
  /** Hexadecimal SHA-256 of the body, or a placeholder such as `UNSIGNED-PAYLOAD`. */
  readonly payloadHash: string
}

/**
 * Builds the string to sign of a request.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * @param canonicalPath the path as the service encodes it: S3 once, all others twice.
 */
export function stringToSign(request: SignedRequest, authorization: Authorization, canonicalPath: string): string {
  const { signedHeaders, payloadHash, credential, date } = authorization
  const parameters = [...request.query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
  const headers = signedHeaders.map((name) => {
    const value = [request.headers[name] ?? ''].flat().join(',')
    return `${name}:${value.trim().replace(/ +/g, ' ')}\n`
  })
  const parts = [request.method, canonicalPath, parameters.join('&'), headers.join(''), signedHeaders.join(';')]
  const canonical = [...parts, payloadHash].join('\n')
  const scope = credential.split('/').slice(1).join('/')
  return [ALGORITHM, date, scope, createHash('sha256').update(canonical).digest('hex')].join('\n')
}

/** Verifies the signature of a text, made with the signing key for the credential's scope. */
export function isSignedBy({ secretAccessKey }: Credentials, text: string, credential: string, signature: string) {
  const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest()
  const [, ...scope] = credential.split('/')
  const expected = hmac(scope.reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`), text)
  const given = Buffer.from(signature, 'hex')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** Encodes each segment of a path once more. */
export const encodePath = (path: string): string => path.split('/').map(encode).join('/')

/** Percent-encodes all but RFC 3986's unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
