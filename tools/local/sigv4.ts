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

/** Signed parts of an HTTP request. */
export interface SignedRequest {
  readonly method: string
  /** As it was sent, percent-encoded. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
}

/** Region and account of all that runs on this machine. */
export const REGION = 'ap-northeast-2'
export const ACCOUNT_ID = '123456789012'

export const ALGORITHM = 'AWS4-HMAC-SHA256'

/** Milliseconds since 1970 of `20260131T235959Z`; NaN where it is not such a date. */
export function parseAmzDate(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
}

/** Parts of a request's Authorization header; `undefined` where it is malformed. */
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
  /** Hexadecimal SHA-256 of the body, or what stands for it. */
  readonly payloadHash: string
}

/**
 * The text whose signature a request carries.
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

/** Whether this is the signature of that text by the key that the credential names. */
export function isSignedBy({ secretAccessKey }: Credentials, text: string, credential: string, signature: string) {
  const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest()
  const [, ...scope] = credential.split('/')
  const expected = hmac(scope.reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`), text)
  const given = Buffer.from(signature, 'hex')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** A path with each of its parts encoded once more. */
export const encodePath = (path: string): string => path.split('/').map(encode).join('/')

/** Everything but RFC 3986's unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
