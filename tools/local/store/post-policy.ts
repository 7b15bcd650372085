import * as v from 'valibot'
import { ALGORITHM, type Credentials } from '../sigv4.ts'
import { LIMITS } from './objects.ts'
import { verifyScope, verifySignature } from './request-signature.ts'
import { S3Error } from './s3-error.ts'

/** Fields that need no condition. */
const EXEMPT = /^(x-amz-signature|policy|bucket|x-ignore-.*)$/

/** Fields that a signed form requires. */
const SIGNED = ['X-Amz-Signature', 'X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date']

const operand = v.union([v.string(), v.number()])
/** `{"name": "value"}` is shorthand for `["eq", "$name", "value"]`. */
const condition = v.union([
  v.strictTuple([v.picklist(['eq', 'starts-with', 'content-length-range']), operand, operand]),
  v.pipe(
    v.record(v.string(), operand),
    v.transform(Object.entries),
    v.strictTuple([v.tuple([v.string(), operand])]),
    v.transform(([[name, value]]) => ['eq', `$${name}`, value] as const),
  ),
])

const policySchema = v.pipe(
  v.string(),
  v.transform((text) => Buffer.from(text, 'base64').toString()),
  v.parseJson(),
  v.object({ expiration: v.pipe(v.string(), v.transform(Date.parse), v.number()), conditions: v.array(condition) }),
)

/**
 * Verifies a POST policy as S3 does: its signature and expiration, and that every field meets a condition.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 * @param fields values by lower-case name, including `bucket`.
 * @returns limits of the file's size, in bytes.
 * @throws S3Error with S3's own code.
 */
export function verifyPostPolicy(fields: ReadonlyMap<string, string>, credentials: Credentials, now = Date.now()) {
  const get = (name: string) => fields.get(name.toLowerCase()) ?? ''
  const missing = SIGNED.find((name) => !get(name))
  if (!get('policy') || !SIGNED.some(get)) throw new S3Error('AccessDenied', 'Access Denied')
  if (missing) throw missingField(missing)
  if (get('x-amz-algorithm') !== ALGORITHM)
    throw new S3Error('InvalidArgument', `X-Amz-Algorithm only supports "${ALGORITHM}"`)
  const credential = get('x-amz-credential')
  verifyScope('AuthorizationQueryParametersError', credential, get('x-amz-date'))
  verifySignature(get('policy'), credential, get('x-amz-signature'), credentials)

  const policy = v.safeParse(policySchema, get('policy'))
  if (!policy.success) throw new S3Error('InvalidPolicyDocument', `Invalid Policy: ${policy.issues[0].message}`)
  if (now > policy.output.expiration) throw violation('Policy expired.')
  const named = new Set<string>()
  let limits = LIMITS
  for (const condition of policy.output.conditions) {
    const [operator, first, second] = condition
    if (operator === 'content-length-range' && Number(first) >= 0 && Number(second) >= 0) {
      limits = { min: Math.max(limits.min, Number(first)), max: Math.min(limits.max, Number(second)) }
      continue
    }
    const name = String(first).slice(1).toLowerCase()
    named.add(name)
    // In a list of content types, each must match.
    const begin = name === 'content-type' ? get(name).split(',') : [get(name)]
    const isMet =
      operator === 'eq' ? get(name) === String(second) : begin.every((value) => value.startsWith(String(second)))
    if (!isMet || !String(first).startsWith('$'))
      throw violation(`Policy Condition failed: ${JSON.stringify(condition)}`)
  }
  const extra = [...fields.keys()].filter((name) => !named.has(name) && !EXEMPT.test(name))
  if (extra.length > 0) throw violation(`Extra input fields: ${extra.join(', ')}`)
  return limits
}

/** Error for a form without a required field. */
export const missingField = (name: string) =>
  new S3Error('InvalidArgument', `Bucket POST must contain a field named '${name}', before the file.`)

const violation = (reason: string) => new S3Error('AccessDenied', `Invalid according to Policy: ${reason}`)
