import {
  addressOf,
  type Explanation,
  type Finding,
  parseAmzDate,
  parseCredential,
  signedOf,
  signerProblems,
} from './signature.ts'

/** Seven days; seconds. */
const MAX_EXPIRY = 604_800
/** What S3 allows between its clock and the signer's; milliseconds. */
const MAX_SKEW = 15 * 60_000
const REQUIRED = ['Algorithm', 'Credential', 'Date', 'Expires', 'SignedHeaders', 'Signature']
/** What signers put into a query; anything else was added by somebody else, after the signature. */
const KNOWN = /^(x-amz-.*|x-id|response-.*|versionid|partnumber|uploadid|uploads|acl|tagging)$/i

/** @param written as it was pasted. @param now epoch milliseconds. */
export function explainUrl(url: URL, written: string, now: number): Explanation {
  const query = url.searchParams
  const get = (name: string) => query.get(`X-Amz-${name}`) ?? ''
  const address = addressOf(url)
  const { accessKeyId, region } = parseCredential(get('Credential'))
  const from = parseAmzDate(get('Date'))
  const expires = /^\d+$/.test(get('Expires')) ? Number(get('Expires')) : Number.NaN
  const until = from + expires * 1000
  const signedHeaders = get('SignedHeaders').split(';').filter(Boolean)
  return {
    host: url.host,
    bucket: address.bucket,
    key: address.key,
    region,
    accessKeyId,
    temporary: accessKeyId.startsWith('ASIA') || query.has('X-Amz-Security-Token'),
    signedHeaders,
    overrides: [...query]
      .filter(([name]) => name.startsWith('response-'))
      .map(([name, value]) => [name.slice('response-'.length), value]),
    from,
    until,
    problems: [
      ...formProblems(query, signedHeaders),
      ...signerProblems(signedOf(get), address),
      ...timeProblems(get('Expires'), from, expires, now),
      ...changeProblems(query, written),
    ],
    notes: notesOn(url, address.aws, get('Security-Token'), signedHeaders),
  }
}

function formProblems(query: URLSearchParams, signedHeaders: readonly string[]): Finding[] {
  if (query.has('AWSAccessKeyId') && query.has('Signature')) return [{ code: 'version2' }]
  const names = REQUIRED.map((name) => `X-Amz-${name}`)
  const missing = names.filter((name) => !query.get(name))
  const repeated = names.filter((name) => query.getAll(name).length > 1)
  if (missing.length === names.length) return [{ code: 'unsigned' }]
  return [
    ...(missing.length > 0 ? [{ code: 'missing', values: { names: missing.join(', ') } }] : []),
    ...(repeated.length > 0 ? [{ code: 'repeated', values: { names: repeated.join(', ') } }] : []),
    ...(signedHeaders.length > 0 && !signedHeaders.includes('host') ? [{ code: 'host' }] : []),
  ]
}

/** @param expires seconds. */
function timeProblems(written: string, from: number, expires: number, now: number): Finding[] {
  if (written && Number.isNaN(expires)) return [{ code: 'expires', values: { written } }]
  if (expires > MAX_EXPIRY) return [{ code: 'week', values: { seconds: expires } }]
  if (now > from + expires * 1000) return [{ code: 'expired' }]
  if (from - now > MAX_SKEW) return [{ code: 'early' }]
  return []
}

/** Traces of what mail programs, HTML and trackers do to URLs. */
function changeProblems(query: URLSearchParams, written: string): Finding[] {
  const escaped = /&amp;/.test(written)
  const added = [...query.keys()].filter(
    (name) => !KNOWN.test(name) && !/^(amp;|AWSAccessKeyId$|Signature$|Expires$)/.test(name),
  )
  return [
    ...(/\s/.test(written) ? [{ code: 'broken' }] : []),
    ...(escaped ? [{ code: 'escaped' }] : []),
    ...(added.length > 0 ? [{ code: 'added', values: { names: added.join(', ') } }] : []),
  ]
}

function notesOn(url: URL, aws: boolean, token: string, signedHeaders: readonly string[]): Finding[] {
  const headers = signedHeaders.filter((name) => name !== 'host')
  return [
    ...(headers.length > 0 ? [{ code: 'headers', values: { names: headers.join(', ') } }] : []),
    ...(token ? [{ code: 'session' }] : []),
    ...(/%25[0-9a-f]{2}/i.test(url.pathname) ? [{ code: 'twice' }] : []),
    ...(aws && url.protocol === 'http:' ? [{ code: 'plain' }] : []),
    ...(aws ? [] : [{ code: 'elsewhere', values: { host: url.host } }]),
  ]
}
