import {
  addressOf,
  type Condition,
  type Explanation,
  type Finding,
  type Parts,
  readSignature,
  SIGNER,
} from './signature.ts'

const PARTS: Parts = {
  ...SIGNER,
  key: [/./s, ''],
  Policy: [{ test: (base64) => readPolicy(base64) !== undefined }, 'base64({"expiration": …, "conditions": […]})'],
}
/** Fields that no condition has to name. */
const EXEMPT = /^(x-amz-signature|policy|file|bucket|x-ignore-.*)$/

/** @param given the form's fields. @param now epoch milliseconds. */
export function explainForm(url: URL, given: Readonly<Record<string, unknown>>, now: number): Explanation {
  const address = addressOf(url)
  const fields = new Map([['bucket', address.bucket]])
  for (const [name, value] of Object.entries(given)) fields.set(name.toLowerCase(), textOf(value))
  const get = (name: string) => fields.get(name.toLowerCase()) ?? ''
  const { problems, ...signer } = readSignature(PARTS, get, address.region)
  const policy = readPolicy(get('Policy'))
  const { expiration: until = Number.NaN, conditions = [] } = policy ?? {}
  const fieldOf = (operand: string) => operand.replace(/^\$/, '').toLowerCase()
  const named = new Set(conditions.map(([, operand]) => fieldOf(operand)))
  const uncovered = [...fields.keys()].filter((name) => !named.has(name) && !EXEMPT.test(name))
  const more: Finding[] = []
  if (now > until) more.push(['problem.expired'])
  for (const condition of conditions) {
    const [operator, operand, value] = condition
    const actual = get(fieldOf(operand))
    const met = operator === 'starts-with' ? actual.startsWith(value) : actual === value
    if (operator !== 'content-length-range' && !met)
      more.push(['problem.unmet', { condition: JSON.stringify(condition) }])
  }
  if (policy && uncovered.length > 0) more.push(['problem.uncovered', { names: uncovered.join(', ') }])
  const told = { bucket: get('bucket'), key: get('key'), ...signer, headers: [], conditions, until }
  return { ...told, problems: [...problems, ...more] }
}

function readPolicy(base64: string): { expiration: number; conditions: Condition[] } | undefined {
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
    const { expiration, conditions } = JSON.parse(new TextDecoder().decode(bytes))
    const time = Date.parse(expiration)
    return Number.isNaN(time) ? undefined : { expiration: time, conditions: conditions.flatMap(normalise) }
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
