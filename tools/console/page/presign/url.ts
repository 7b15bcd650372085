import {
  addressOf,
  type Explanation,
  type Finding,
  type Parts,
  parseAmzDate,
  readSignature,
  SIGNER,
} from './signature.ts'

/** Seven days; seconds. */
const MAX_EXPIRY = 604_800
/** What S3 allows between its clock and the signer's; milliseconds. */
const MAX_SKEW = 15 * 60_000
const EXPIRES = { test: (seconds: string) => /^\d+$/.test(seconds) && Number(seconds) <= MAX_EXPIRY }
const PARTS: Parts = {
  ...SIGNER,
  'X-Amz-Expires': [EXPIRES, `1–${MAX_EXPIRY}`],
  'X-Amz-SignedHeaders': [/(^|;)host(;|$)/, 'host'],
}
/** What signers put into a query; anything else was added by somebody else, after the signature. */
const KNOWN = /^(x-amz-.*|x-id|response-.*|versionid|partnumber|uploadid|uploads|acl|tagging)$/i

/** @param now epoch milliseconds. */
export function explainUrl(url: URL, now: number): Explanation {
  const { searchParams: query } = url
  const get = (name: string) => query.get(name) ?? ''
  const { bucket, key, region: host } = addressOf(url)
  const { problems, ...signer } = readSignature(PARTS, get, host)
  const from = parseAmzDate(get('X-Amz-Date'))
  const expires = get('X-Amz-Expires')
  const until = EXPIRES.test(expires) ? from + Number(expires) * 1000 : Number.NaN
  const added = [...query.keys()].filter((name) => !KNOWN.test(name))
  const more: Finding[] = []
  if (now > until) more.push(['problem.expired'])
  if (from - now > MAX_SKEW) more.push(['problem.early'])
  if (added.length > 0) more.push(['problem.added', { names: added.join(', ') }])
  const headers = get('X-Amz-SignedHeaders')
    .split(';')
    .filter((name) => name && name !== 'host')
  return { bucket, key, ...signer, headers, conditions: [], until, problems: [...problems, ...more] }
}
