import type { TextKey } from '../texts.ts'

export type Finding = readonly [text: TextKey, values?: Readonly<Record<string, string>>]

/** Required parts of an S3 request by name: a pattern, and an example. */
export type Parts = Readonly<Record<string, readonly [pattern: { test(value: string): boolean }, example: string]>>

/** Parts of a signature that URLs and forms share. */
export const SIGNER: Parts = {
  'X-Amz-Algorithm': [/^AWS4-HMAC-SHA256$/, 'AWS4-HMAC-SHA256'],
  'X-Amz-Credential': [/^[^/]+\/\d{8}(\/[^/]+){2}\/aws4_request$/, 'AKIA…/20260131/us-east-1/s3/aws4_request'],
  'X-Amz-Date': [{ test: (date) => !Number.isNaN(parseAmzDate(date)) }, '20260131T235959Z'],
  'X-Amz-Signature': [/^[\da-f]{64}$/, '64 × 0–9, a–f'],
}

/** Reads signer and region, and validates the parts of a signature. @param get returns a part's value, or an empty string. */
export function readSignature(
  parts: Parts,
  get: (name: string) => string,
  { region: host }: ReturnType<typeof addressOf>,
) {
  const [accessKeyId = '', , region = ''] = get('X-Amz-Credential').split('/')
  /** Signed with session credentials. */
  const temporary = accessKeyId.startsWith('ASIA') || get('X-Amz-Security-Token') !== ''
  const names = [...Object.keys(parts), ...(temporary ? ['X-Amz-Security-Token'] : [])]
  const missing = names.filter((name) => !get(name))
  const problems: Finding[] = []
  if (missing.length === names.length) problems.push(['problem.unsigned'])
  else if (missing.length > 0) problems.push(['problem.missing', { names: missing.join(', ') }])
  for (const [name, [pattern, example]] of Object.entries(parts)) {
    const value = get(name)
    if (value && !pattern.test(value)) problems.push(['problem.malformed', { name, value, example }])
  }
  if (region && host && region !== host) problems.push(['problem.region', { region, host }])
  return { accessKeyId, region, temporary, problems }
}

/** Parses `20260131T235959Z` to epoch milliseconds; NaN if malformed. */
export const parseAmzDate = (date: string): number =>
  Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$|^.*$/s, '$1-$2-$3T$4:$5:$6Z'))

/** `bucket.s3.region.amazonaws.com` and its variants: dash, dual-stack, FIPS, accelerated, China; bucket in the host or in the path. */
const AWS =
  /^(?:(?<bucket>.+)\.)?s3(?:-accelerate|-fips)?(?:\.dualstack)?(?:[.-](?<region>[a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com(?:\.cn)?$/

/** Parses bucket, key, and the host's region, if any. Other hosts than AWS's are assumed to have the bucket in the path. */
export function addressOf({ hostname, pathname }: URL) {
  const { bucket, region } = AWS.exec(hostname)?.groups ?? {}
  const path = pathname.slice(1)
  if (bucket) return { bucket, key: decode(path), region }
  const [first = '', ...rest] = path.split('/')
  return { bucket: decode(first), key: decode(rest.join('/')), region }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
