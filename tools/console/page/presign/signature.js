/**
 * What stands against a request, or is worth knowing of it: a code, which has a text in each language, and its details.
 * @typedef {{ readonly code: string, readonly values?: Readonly<Record<string, string | number>> }} Finding
 */

export const ALGORITHM = 'AWS4-HMAC-SHA256'
/** Seven days; seconds. */
export const MAX_EXPIRY = 604_800
/** What S3 allows between its clock and the signer's; milliseconds. */
export const MAX_SKEW = 15 * 60_000

/**
 * Milliseconds since 1970 of `20260131T235959Z`; NaN where it is not such a date.
 * @param {string} date
 */
export function parseAmzDate(date) {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date)
  return match
    ? Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
    : Number.NaN
}

/**
 * Who signed, for which day, region and service: `ACCESSKEY/20260131/region/s3/aws4_request`.
 * @param {string} credential
 */
export function parseCredential(credential) {
  const [accessKeyId = '', day = '', region = '', service = '', end = '', ...more] = credential.split('/')
  const wellFormed = [accessKeyId, day, region].every(Boolean) && end === 'aws4_request' && more.length === 0
  return { accessKeyId, day, region, service, wellFormed }
}

/**
 * What S3 has against the signer's part of a request, which URLs and forms have in common.
 * @param {object} signed
 * @param {string} signed.algorithm
 * @param {string} signed.credential
 * @param {string} signed.date
 * @param {string} signed.signature
 * @param {string} signed.token
 * @param {import('./address.js').Address} address
 * @returns {Finding[]}
 */
export function signerProblems({ algorithm, credential, date, signature, token }, address) {
  /** @type {Finding[]} */
  const problems = []
  const { accessKeyId, day, region, service, wellFormed } = parseCredential(credential)
  if (algorithm && algorithm !== ALGORITHM) problems.push({ code: 'algorithm', values: { algorithm } })
  if (credential && !wellFormed) problems.push({ code: 'credential', values: { credential } })
  if (credential && wellFormed) {
    if (service !== 's3') problems.push({ code: 'service', values: { service } })
    if (!Number.isNaN(parseAmzDate(date)) && !date.startsWith(day))
      problems.push({ code: 'day', values: { day, date } })
    if (address.aws && !address.anyRegion && region !== address.region)
      problems.push({ code: 'region', values: { region, host: address.region ?? '' } })
  }
  if (date && Number.isNaN(parseAmzDate(date))) problems.push({ code: 'date', values: { date } })
  if (signature && !/^[0-9a-f]{64}$/.test(signature))
    problems.push({ code: 'signature', values: { length: signature.length } })
  if (accessKeyId.startsWith('ASIA') && !token) problems.push({ code: 'token' })
  return problems
}
