import { addressOf } from './address.js'
import { MAX_EXPIRY, MAX_SKEW, parseAmzDate, parseCredential, signerProblems } from './signature.js'

/** @import { Finding } from './signature.js' */

/**
 * What a presigned URL says of itself.
 * @typedef {object} UrlExplanation
 * @property {'url'} kind
 * @property {string} host
 * @property {string} bucket
 * @property {string} key
 * @property {string} region That it is signed for.
 * @property {string} accessKeyId
 * @property {boolean} temporary
 * @property {readonly string[]} signedHeaders
 * @property {readonly (readonly [name: string, value: string])[]} overrides Headers that the answer is to have.
 * @property {number} from Epoch milliseconds; NaN where it is not said.
 * @property {number} until Epoch milliseconds; NaN where it is not said.
 * @property {readonly Finding[]} problems Why S3 would refuse it.
 * @property {readonly Finding[]} notes
 */

const REQUIRED = ['Algorithm', 'Credential', 'Date', 'Expires', 'SignedHeaders', 'Signature']
/** What signers put into a query; anything else was added by somebody else, after the signature. */
const KNOWN = /^(x-amz-.*|x-id|response-.*|versionid|partnumber|uploadid|uploads|acl|tagging)$/i

/**
 * @param {URL} url
 * @param {string} written As it was pasted.
 * @param {number} now Epoch milliseconds.
 * @returns {UrlExplanation}
 */
export function explainUrl(url, written, now) {
  const query = url.searchParams
  /** @param {string} name */
  const get = (name) => query.get(`X-Amz-${name}`) ?? ''
  const address = addressOf(url)
  const { accessKeyId, region } = parseCredential(get('Credential'))
  const from = parseAmzDate(get('Date'))
  const expires = /^\d+$/.test(get('Expires')) ? Number(get('Expires')) : Number.NaN
  const until = from + expires * 1000
  const signedHeaders = get('SignedHeaders').split(';').filter(Boolean)
  return {
    kind: 'url',
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
      ...signerProblems(
        {
          algorithm: get('Algorithm'),
          credential: get('Credential'),
          date: get('Date'),
          signature: get('Signature'),
          token: get('Security-Token'),
        },
        address,
      ),
      ...timeProblems(get('Expires'), from, expires, now),
      ...changeProblems(query, written),
    ],
    notes: notesOn(url, address.aws, get('Security-Token'), signedHeaders),
  }
}

/**
 * @param {URLSearchParams} query
 * @param {readonly string[]} signedHeaders
 * @returns {Finding[]}
 */
function formProblems(query, signedHeaders) {
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

/**
 * @param {string} written
 * @param {number} from
 * @param {number} expires Seconds.
 * @param {number} now
 * @returns {Finding[]}
 */
function timeProblems(written, from, expires, now) {
  if (written && Number.isNaN(expires)) return [{ code: 'expires', values: { written } }]
  if (expires > MAX_EXPIRY) return [{ code: 'week', values: { seconds: expires } }]
  if (now > from + expires * 1000) return [{ code: 'expired' }]
  if (from - now > MAX_SKEW) return [{ code: 'early' }]
  return []
}

/**
 * Traces of what mail programs, HTML and trackers do to URLs.
 * @param {URLSearchParams} query
 * @param {string} written
 * @returns {Finding[]}
 */
function changeProblems(query, written) {
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

/**
 * @param {URL} url
 * @param {boolean} aws
 * @param {string} token
 * @param {readonly string[]} signedHeaders
 * @returns {Finding[]}
 */
function notesOn(url, aws, token, signedHeaders) {
  const headers = signedHeaders.filter((name) => name !== 'host')
  return [
    ...(headers.length > 0 ? [{ code: 'headers', values: { names: headers.join(', ') } }] : []),
    ...(token ? [{ code: 'session' }] : []),
    ...(/%25[0-9a-f]{2}/i.test(url.pathname) ? [{ code: 'twice' }] : []),
    ...(aws && url.protocol === 'http:' ? [{ code: 'plain' }] : []),
    ...(aws ? [] : [{ code: 'elsewhere', values: { host: url.host } }]),
  ]
}
