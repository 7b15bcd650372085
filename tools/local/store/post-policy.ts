import type { Credentials } from '../sigv4.ts'
import { type Limits, MAX_OBJECT_BYTES } from './objects.ts'
import { verifyScope, verifySignature } from './request-signature.ts'
import { S3Error } from './s3-error.ts'

/** Fields that no condition has to name. */
const EXEMPT = new Set(['x-amz-signature', 'policy', 'file', 'bucket'])

const OPERATORS = new Set(['eq', 'starts-with', 'content-length-range'])

/** Fields that a signed form has, all of them. */
const SIGNED = ['X-Amz-Signature', 'X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date']

/**
 * Checks a POST's policy as S3 does: its signature, its expiration, and that every field meets a condition.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 * @param fields names in lower case, `bucket` included.
 * @returns the size that the file may have, in bytes.
 * @throws S3Error as S3 answers it.
 */
export function verifyPostPolicy(
  fields: ReadonlyMap<string, string>,
  credentials: Credentials,
  now = Date.now(),
): Limits {
  const policy = fields.get('policy')
  const missing = SIGNED.filter((name) => !fields.has(name.toLowerCase()))
  if (!policy || missing.length === SIGNED.length) throw new S3Error('AccessDenied', 'Access Denied')
  if (missing[0]) throw missingField(missing[0])
  if (fields.get('x-amz-algorithm') !== 'AWS4-HMAC-SHA256') {
    throw new S3Error('InvalidArgument', 'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"')
  }
  const credential = fields.get('x-amz-credential') ?? ''
  verifyScope('AuthorizationQueryParametersError', credential, fields.get('x-amz-date') ?? '')
  verifySignature(policy, credential, fields.get('x-amz-signature') ?? '', credentials)

  const { expiration, conditions } = parsePolicy(policy)
  if (now > expiration) throw violation('Policy expired.')
  const named = new Set<string>()
  let limits: Limits = { min: 0, max: MAX_OBJECT_BYTES }
  for (const condition of conditions) {
    const [operator, operand, value] = condition
    if (operator === 'content-length-range' && isSize(operand) && isSize(value)) {
      limits = { min: Math.max(limits.min, Number(operand)), max: Math.min(limits.max, Number(value)) }
      continue
    }
    const name = String(operand).slice(1).toLowerCase()
    named.add(name)
    if (!String(operand).startsWith('$') || !meets(operator, name, fields.get(name) ?? '', String(value))) {
      throw violation(`Policy Condition failed: [${condition.map((part) => JSON.stringify(part)).join(', ')}]`)
    }
  }
  const extra = [...fields.keys()].filter(
    (name) => !named.has(name) && !EXEMPT.has(name) && !name.startsWith('x-ignore-'),
  )
  if (extra.length > 0) throw violation(`Extra input fields: ${extra.join(', ')}`)
  return limits
}

type Condition = readonly [operator: string, operand: string | number, value: string | number]

function meets(operator: string, name: string, actual: string, expected: string): boolean {
  if (operator !== 'starts-with') return actual === expected
  // A list of content types: each has to begin so.
  const values = name === 'content-type' ? actual.split(',') : [actual]
  return values.every((value) => value.startsWith(expected))
}

/** @throws S3Error where it is no policy. */
export function parsePolicy(policy: string): { expiration: number; conditions: readonly Condition[] } {
  let document: { expiration?: unknown; conditions?: unknown } | null
  try {
    document = JSON.parse(Buffer.from(policy, 'base64').toString())
  } catch {
    throw new S3Error('InvalidPolicyDocument', 'Invalid Policy: Invalid JSON.')
  }
  const expiration = Date.parse(String(document?.expiration))
  if (Number.isNaN(expiration))
    throw new S3Error('InvalidPolicyDocument', "Invalid Policy: Invalid 'expiration' value.")
  if (!Array.isArray(document?.conditions)) {
    throw new S3Error('InvalidPolicyDocument', 'Invalid Policy: Policy missing conditions.')
  }
  return { expiration, conditions: document.conditions.map(normalise) }
}

/** `{"name": "value"}` is short for `["eq", "$name", "value"]`. */
function normalise(condition: unknown): Condition {
  if (Array.isArray(condition) && condition.length === 3 && OPERATORS.has(condition[0])) {
    return condition as unknown as Condition
  }
  const [[name, value] = [], ...others] = Array.isArray(condition) ? [] : Object.entries(condition ?? {})
  if (name === undefined || others.length > 0) {
    const message =
      'Invalid Policy: Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.'
    throw new S3Error('InvalidPolicyDocument', message)
  }
  return ['eq', `$${name}`, String(value)]
}

function isSize(value: unknown): boolean {
  return /^\d+$/.test(String(value))
}

/** A form without a field that it has to have. */
export function missingField(name: string): S3Error {
  const message = `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`
  return new S3Error('InvalidArgument', message, { ArgumentName: name, ArgumentValue: '' })
}

function violation(reason: string): S3Error {
  return new S3Error('AccessDenied', `Invalid according to Policy: ${reason}`)
}
