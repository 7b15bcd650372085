/**
 * Where a request to S3 goes.
 * @typedef {object} Address
 * @property {string} bucket
 * @property {string} key Decoded; as it is where it cannot be.
 * @property {string | undefined} region Of the host; undefined where the host tells none.
 * @property {boolean} aws Whether it is AWS's S3, and not something that speaks like it.
 * @property {boolean} anyRegion Whether the host may stand for any region (global, accelerated or multi-region ones).
 */

/** `bucket.s3.region.amazonaws.com` and its relatives: dash, dual-stack, FIPS, accelerated, China; with the bucket before it or in the path. */
const AWS =
  /^(?:(?<bucket>.+)\.)?s3(?<kind>-accelerate|-fips)?(?:\.dualstack)?(?:[.-](?<region>[a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com(?:\.cn)?$/
const ACCESS_POINT = /^(?<bucket>.+)\.s3-accesspoint(?:-fips)?(?:\.dualstack)?\.(?<region>[a-z0-9-]+)\.amazonaws\.com$/

/**
 * Bucket, key and region of an S3 URL; a host that is not AWS's is taken to have the bucket in its path.
 * @param {URL} url
 * @returns {Address}
 */
export function addressOf(url) {
  const host = url.hostname.toLowerCase()
  const path = url.pathname.slice(1)
  const match = AWS.exec(host) ?? ACCESS_POINT.exec(host)
  const { bucket, kind, region } = match?.groups ?? {}
  const known = {
    region,
    aws: match !== null,
    anyRegion: match !== null && (region === undefined || kind === '-accelerate'),
  }
  if (bucket) return { ...known, bucket, key: decode(path) }
  const slash = path.indexOf('/')
  return slash < 0
    ? { ...known, bucket: decode(path), key: '' }
    : { ...known, bucket: decode(path.slice(0, slash)), key: decode(path.slice(slash + 1)) }
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
