/** What stands against a request, or is worth knowing of it: a code, which has a text in each language, and its details. */
export interface Finding {
  readonly code: string
  readonly values?: Readonly<Record<string, string | number>>
}

/** What a presigned URL or form says of itself. */
export interface Explanation {
  readonly host: string
  readonly bucket: string
  readonly key: string
  /** That it is signed for. */
  readonly region: string
  readonly accessKeyId: string
  readonly temporary: boolean
  /** Of a URL. */
  readonly signedHeaders?: readonly string[]
  /** Headers that the answer is to have; of a URL. */
  readonly overrides?: readonly (readonly [name: string, value: string])[]
  /** Of a form. */
  readonly conditions?: readonly Condition[]
  /** Epoch milliseconds; NaN where it is not said. */
  readonly from: number
  readonly until: number
  /** Why S3 would refuse it. */
  readonly problems: readonly Finding[]
  readonly notes: readonly Finding[]
}

export type Condition = readonly [operator: string, operand: string, value: string]

/** The signer's part of a request, which URLs and forms have in common. */
export interface Signed {
  readonly algorithm: string
  readonly credential: string
  readonly date: string
  readonly signature: string
  readonly token: string
}

/** Where a request to S3 goes. */
export interface Address {
  readonly bucket: string
  /** Decoded; as it is where it cannot be. */
  readonly key: string
  /** Of the host; undefined where the host tells none. */
  readonly region: string | undefined
  /** Whether it is AWS's S3, and not something that speaks like it. */
  readonly aws: boolean
  /** Whether the host may stand for any region (global, accelerated or multi-region ones). */
  readonly anyRegion: boolean
}

/** `bucket.s3.region.amazonaws.com` and its relatives: dash, dual-stack, FIPS, accelerated, China; with the bucket before it or in the path. */
const AWS =
  /^(?:(?<bucket>.+)\.)?s3(?<kind>-accelerate|-fips)?(?:\.dualstack)?(?:[.-](?<region>[a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com(?:\.cn)?$/
const ACCESS_POINT = /^(?<bucket>.+)\.s3-accesspoint(?:-fips)?(?:\.dualstack)?\.(?<region>[a-z0-9-]+)\.amazonaws\.com$/

/** Bucket, key and region of an S3 URL; a host that is not AWS's is taken to have the bucket in its path. */
export function addressOf(url: URL): Address {
  const host = url.hostname.toLowerCase()
  const path = url.pathname.slice(1)
  const match = AWS.exec(host) ?? ACCESS_POINT.exec(host)
  const { bucket, kind, region } = match?.groups ?? {}
  const aws = match !== null
  const known = { region, aws, anyRegion: aws && (region === undefined || kind === '-accelerate') }
  if (bucket) return { ...known, bucket, key: decode(path) }
  const [first = '', ...rest] = path.split('/')
  return { ...known, bucket: decode(first), key: decode(rest.join('/')) }
}

/** Milliseconds since 1970 of `20260131T235959Z`; NaN where it is not such a date. */
export const parseAmzDate = (date: string): number =>
  Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$|^.*$/s, '$1-$2-$3T$4:$5:$6Z'))

/** Who signed, for which day, region and service: `ACCESSKEY/20260131/region/s3/aws4_request`. */
export function parseCredential(credential: string) {
  const [accessKeyId = '', day = '', region = '', service = '', end = '', ...more] = credential.split('/')
  const wellFormed = [accessKeyId, day, region].every(Boolean) && end === 'aws4_request' && more.length === 0
  return { accessKeyId, day, region, service, wellFormed }
}

/** @param get gives what stands behind `X-Amz-` and this name. */
export const signedOf = (get: (name: string) => string): Signed => ({
  algorithm: get('Algorithm'),
  credential: get('Credential'),
  date: get('Date'),
  signature: get('Signature'),
  token: get('Security-Token'),
})

/** What S3 has against the signer's part of a request. */
export function signerProblems({ algorithm, credential, date, signature, token }: Signed, address: Address): Finding[] {
  const { accessKeyId, day, region, service, wellFormed } = parseCredential(credential)
  const dated = !Number.isNaN(parseAmzDate(date))
  const scoped = credential !== '' && wellFormed
  const elsewhere = address.aws && !address.anyRegion && region !== address.region
  return [
    ...(algorithm && algorithm !== 'AWS4-HMAC-SHA256' ? [{ code: 'algorithm', values: { algorithm } }] : []),
    ...(credential && !wellFormed ? [{ code: 'credential', values: { credential } }] : []),
    ...(scoped && service !== 's3' ? [{ code: 'service', values: { service } }] : []),
    ...(scoped && dated && !date.startsWith(day) ? [{ code: 'day', values: { day, date } }] : []),
    ...(scoped && elsewhere ? [{ code: 'region', values: { region, host: address.region ?? '' } }] : []),
    ...(date && !dated ? [{ code: 'date', values: { date } }] : []),
    ...(signature && !/^[0-9a-f]{64}$/.test(signature)
      ? [{ code: 'signature', values: { length: signature.length } }]
      : []),
    ...(accessKeyId.startsWith('ASIA') && !token ? [{ code: 'token' }] : []),
  ]
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
