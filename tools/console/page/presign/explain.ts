import { addressOf, type Finding, type Parts, parseAmzDate, readSignature, SIGNER } from './signature.ts'

/** Contents of a presigned URL or form, and the reasons why S3 would refuse it. */
export type Explanation = ReturnType<typeof explainUrl>

export type Condition = readonly [operator: string, operand: string, value: string]

/** Seven days; seconds. */
const MAX_EXPIRY = 604_800
/** Clock skew that S3 tolerates; milliseconds. */
const MAX_SKEW = 15 * 60_000
const EXPIRES = { test: (seconds: string) => /^\d+$/.test(seconds) && Number(seconds) <= MAX_EXPIRY }
const URL_PARTS: Parts = {
  ...SIGNER,
  'X-Amz-Expires': [EXPIRES, `1–${MAX_EXPIRY}`],
  'X-Amz-SignedHeaders': [/(^|;)host(;|$)/, 'host'],
}
const FORM_PARTS: Parts = {
  ...SIGNER,
  key: [/./s, ''],
  Policy: [{ test: (base64) => readPolicy(base64) !== undefined }, 'base64({"expiration": …, "conditions": […]})'],
}
/** Parameters that signers add; any other was added after signing. */
const KNOWN = /^(x-amz-.*|x-id|response-.*|versionid|partnumber|uploadid|uploads|acl|tagging)$/i
/** Fields that need no condition. */
const EXEMPT = /^(x-amz-signature|policy|file|bucket|x-ignore-.*)$/

/**
 * Explains a presigned URL or POST form: its permissions, expiry, and the reasons why S3 would refuse it. Uses the text alone and sends
 * nothing; only S3 can verify the signature.
 * @param text a URL in any quoting, or a response with one or with `url` and `fields`.
 * @param now epoch milliseconds.
 * @returns `undefined` without either.
 */
export function explain(text: string, now: number): Explanation | undefined {
  const form = formIn(text)
  if (form) return explainForm(form, now)
  const trimmed = text.trim()
  // Accepts a bare URL, or searches a response, HTML or a shell command, preferring signed ones.
  const found = /^https?:/i.test(trimmed) ? [trimmed] : (trimmed.match(/https?:\\?\/\\?\/[^\s"'`<>]+/gi) ?? [])
  // JSON escapes some characters; URLs never contain a backslash.
  const written = (found.find((each) => each.includes('X-Amz-Signature=')) ?? found[0] ?? '')
    .replace(/\\u([0-9a-f]{4})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
    .replaceAll('\\', '')
  // Mail programs break URLs into lines, and HTML escapes them.
  const joined = written.replace(/\s+/g, '').replaceAll('&amp;', '&')
  if (!/^https?:\/\/./i.test(joined) || !URL.canParse(joined)) return undefined
  const told = explainUrl(new URL(joined), now)
  if (/\s/.test(written)) told.problems.push(['problem.broken'])
  if (written.includes('&amp;')) told.problems.push(['problem.escaped'])
  return told
}

function explainUrl(url: URL, now: number) {
  const { searchParams: query } = url
  const get = (name: string) => query.get(name) ?? ''
  const address = addressOf(url)
  const signer = readSignature(URL_PARTS, get, address)
  const { problems } = signer
  const from = parseAmzDate(get('X-Amz-Date'))
  const expires = get('X-Amz-Expires')
  /** Epoch milliseconds; NaN if unknown. */
  const until = EXPIRES.test(expires) ? from + Number(expires) * 1000 : Number.NaN
  const added = [...query.keys()].filter((name) => !KNOWN.test(name))
  if (now > until) problems.push(['problem.expired'])
  if (from - now > MAX_SKEW) problems.push(['problem.early'])
  if (added.length > 0) problems.push(['problem.added', { names: added.join(', ') }])
  const signed = get('X-Amz-SignedHeaders').split(';')
  const conditions: Condition[] = []
  return { ...address, ...signer, headers: signed.filter((name) => name && name !== 'host'), conditions, until }
}

/** Finds a form anywhere in a response. */
function formIn(text: string) {
  let found: { readonly url: string; readonly fields: object } | undefined
  try {
    JSON.parse(text, (_, value) => {
      const { url, fields } = Object(value)
      if (typeof url === 'string' && URL.canParse(url) && typeof fields === 'object' && fields)
        found ??= { url, fields }
      return value
    })
  } catch {
    // No JSON.
  }
  return found
}

function explainForm({ url, fields: given }: NonNullable<ReturnType<typeof formIn>>, now: number): Explanation {
  const address = addressOf(new URL(url))
  const fields = new Map([['bucket', address.bucket]])
  for (const [name, value] of Object.entries(given)) fields.set(name.toLowerCase(), textOf(value))
  const get = (name: string) => fields.get(name.toLowerCase()) ?? ''
  const signer = readSignature(FORM_PARTS, get, address)
  const problems: Finding[] = signer.problems
  const policy = readPolicy(get('Policy'))
  const { until = Number.NaN, conditions = [] } = policy ?? {}
  const fieldOf = (operand: string) => operand.replace(/^\$/, '').toLowerCase()
  const named = new Set(conditions.map(([, operand]) => fieldOf(operand)))
  const uncovered = [...fields.keys()].filter((name) => !named.has(name) && !EXEMPT.test(name))
  if (now > until) problems.push(['problem.expired'])
  for (const condition of conditions) {
    const [operator, operand, value] = condition
    const actual = get(fieldOf(operand))
    const met = operator === 'starts-with' ? actual.startsWith(value) : actual === value
    if (operator !== 'content-length-range' && !met)
      problems.push(['problem.unmet', { condition: JSON.stringify(condition) }])
  }
  if (policy && uncovered.length > 0) problems.push(['problem.uncovered', { names: uncovered.join(', ') }])
  return { ...signer, bucket: get('bucket'), key: get('key'), headers: [], conditions, until }
}

function readPolicy(base64: string): { until: number; conditions: Condition[] } | undefined {
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
    const { expiration, conditions } = JSON.parse(new TextDecoder().decode(bytes))
    const until = Date.parse(expiration)
    return Number.isNaN(until) ? undefined : { until, conditions: conditions.flatMap(normalise) }
  } catch {
    return undefined
  }
}

/** `{"name": "value"}` is shorthand for `["eq", "$name", "value"]`. */
function normalise(condition: unknown): Condition[] {
  if (Array.isArray(condition)) return [[textOf(condition[0]), textOf(condition[1]), textOf(condition[2])]]
  return Object.entries(condition ?? {}).map(([name, value]) => ['eq', `$${name}`, textOf(value)])
}

/** Text as it is, other values as JSON: an object may override `toString`. */
const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
