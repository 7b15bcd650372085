import {
  addressOf,
  type Condition,
  type Explanation,
  type Finding,
  parseCredential,
  signedOf,
  signerProblems,
} from './signature.ts'

/** Fields that no condition has to name. */
const EXEMPT = new Set(['x-amz-signature', 'policy', 'file', 'bucket'])
const REQUIRED = ['key', 'Policy', 'X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date', 'X-Amz-Signature']

/** @param given the form's fields. @param now epoch milliseconds. */
export function explainForm(url: URL, given: Readonly<Record<string, unknown>>, now: number): Explanation {
  const fields = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), textOf(value)]))
  const get = (name: string) => fields.get(name) ?? ''
  const signed = signedOf((name) => get(`x-amz-${name.toLowerCase()}`))
  const address = addressOf(url)
  const bucket = fields.get('bucket') ?? address.bucket
  const { accessKeyId, region } = parseCredential(signed.credential)
  const policy = readPolicy(get('policy'))
  const missing = REQUIRED.filter((name) => !get(name.toLowerCase()))
  return {
    host: url.host,
    bucket,
    key: get('key'),
    region,
    accessKeyId,
    temporary: accessKeyId.startsWith('ASIA') || fields.has('x-amz-security-token'),
    conditions: policy?.conditions ?? [],
    from: Number.NaN,
    until: policy?.expiration ?? Number.NaN,
    problems: [
      ...(missing.length > 0 ? [{ code: 'fields', values: { names: missing.join(', ') } }] : []),
      ...signerProblems(signed, address),
      ...(get('policy') && !policy ? [{ code: 'policy' }] : []),
      ...(policy ? policyProblems(policy, new Map([...fields, ['bucket', bucket]]), now) : []),
    ],
    notes: [
      ...(fields.has('x-amz-security-token') ? [{ code: 'session' }] : []),
      ...(address.aws ? [] : [{ code: 'elsewhere', values: { host: url.host } }]),
    ],
  }
}

function policyProblems(
  { expiration, conditions }: Policy,
  fields: ReadonlyMap<string, string>,
  now: number,
): Finding[] {
  const named = new Set(conditions.map(([, operand]) => operand.replace(/^\$/, '').toLowerCase()))
  const unmet = conditions.filter(([operator, operand, value]) => {
    if (operator === 'content-length-range') return false
    const actual = fields.get(operand.replace(/^\$/, '').toLowerCase()) ?? ''
    return operator === 'starts-with' ? !actual.startsWith(value) : actual !== value
  })
  const extra = [...fields.keys()].filter(
    (name) => !named.has(name) && !EXEMPT.has(name) && !name.startsWith('x-ignore-'),
  )
  return [
    ...(now > expiration ? [{ code: 'expired' }] : []),
    ...unmet.map((condition) => ({ code: 'unmet', values: { condition: JSON.stringify(condition) } })),
    ...(extra.length > 0 ? [{ code: 'uncovered', values: { names: extra.join(', ') } }] : []),
  ]
}

interface Policy {
  readonly expiration: number
  readonly conditions: readonly Condition[]
}

function readPolicy(base64: string): Policy | undefined {
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
    const { expiration, conditions } = JSON.parse(new TextDecoder().decode(bytes))
    const time = Date.parse(expiration)
    if (Number.isNaN(time) || !Array.isArray(conditions)) return undefined
    return { expiration: time, conditions: conditions.flatMap(normalise) }
  } catch {
    return undefined
  }
}

/** `{"name": "value"}` is short for `["eq", "$name", "value"]`. */
function normalise(condition: unknown): Condition[] {
  if (Array.isArray(condition)) return [[textOf(condition[0]), textOf(condition[1]), textOf(condition[2])]]
  return Object.entries(condition ?? {}).map(([name, value]) => ['eq', `$${name}`, textOf(value)])
}

/** What stands where a text is expected, whatever it is: an object may have a `toString` of its own. */
const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
